package io.stratoswarm.core.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes minutes of samples, and codes the minutes of a series as nine columns. A column that says nothing new, such as the least
 * value of a counter, which is its first, names the one that it equals.
 */
final class MinuteCode {
    /** The column equals the earlier one whose index follows. */
    static final int SAME_AS = 3;
    /** The column is the last values less the first ones. */
    static final int LAST_LESS_FIRST = 4;

    private MinuteCode() {}

    /** The samples rise in time. */
    static List<Minute> of(Buffer samples) {
        List<Minute> minutes = new ArrayList<>();
        int begin = 0;
        while (begin < samples.size) {
            long start = Math.floorDiv(samples.times[begin], Minute.MILLIS) * Minute.MILLIS;
            int end = begin;
            while (end < samples.size && samples.times[end] < start + Minute.MILLIS) {
                end++;
            }
            minute(samples, begin, end, start, minutes);
            begin = end;
        }
        return minutes;
    }

    private static void minute(Buffer samples, int begin, int end, long start, List<Minute> out) {
        int count = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        Sum sum = new Sum();
        Increase increase = new Increase();
        double first = Double.NaN;
        double last = Double.NaN;
        long firstTime = start;
        long lastTime = start;
        for (int i = begin; i < end; i++) {
            double value = samples.values[i];
            if (Double.isNaN(value)) {
                continue;
            }
            if (count++ == 0) {
                first = value;
                firstTime = samples.times[i];
            }
            last = value;
            lastTime = samples.times[i];
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum.add(value);
            increase.add(value);
        }
        if (count > 0) {
            out.add(new Minute(
                    start,
                    count,
                    first,
                    last,
                    min,
                    max,
                    sum.value(),
                    increase.value(),
                    firstTime - start,
                    lastTime - start));
        }
    }

    /** There is at least one minute. */
    static void write(List<Minute> minutes, BitWriter out) {
        int n = minutes.size();
        double[][] fields = new double[Minute.FIELDS][n];
        for (int f = 0; f < Minute.FIELDS; f++) {
            for (int i = 0; i < n; i++) {
                fields[f][i] = minutes.get(i).field(f);
            }
            int same = sameAs(fields, f);
            if (same >= 0) {
                out.put(SAME_AS);
                out.put(same);
            } else if (f == 6 && Arrays.equals(fields[f], difference(fields[2], fields[1]))) {
                out.put(LAST_LESS_FIRST);
            } else {
                ValueCode.write(fields[f], 0, n, out);
            }
        }
    }

    private static int sameAs(double[][] fields, int column) {
        for (int earlier = 0; earlier < column; earlier++) {
            if (Arrays.equals(fields[earlier], fields[column])) {
                return earlier;
            }
        }
        return -1;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] result = new double[a.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = a[i] - b[i];
        }
        return result;
    }

    static List<Minute> read(BitReader in, long[] starts) {
        int n = starts.length;
        double[][] fields = new double[Minute.FIELDS][];
        for (int f = 0; f < Minute.FIELDS; f++) {
            int kind = in.peek();
            if (kind == SAME_AS) {
                in.get();
                int earlier = in.get();
                if (earlier >= f) {
                    throw new MetricDamage("column " + f + " refers to " + earlier);
                }
                fields[f] = fields[earlier];
            } else if (kind == LAST_LESS_FIRST && f == 6) {
                in.get();
                fields[f] = difference(fields[2], fields[1]);
            } else {
                fields[f] = ValueCode.read(in, n);
            }
        }
        List<Minute> minutes = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            minutes.add(new Minute(
                    starts[i],
                    fields[0][i],
                    fields[1][i],
                    fields[2][i],
                    fields[3][i],
                    fields[4][i],
                    fields[5][i],
                    fields[6][i],
                    fields[7][i],
                    fields[8][i]));
        }
        return minutes;
    }

    /** Adds without losing what is small beside the sum (Neumaier), so that sums of decimals are decimals again. */
    static final class Sum {
        private double sum;
        private double rest;

        void add(double value) {
            double next = sum + value;
            if (Double.isFinite(next)) {
                rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
            }
            sum = next;
        }

        void reset() {
            sum = 0;
            rest = 0;
        }

        double value() {
            return Double.isFinite(sum) ? sum + rest : sum;
        }
    }

    /** How much a counter rose; where it fell it began again from 0. Infinite values are passed over. */
    static final class Increase {
        private double last = Double.NaN;
        private final Sum sum = new Sum();

        void add(double value) {
            if (Double.isFinite(value)) {
                if (!Double.isNaN(last)) {
                    sum.add(between(last, value));
                }
                last = value;
            }
        }

        double value() {
            return sum.value();
        }

        static double between(double earlier, double later) {
            return later >= earlier ? later - earlier : later;
        }
    }
}
