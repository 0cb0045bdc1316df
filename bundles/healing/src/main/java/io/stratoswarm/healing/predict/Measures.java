package io.stratoswarm.healing.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** What the model sees of a {@link Track}: measures without a unit, each between -1 and 1.5. */
final class Measures {
    /** What is used up, with its share of a limit; {@code floor} is as good as none. */
    private record Resource(String name, Raw level, Raw share, double floor) {}

    /** What is done at each step; {@code floor} is as good as none. */
    private record Rate(String name, Raw raw, double floor) {}

    private static final List<Resource> RESOURCES = List.of(
            new Resource("memory", Raw.MEMORY, Raw.MEMORY_SHARE, 2 << 20),
            new Resource("descriptors", Raw.DESCRIPTORS, Raw.DESCRIPTORS_SHARE, 4),
            new Resource("tasks", Raw.TASKS, Raw.TASKS_SHARE, 2));
    private static final List<Rate> RATES = List.of(
            new Rate("cpu", Raw.PROCESSOR, 0.002),
            new Rate("written", Raw.WRITTEN, 256),
            new Rate("calls", Raw.CALLS, 0.5));

    static final List<String> SERIES = names();

    /**
     * Steps after which an agent counts as no older. Of the courses that were learned from those that end in no failure are the shorter ones, so
     * that by a full one of an agent that is well its age alone was taken for a sign.
     */
    private static final double OLDEST = 30;
    /** Steps that the begin of a course is averaged over. */
    private static final int BEGIN = 5;
    /** Steps that a slope is fitted to, over a while and lately. */
    private static final int LONG = 20;

    private static final int SHORT = 6;
    /** Steps of each of the two halves that are compared for whether a rise slows down. */
    private static final int HALF = 3;
    /** Doublings that count as 1. */
    private static final double DOUBLINGS = 4;
    /** Of a limit, in HALF steps: less than that comes and goes with any service. */
    private static final double LEAST_RISE = 0.05;
    /** Share of a limit up to which something can be used, since it is asked for in pieces. */
    private static final double USABLE = 0.95;
    /** What room counts as at least, as a share of the limit. */
    private static final double LEAST_ROOM = 0.02;

