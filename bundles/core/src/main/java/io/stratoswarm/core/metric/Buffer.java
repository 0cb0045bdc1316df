package io.stratoswarm.core.metric;

import java.util.Arrays;

/** Samples of one series, rising in time. Not safe for use by several threads. */
final class Buffer {
    private static final long[] NO_TIMES = {};
    private static final double[] NO_VALUES = {};

    long[] times = NO_TIMES;
    double[] values = NO_VALUES;
    int size;

    void add(long time, double value) {
        if (size == times.length) {
            int room = size == 0 ? 4 : size < 32 ? 32 : size * 2;
            times = Arrays.copyOf(times, room);
            values = Arrays.copyOf(values, room);
        }
        times[size] = time;
        values[size++] = value;
    }

    /** Adds those that are later than all that are here. */
    void addLater(long[] moreTimes, double[] moreValues) {
        for (int i = 0; i < moreTimes.length; i++) {
            if (size == 0 || moreTimes[i] > times[size - 1]) {
                add(moreTimes[i], moreValues[i]);
            }
        }
    }

    /** Index of the first sample at this time or later. */
    int indexOf(long time) {
        int index = Arrays.binarySearch(times, 0, size, time);
        return index >= 0 ? index : -index - 1;
    }

    /** A copy of a part. */
    Block.Column column(int begin, int end) {
        return new Block.Column(
                Arrays.copyOfRange(times, begin, end), Arrays.copyOfRange(values, begin, end), 0, end - begin);
    }

    /** Gives back what it took where nothing is in it. */
    void trim() {
        if (size == 0) {
            times = NO_TIMES;
            values = NO_VALUES;
        }
    }

    void dropFirst(int count) {
        System.arraycopy(times, count, times, 0, size - count);
        System.arraycopy(values, count, values, 0, size - count);
        size -= count;
    }
}
