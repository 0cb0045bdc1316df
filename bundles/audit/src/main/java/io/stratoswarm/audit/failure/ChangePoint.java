package io.stratoswarm.audit.failure;

import java.util.Arrays;
import java.util.Optional;

/**
 * The likeliest change of level in a series. As in the test of Pettitt (A non-parametric approach to the change-point problem, Applied
 * Statistics 28, 1979) every split is judged by ranks, so that no single outlier and no unit matters; but where Pettitt takes the largest
 * number of pairs, which a change near the end cannot reach, each split has its own chance here, by {@link RankTest}, and the least
 * is taken times the number of splits.
 *
 * @param index of the first value after the change
 * @param onset of the first value that lies outside of what was usual before; the change itself is in the middle of a slope
 * @param before median before the change
 * @param after median after it
 * @param z shift of the median, in units of the scale before
 * @param p probability that nothing changed
 */
record ChangePoint(int index, int onset, double before, double after, double z, double p) {
    private static final RankTest RANKS = new RankTest();

    /** Fewer values say nothing. */
    private static final int LEAST = 8;

    private static final int LEAST_SIDE = 3;
    /** The median absolute deviation of normal values, times this, is their standard deviation. */
    private static final double TO_DEVIATION = 1.4826;
    /** A shift by less of the level itself is none that anybody would care for. */
    private static final double LEAST_SHARE = 0.02;

    private static final double OUTSIDE = 4;

    static Optional<ChangePoint> find(double[] values) {
        int n = values.length;
        if (n < LEAST) {
            return Optional.empty();
        }
        double ties = ties(values);
        long u = 0;
        double least = Double.MAX_VALUE;
        int at = -1;
        for (int t = 0; t < n - LEAST_SIDE; t++) {
            for (int j = 0; j < n; j++) {
                u += (long) Math.signum(values[j] - values[t]);
            }
            if (t + 1 >= LEAST_SIDE) {
                double chance = RANKS.chance(u, t + 1, n - t - 1, ties);
                if (chance < least) {
                    least = chance;
                    at = t + 1;
                }
            }
        }
        if (at < 0) {
            return Optional.empty();
        }
        double[] early = Arrays.copyOfRange(values, 0, at);
        double[] late = Arrays.copyOfRange(values, at, n);
        double before = median(early);
        double after = median(late);
        double scale = scale(early, before, after);
        // Each split was a chance to find one.
        double p = Math.min(1, least * (n - 2 * LEAST_SIDE + 1));
        return Optional.of(new ChangePoint(at, onset(values, at), before, after, (after - before) / scale, p));
    }

    private static double ties(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double ties = 0;
        int run = 1;
        for (int i = 1; i <= sorted.length; i++) {
            if (i < sorted.length && sorted[i] == sorted[i - 1]) {
                run++;
            } else {
                ties += Math.pow(run, 3) - run;
                run = 1;
            }
        }
        return ties;
    }

    /** What is usual before: its spread, but not less than a small share of the level. */
    private static double scale(double[] early, double before, double after) {
        double spread = TO_DEVIATION * deviation(early, before);
        return Math.max(spread, LEAST_SHARE * Math.max(Math.abs(before), Math.abs(after)) + 1e-9);
    }

    /** Back from the change to where the first quarter's level was left for good. */
    private static int onset(double[] values, int change) {
        double[] first = Arrays.copyOfRange(values, 0, Math.max(LEAST_SIDE, change / 2));
        double level = median(first);
        double bound = OUTSIDE * scale(first, level, level);
        int onset = change;
        while (onset > 0 && Math.abs(values[onset - 1] - level) > bound) {
            onset--;
        }
        return onset;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double deviation(double[] values, double median) {
        double[] away = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            away[i] = Math.abs(values[i] - median);
        }
        return median(away);
    }
}
