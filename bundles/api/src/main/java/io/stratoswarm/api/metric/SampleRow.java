package io.stratoswarm.api.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * Values of one subject at one moment, always of the same series; some may be absent. Who measures the same again and again keeps one
 * row, fills it and gives it to {@link Metrics#record(SampleRow)}, which costs less than samples one by one. Not safe for use by several
 * threads.
 */
public final class SampleRow {
    /** The most series of a row. */
    public static final int MOST = 64;

    private final String subject;
    private final List<Series> series;
    private final double[] values;
    private long present;
    private long timeMillis;

    /**
     * @param series 1 to {@value #MOST}, no two the same, all of one subject
     * @throws IllegalArgumentException where they are not
     */
    public SampleRow(List<Series> series) {
        this.series = List.copyOf(series);
        if (series.isEmpty() || series.size() > MOST) {
            throw new IllegalArgumentException("a row has 1 to " + MOST + " series, not " + series.size());
        }
        subject = series.getFirst().subject();
        if (series.stream().distinct().count() != series.size()
                || !series.stream().allMatch(each -> each.subject().equals(subject))) {
            throw new IllegalArgumentException("the series of a row differ, and are all of one subject: " + series);
        }
        values = new double[series.size()];
    }

    /** Begins anew: all values are absent. @param timeMillis since 1970-01-01T00:00Z */
    public void begin(long timeMillis) {
        this.timeMillis = timeMillis;
        present = 0;
    }

    /** Sets the value at a place; NaN says that it could not be measured. */
    public void set(int place, double value) {
        values[place] = value;
        present |= 1L << place;
    }

    public String subject() {
        return subject;
    }

    public List<Series> series() {
        return series;
    }

    public long timeMillis() {
        return timeMillis;
    }

    /** Bit {@code 1 << place} is set where there is a value. */
    public long present() {
        return present;
    }

    /** Copies all values, absent ones too, to this place of an array and those behind it. */
    public void copyTo(double[] target, int from) {
        System.arraycopy(values, 0, target, from, values.length);
    }

    /** The same as samples. */
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>(Long.bitCount(present));
        for (int i = 0; i < values.length; i++) {
            if ((present >>> i & 1) != 0) {
                samples.add(new Sample(series.get(i), timeMillis, values[i]));
            }
        }
        return samples;
    }
}