    private Measures() {}

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Resource it : RESOURCES) {
            names.addAll(List.of(
                    it.name + ".share",
                    it.name + ".growth",
                    it.name + ".filling",
                    it.name + ".filling.lately",
                    it.name + ".slowing"));
        }
        RATES.forEach(it -> names.add(it.name + ".growth"));
        names.addAll(List.of("cpu.by.calls.growth", "cpu.share", "age"));
        return Collections.unmodifiableList(names);
    }

    /** @param rows of {@link Raw}, oldest first */
    static float[] of(float[] rows, int size) {
        int series = SERIES.size();
        float[] all = new float[Track.STEPS * series];
        int before = Track.STEPS - size;
        int column = 0;
        for (Resource it : RESOURCES) {
            double[] level = column(rows, size, it.level);
            double[] share = column(rows, size, it.share);
            put(all, before, column++, share);
            put(all, before, column++, growth(level, it.floor));
            put(all, before, column++, filling(share, LONG));
            put(all, before, column++, filling(share, SHORT));
            put(all, before, column++, slowing(share));
        }
        for (Rate it : RATES) {
            put(all, before, column++, growth(column(rows, size, it.raw), it.floor));
        }
        put(
                all,
                before,
                column++,
                growth(ratio(column(rows, size, Raw.PROCESSOR), column(rows, size, Raw.CALLS)), 0.001));
        put(all, before, column++, column(rows, size, Raw.PROCESSOR_SHARE));
        double[] age = new double[size];
        for (int i = 0; i < size; i++) {
            age[i] = Math.min(i + 1.0, OLDEST) / Track.STEPS;
        }
        put(all, before, column++, age);
        for (int i = 0; i < before; i++) {
            System.arraycopy(all, before * series, all, i * series, series);
        }
        return all;
    }

    private static void put(float[] all, int before, int column, double[] values) {
        for (int i = 0; i < values.length; i++) {
            all[(before + i) * SERIES.size() + column] = (float) Math.clamp(values[i], -1, 1.5);
        }
    }

    /** What is not known is as it was known last; what was never known stays so. */
    private static double[] column(float[] rows, int size, Raw raw) {
        double[] values = new double[size];
        double last = Double.NaN;
        for (int i = 0; i < size; i++) {
            double value = rows[i * Raw.COUNT + raw.ordinal()];
            last = Double.isNaN(value) ? last : value;
            values[i] = last;
        }
        return values;
    }

    private static double[] ratio(double[] of, double[] by) {
        double[] values = new double[of.length];
        for (int i = 0; i < of.length; i++) {
            values[i] = of[i] / (by[i] + 4);
        }
        return values;
    }

    /** Doublings since the begin of the course. */
    private static double[] growth(double[] values, double floor) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < values.length && count < BEGIN; i++) {
            if (!Double.isNaN(values[i])) {
                sum += values[i];
                count++;
            }
        }
        double begin = sum / count;
        double least = Math.max(floor, begin / 4);
        double[] growth = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            growth[i] = Math.clamp(Math.log((values[i] + least) / (begin + least)) / Math.log(2) / DOUBLINGS, -1, 1);
        }
        return growth;
    }

    /** By what share a rise has grown slower within its last steps; 0 where nothing rose. */
    private static double[] slowing(double[] share) {
        double[] slowing = new double[share.length];
        for (int i = 2 * HALF; i < share.length; i++) {
            double late = share[i] - share[i - HALF];
            double early = share[i - HALF] - share[i - 2 * HALF];
            slowing[i] = early > 0 ? Math.clamp((early - late) / Math.max(early, LEAST_RISE), 0, 1) : 0;
        }
        return slowing;
    }

    /**
     * How often the room that is left would be used up within {@link Track#STEPS} steps, at the slope (least squares) of the last ones: the
     * inverse hyperbolic sine of it, by 4, so that 0.22 is just once and 0.75 ten times.
     */
    private static double[] filling(double[] share, int steps) {
        double[] filling = new double[share.length];
        for (int end = 0; end < share.length; end++) {
            int from = Math.max(0, end - steps + 1);
            while (from < end && Double.isNaN(share[from])) {
                from++;
            }
            double often = slope(share, from, end) * Track.STEPS / Math.max(LEAST_ROOM, 1 - share[end]);
            filling[end] = Math.signum(often) * Math.log(Math.abs(often) + Math.hypot(often, 1)) / 4;
        }
        return filling;
    }

    /** Least squares, a step; 0 for less than three. */
    private static double slope(double[] share, int from, int end) {
        double n = end - from + 1.0;
        double middle = (n - 1) / 2;
        double sum = 0;
        for (int i = from; i <= end; i++) {
            sum += (i - from - middle) * share[i];
        }
        double norm = n * (n * n - 1) / 12;
        return n < 3 ? 0 : sum / norm;
    }

    /**
     * In how many steps what is left of a limit would be used up, from the most that was used over a while, at the steeper of the slopes
     * over that while and lately, but no faster than that most has risen within the last steps, and than twice what it rose in the very
     * last one: what has levelled off has a slope for as long as its rise is looked at. Infinite where nothing rises any more, empty where
     * no limit is known.
     */
    static OptionalDouble left(float[] rows, int size, Raw shareOf) {
        double[] all = column(rows, size, shareOf);
        double[] share = Arrays.stream(all).filter(it -> !Double.isNaN(it)).toArray();
        int end = share.length - 1;
        if (end < HALF || share[end] <= 0) {
            return OptionalDouble.empty();
        }
        int begin = Math.max(0, end - LONG + 1);
        double slope = Math.max(slope(share, begin, end), slope(share, Math.max(0, end - SHORT + 1), end));
        double most = most(share, begin, end);
        double lately = (most - most(share, Math.max(0, begin - HALF), end - HALF)) / HALF;
        double rise = Math.min(Math.min(slope, lately), 2 * (most - most(share, Math.max(0, begin - 1), end - 1)));
        return OptionalDouble.of(rise <= 0 ? Double.POSITIVE_INFINITY : Math.max(0, USABLE - most) / rise);
    }

    private static double most(double[] share, int from, int end) {
        return Arrays.stream(share, from, end + 1).max().orElse(share[end]);
    }
}
