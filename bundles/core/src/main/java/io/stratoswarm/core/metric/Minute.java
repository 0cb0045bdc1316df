package io.stratoswarm.core.metric;

/**
 * What is kept of the samples of one minute once their full rate has gone. NaNs are not among them; a minute of nothing else is
 * not kept.
 */
record Minute(
        long start,
        double count,
        double first,
        double last,
        double min,
        double max,
        double sum,
        double increase,
        double firstOffset,
        double lastOffset) {
    static final long MILLIS = 60_000;
    static final int FIELDS = 9;

    /** In the order in which they are stored. */
    double field(int index) {
        return switch (index) {
            case 0 -> count;
            case 1 -> first;
            case 2 -> last;
            case 3 -> min;
            case 4 -> max;
            case 5 -> sum;
            case 6 -> increase;
            case 7 -> firstOffset;
            case 8 -> lastOffset;
            default -> throw new IllegalArgumentException("field " + index);
        };
    }
}
