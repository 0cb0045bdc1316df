package io.stratoswarm.api.metric;

/**
 * What a query found of one series, in order of time.
 *
 * @param timesMillis time of the sample, or of the beginning of the window; windows without a sample are left out
 * @param values one for each time
 */
public record Points(Series series, long[] timesMillis, double[] values) {
    public Points {
        if (timesMillis.length != values.length) {
            throw new IllegalArgumentException(timesMillis.length + " times for " + values.length + " values");
        }
        timesMillis = timesMillis.clone();
        values = values.clone();
    }

    @Override
    public long[] timesMillis() {
        return timesMillis.clone();
    }

    @Override
    public double[] values() {
        return values.clone();
    }
}
