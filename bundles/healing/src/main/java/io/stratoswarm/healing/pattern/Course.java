package io.stratoswarm.healing.pattern;

import java.util.Arrays;

/**
 * The course of a number over a window, in {@link #BINS} pieces of equal length, and what shape it has. Pieces without a value are as the one
 * before; a course that begins late begins with its first value.
 */
final class Course {
    static final int BINS = 60;
    /** Doublings that count as all there is. */
    private static final double MOST_DOUBLINGS = 4;

    private final double[] bins;
    private final int first;

    private Course(double[] bins, int first) {
        this.bins = bins;
        this.first = first;
    }

    /** Sums courses of the same window; the sum is there where any is. */
    static Course sum(Iterable<Course> all) {
        double[] sum = new double[BINS];
        int first = BINS;
        for (Course one : all) {
            first = Math.min(first, one.first);
            for (int i = one.first; i < BINS; i++) {
                sum[i] += one.bins[i];
            }
        }
        return new Course(sum, first);
    }

    static Course of(Window window, Window.Line line) {
        long[] times = line.timesMillis();
        double[] values = line.values();
        double[] sums = new double[BINS];
        double[] weights = new double[BINS];
        double span = window.toMillis() - window.fromMillis();
        int before = -1;
        for (int i = 0; i < times.length; i++) {
            if (times[i] < window.fromMillis() || times[i] > window.toMillis() || Double.isNaN(values[i])) {
                continue;
            }
            int bin = (int) Math.min(BINS - 1, BINS * ((times[i] - window.fromMillis()) / span));
            if (!line.counter()) {
                sums[bin] += values[i];
                weights[bin]++;
            } else if (before >= 0 && times[i] > times[before]) {
                double rise = values[i] - values[before];
                sums[bin] += rise < 0 ? values[i] : rise; // A counter that fell has begun again.
                weights[bin] += (times[i] - times[before]) / 1000.0;
            }
            before = i;
        }
        return filled(sums, weights);
    }

    private static Course filled(double[] sums, double[] weights) {
        double[] bins = new double[BINS];
        int first = BINS;
        double last = 0;
        for (int i = 0; i < BINS; i++) {
            if (weights[i] > 0) {
                last = sums[i] / weights[i];
                first = Math.min(first, i);
            }
            bins[i] = last;
        }
        return new Course(bins, first);
    }

    boolean isEmpty() {
        return BINS - first < 4;
    }

    private int size() {
        return BINS - first;
    }

    double last() {
        return bins[BINS - 1];
    }

    /** Mean of a part, 0..1 of what there is. */
    double mean(double from, double to) {
        int begin = first + (int) (from * size());
        int end = Math.max(begin + 1, first + (int) (to * size()));
        return Arrays.stream(bins, begin, end).average().orElse(0);
    }

    double median() {
        double[] sorted = Arrays.copyOfRange(bins, first, BINS);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    double max() {
        return Arrays.stream(bins, first, BINS).max().orElse(0);
    }

    /**
     * How steadily it rises: Kendall's tau against time, from -1 to 1 (Mann, Econometrica 13, 1945). Steps smaller than {@code grain} are
     * none.
     */
    double trend(double grain) {
        int n = size();
        long score = 0;
        for (int i = first; i < BINS; i++) {
            for (int j = i + 1; j < BINS; j++) {
                double step = bins[j] - bins[i];
                score += Math.abs(step) < grain ? 0 : step > 0 ? 1 : -1;
            }
        }
        return n < 2 ? 0 : 2.0 * score / ((double) n * (n - 1));
    }

    /** Doublings from the first part to the last one, as a share of the most that counts; what is below {@code floor} is as much as that. */
    double growth(double floor) {
        return doublings(mean(0, 0.2), mean(0.85, 1), floor);
    }

    private static double doublings(double from, double to, double floor) {
        double ratio = (Math.max(to, 0) + floor) / (Math.max(from, 0) + floor);
        return Math.clamp(Math.log(ratio) / Math.log(2) / MOST_DOUBLINGS, -1, 1);
    }

    /**
     * Where it changes most, by the largest deviation of its cumulative sum (Page, Biometrika 41, 1954): the doublings from before to
     * after, and the place, 0..1.
     *
     * @return {doublings, place}
     */
    double[] step(double floor) {
        double mean = mean(0, 1);
        double sum = 0;
        double largest = -1;
        int at = first + size() / 2;
        for (int i = first; i < BINS - 1; i++) {
            sum += bins[i] - mean;
            if (Math.abs(sum) > largest) {
                largest = Math.abs(sum);
                at = i + 1;
            }
        }
        double before = Arrays.stream(bins, first, at).average().orElse(0);
        double after = Arrays.stream(bins, at, BINS).average().orElse(0);
        return new double[] {doublings(before, after, floor), (double) (at - first) / size()};
    }

    /** Share of its range that it falls by in its falls: near 0 where it only rises, near 1 where it comes and goes. */
    double falls(double grain) {
        double up = 0;
        double down = 0;
        for (int i = first + 1; i < BINS; i++) {
            double step = bins[i] - bins[i - 1];
            up += step > grain ? step : 0;
            down -= step < -grain ? step : 0;
        }
        return up + down == 0 ? 0 : down / (up + down);
    }

    /** Largest autocorrelation at a lag from 3 pieces to half of what there is, 0..1; of a course without a trend. */
    double periodicity() {
        int n = size();
        if (n < 12) {
            return 0;
        }
        double mean = mean(0, 1);
        double slope = 0;
        double norm = 0;
        for (int i = 0; i < n; i++) {
            double x = i - (n - 1) / 2.0;
            slope += x * (bins[first + i] - mean);
            norm += x * x;
        }
        slope /= norm;
        double[] rest = new double[n];
        double power = 0;
        for (int i = 0; i < n; i++) {
            rest[i] = bins[first + i] - mean - slope * (i - (n - 1) / 2.0);
            power += rest[i] * rest[i];
        }
        double best = 0;
        for (int lag = 3; lag <= n / 2 && power > 0; lag++) {
            double sum = 0;
            for (int i = lag; i < n; i++) {
                sum += rest[i] * rest[i - lag];
            }
            best = Math.max(best, sum / power * n / (n - lag));
        }
        return Math.min(1, best);
    }

    /** How far apart the values of the first and of the last third lie: the statistic of Kolmogorov and Smirnov, 0..1. */
    double shift() {
        int third = size() / 3;
        if (third == 0) {
            return 0;
        }
        double[] early = Arrays.copyOfRange(bins, first, first + third);
        double[] late = Arrays.copyOfRange(bins, BINS - third, BINS);
        Arrays.sort(early);
        Arrays.sort(late);
        double most = 0;
        int i = 0;
        int j = 0;
        while (i < third && j < third) {
            double value = Math.min(early[i], late[j]);
            while (i < third && early[i] <= value) {
                i++;
            }
            while (j < third && late[j] <= value) {
                j++;
            }
            most = Math.max(most, Math.abs((double) i / third - (double) j / third));
        }
        return most;
    }
}
