package io.stratoswarm.audit.failure;

import java.util.Arrays;
import java.util.Optional;

/**
 * The one change of level in a series, if there is one, by the test of Pettitt (1979): with U(t) the number of pairs across t that rise
 * less those that fall, K = max |U(t)| has a probability of about 2 exp(-6 K^2 / (n^3 + n^2)) where nothing changes.
 *
 * @param index of the first value after the change
 * @param onset of the first value that lies outside of what was usual before; the change itself is in the middle of a slope
 * @param before median before the change
 * @param after median after it
 * @param z shift of the median, in units of the scale before
 * @param p probability that nothing changed
 */
record ChangePoint(int index, int onset, double before, double after, double z, double p) {
    /** Fewer values say nothing. */
    private static final int LEAST = 8;

    private static final int LEAST_SIDE = 2;
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
        long u = 0;
        long best = 0;
        int at = -1;
        for (int t = 0; t < n - LEAST_SIDE; t++) {
            for (int j = 0; j < n; j++) {
                u += (long) Math.signum(values[j] - values[t]);
            }
            if (t + 1 >= LEAST_SIDE && Math.abs(u) > Math.abs(best)) {
                best = u;
                at = t + 1;
            }
        }
        if (at < 0) {
            return Optional.empty();
        }
        double cubed = Math.pow(n, 3) + Math.pow(n, 2);
        double p = Math.min(1, 2 * Math.exp(-6.0 * best * best / cubed));
        double[] early = Arrays.copyOfRange(values, 0, at);
        double[] late = Arrays.copyOfRange(values, at, n);
        double before = median(early);
        double after = median(late);
        double scale = scale(early, before, after);
        return Optional.of(new ChangePoint(at, onset(values, at), before, after, (after - before) / scale, p));
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
