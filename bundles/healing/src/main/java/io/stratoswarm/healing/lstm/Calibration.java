package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;

/**
 * Makes probabilities of the outputs of a model: {@code sigmoid(slope × output + offset)}, the scaling of Platt (1999); with offset 0 the
 * temperature scaling of Guo et al. (2017). It is fitted to examples that the model did not learn from, since on those it did learn from it
 * is surer than it may be.
 */
public record Calibration(double slope, double offset) {
    /** As the model was trained. */
    public static final Calibration NONE = new Calibration(1, 0);

    private static final int MOST_ROUNDS = 100;

    public Calibration {
        if (!Double.isFinite(slope) || !Double.isFinite(offset)) {
            throw new IllegalArgumentException("calibration is " + slope + ", " + offset);
        }
    }

    public double probability(double output) {
        double value = slope * output + offset;
        return value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value));
    }

    /**
     * Platt's targets, which keep a probability off 0 and 1 by what so many examples can show, fitted by Newton's method as Lin, Lin and
     * Weng (2007) give it.
     *
     * @throws StratoswarmException of kind INVALID where both outcomes did not occur, since then nothing tells them apart
     */
    public static Calibration platt(float[] outputs, boolean[] occurred) {
        int yes = count(outputs, occurred);
        int no = occurred.length - yes;
        double high = (yes + 1.0) / (yes + 2.0);
        double low = 1.0 / (no + 2.0);
        double[] best = {0, Math.log((yes + 1.0) / (no + 1.0))};
        minimise(outputs, occurred, high, low, true, best);
        return new Calibration(best[0], best[1]);
    }

    /** One factor for all outputs: the order and what is more likely than not stay as they are. */
    public static Calibration temperature(float[] outputs, boolean[] occurred) {
        count(outputs, occurred);
        double[] best = {1, 0};
        minimise(outputs, occurred, 1, 0, false, best);
        return new Calibration(best[0], 0);
    }

    private static int count(float[] outputs, boolean[] occurred) {
        if (outputs.length != occurred.length) {
            throw new IllegalArgumentException(outputs.length + " outputs but " + occurred.length + " outcomes");
        }
        int yes = 0;
        for (boolean it : occurred) {
            yes += it ? 1 : 0;
        }
        if (yes == 0 || yes == occurred.length) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "cannot calibrate: the outcome was the same in all " + occurred.length
                            + " examples; give some where it occurred and some where it did not");
        }
        return yes;
    }

    /** Newton's method with halved steps on the cross entropy, which is convex; changes {@code at} to the lowest place. */
    private static void minimise(
            float[] outputs, boolean[] occurred, double high, double low, boolean withOffset, double[] at) {
        double loss = loss(outputs, occurred, high, low, at[0], at[1]);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double g0 = 0;
            double g1 = 0;
            double h00 = 1e-12;
            double h01 = 0;
            double h11 = 1e-12;
            Calibration here = new Calibration(at[0], at[1]);
            for (int i = 0; i < outputs.length; i++) {
                double p = here.probability(outputs[i]);
                double off = p - (occurred[i] ? high : low);
                double bend = p * (1 - p);
                g0 += off * outputs[i];
                g1 += off;
                h00 += bend * outputs[i] * outputs[i];
                h01 += bend * outputs[i];
                h11 += bend;
            }
            double determinant = h00 * h11 - h01 * h01;
            boolean both = withOffset && determinant > 1e-12 * h00 * h11;
            double d0 = both ? -(h11 * g0 - h01 * g1) / determinant : -g0 / h00;
            double d1 = both ? -(h00 * g1 - h01 * g0) / determinant : 0;
            double size = 1;
            double next = loss(outputs, occurred, high, low, at[0] + d0, at[1] + d1);
            while (!(next <= loss) && size > 1e-10) {
                size /= 2;
                next = loss(outputs, occurred, high, low, at[0] + size * d0, at[1] + size * d1);
            }
            if (!(loss - next > 1e-10 * Math.max(1, loss))) {
                return;
            }
            at[0] += size * d0;
            at[1] += size * d1;
            loss = next;
        }
    }

    private static double loss(
            float[] outputs, boolean[] occurred, double high, double low, double slope, double offset) {
        double sum = 0;
        for (int i = 0; i < outputs.length; i++) {
            double value = slope * outputs[i] + offset;
            sum += Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))) - (occurred[i] ? high : low) * value;
        }
        return sum;
    }
}
