package io.stratoswarm.healing.lstm;

import java.util.ArrayList;
import java.util.List;

/**
 * How well stated probabilities agree with what happened (Naeini et al. 2015): predictions are put into bins of equal width, and in each the
 * mean of what was said is held against the share of what occurred.
 */
public record Reliability(List<Bin> bins, int count) {
    /** What was stated on average and what share occurred, both 0 where the bin is empty. */
    public record Bin(double from, double to, int count, double stated, double occurred) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    public static Reliability of(double[] probabilities, boolean[] occurred, int binCount) {
        if (probabilities.length != occurred.length || binCount < 1) {
            throw new IllegalArgumentException(
                    probabilities.length + " probabilities, " + occurred.length + " outcomes, " + binCount + " bins");
        }
        int[] counts = new int[binCount];
        double[] stated = new double[binCount];
        int[] happened = new int[binCount];
        for (int i = 0; i < probabilities.length; i++) {
            double p = probabilities[i];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("probability " + i + " is " + p);
            }
            int bin = Math.min(binCount - 1, (int) (p * binCount));
            counts[bin]++;
            stated[bin] += p;
            happened[bin] += occurred[i] ? 1 : 0;
        }
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < binCount; i++) {
            int n = Math.max(1, counts[i]);
            bins.add(new Bin(
                    (double) i / binCount, (i + 1.0) / binCount, counts[i], stated[i] / n, (double) happened[i] / n));
        }
        return new Reliability(bins, probabilities.length);
    }

    /** The expected calibration error: the distance between said and occurred, each bin weighted by its predictions; 0 for none. */
    public double expectedError() {
        double sum = 0;
        for (Bin it : bins) {
            sum += it.count() * Math.abs(it.stated() - it.occurred());
        }
        return count == 0 ? 0 : sum / count;
    }
}
