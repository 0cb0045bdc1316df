package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;

/**
 * Brings every series to mean 0 and deviation 1, as they were in training. A value further than {@link #FURTHEST} deviations off is held
 * there: what the model never saw must not run away with it.
 */
public record Normalisation(float[] mean, float[] deviation) {
    static final float FURTHEST = 8;

    public Normalisation {
        if (mean.length != deviation.length) {
            throw new IllegalArgumentException(mean.length + " means but " + deviation.length + " deviations");
        }
        for (int i = 0; i < mean.length; i++) {
            if (!Float.isFinite(mean[i]) || !Float.isFinite(deviation[i]) || deviation[i] <= 0) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "normalisation of series " + i + " has mean " + mean[i] + " and deviation " + deviation[i]
                                + "; both must be finite and the deviation above 0");
            }
        }
        mean = mean.clone();
        deviation = deviation.clone();
    }

    @Override
    public float[] mean() {
        return mean.clone();
    }

    @Override
    public float[] deviation() {
        return deviation.clone();
    }

    /** Learned from rows of {@code series} values each. A series that never changes gets deviation 1 and becomes 0. */
    public static Normalisation of(float[] rows, int series) {
        double[] sum = new double[series];
        double[] square = new double[series];
        int count = rows.length / series;
        for (int i = 0; i < count * series; i++) {
            sum[i % series] += rows[i];
        }
        for (int i = 0; i < count * series; i++) {
            double off = rows[i] - sum[i % series] / count;
            square[i % series] += off * off;
        }
        float[] mean = new float[series];
        float[] deviation = new float[series];
        for (int i = 0; i < series; i++) {
            mean[i] = (float) (sum[i] / Math.max(1, count));
            double spread = Math.sqrt(square[i] / Math.max(1, count));
            deviation[i] = spread > 1e-6 * Math.max(1, Math.abs(mean[i])) ? (float) spread : 1;
        }
        return new Normalisation(mean, deviation);
    }

    /** A value that is absent, that is not a number, becomes 0, which is the mean. */
    public void apply(float[] rows) {
        int series = mean.length;
        for (int i = 0; i < rows.length; i++) {
            float value = (rows[i] - mean[i % series]) / deviation[i % series];
            rows[i] = Float.isNaN(value) ? 0 : Math.max(-FURTHEST, Math.min(FURTHEST, value));
        }
    }
}
