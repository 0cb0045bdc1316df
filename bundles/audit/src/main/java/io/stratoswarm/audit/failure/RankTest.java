package io.stratoswarm.audit.failure;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The rank sum test of Mann and Whitney (On a test of whether one of two random variables is stochastically larger than the other, Annals
 * of Mathematical Statistics 18, 1947): how likely a split of values is at least as uneven by chance. Exact where few pairs
 * are out of order, else by the normal approximation.
 */
final class RankTest {
    /** Beyond so many pairs out of order the exact chance is not small, and nobody asks for it. */
    private static final int EXACT_PAIRS = 80;

    private final ConcurrentHashMap<Long, double[]> tails = new ConcurrentHashMap<>();

    /**
     * The two-sided chance.
     *
     * @param u pairs that rise across the split less those that fall
     * @param ties sum of t^3 - t over the sizes t of groups of equal values
     */
    double chance(long u, int first, int second, double ties) {
        int side = Math.min(first, second);
        double pairs = (double) first * second;
        // Pairs that are out of order, the smaller of both directions; a tie counts a half.
        double out = (pairs - Math.abs(u)) / 2;
        if (out <= EXACT_PAIRS) {
            return Math.min(1, 2 * tail(side, Math.max(first, second))[(int) Math.ceil(out)]);
        }
        double n = first + second;
        double variance = pairs / 12 * (n + 1 - ties / (n * (n - 1)));
        return variance <= 0 ? 1 : Math.min(1, 2 * upper(Math.abs(u) / 2.0 / Math.sqrt(variance)));
    }

    /** Chance of at most so many pairs out of order. */
    private double[] tail(int k, int m) {
        return tails.computeIfAbsent(((long) k << 32) | m, any -> count(k, m));
    }

    /** Numbers of arrangements are the coefficients of a Gaussian binomial: the product of (1 - q^(m+i)) / (1 - q^i). */
    private static double[] count(int k, int m) {
        double[] ways = new double[EXACT_PAIRS + 1];
        ways[0] = 1;
        double all = 1;
        for (int i = 1; i <= k; i++) {
            all = all * (m + i) / i;
            for (int q = EXACT_PAIRS; q >= m + i; q--) {
                ways[q] -= ways[q - m - i];
            }
            for (int q = i; q <= EXACT_PAIRS; q++) {
                ways[q] += ways[q - i];
            }
        }
        double sum = 0;
        for (int q = 0; q <= EXACT_PAIRS; q++) {
            sum += ways[q];
            ways[q] = Math.min(1, sum / all);
        }
        return ways;
    }

    /** Upper tail of the normal distribution, by the bound of Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
    static double upper(double z) {
        double x = z / Math.sqrt(2);
        if (x > 5) {
            // The approximation is absolute; far out the asymptotic form holds.
            return Math.exp(-x * x) / (x * Math.sqrt(Math.PI)) / 2;
        }
        double t = 1 / (1 + 0.3275911 * x);
        double sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.max(0, sum * Math.exp(-x * x) / 2);
    }
}
