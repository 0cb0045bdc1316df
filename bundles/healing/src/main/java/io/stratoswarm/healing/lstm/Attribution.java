package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernel.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which series drove an output, by integrated gradients (Sundararajan, Taly and Yan 2017): gradients along the straight way from a window in
 * which every series has its mean to the window itself, times the difference. The shares of all values add up to the difference of the two
 * outputs, which {@link Explanation#unexplained} lets a reader check.
 */
public final class Attribution {
    /** A series with its share of the output; positive drove it up. */
    public record Share(String series, double share) {}

    /**
     * @param shares greatest first, whatever their sign
     * @param baseline output for the mean window, in the units of the head before scaling
     * @param output output for this window
     */
    public record Explanation(List<Share> shares, double baseline, double output) {
        public Explanation {
            shares = List.copyOf(shares);
        }

        /** What the steps along the way missed; small against {@code output - baseline}, else more steps are needed. */
        public double unexplained() {
            return output - baseline - shares.stream().mapToDouble(Share::share).sum();
        }
    }

    private final int points;

    /** Sixty-four points along the way, one block of the kernel. */
    public Attribution() {
        this(CpuKernel.BLOCK);
    }

    Attribution(int points) {
        this.points = points;
    }

    public Explanation explain(SequenceModel model, SequenceKernel kernel, float[] window, int output) {
        float[] values = model.normalised(1, window);
        int features = model.shape().features();
        int width = model.shape().outputs();
        float[] inputs = new float[points * values.length];
        float[] targets = new float[points * width];
        float[] ones = new float[points];
        for (int p = 0; p < points; p++) {
            // Midpoints: their sum is the integral up to the third order.
            float along = (p + 0.5f) / points;
            for (int i = 0; i < values.length; i++) {
                inputs[p * values.length + i] = along * values[i];
            }
            targets[p * width + output] = 1;
            ones[p] = 1;
        }
        float[] weights = model.weights();
        float[] byInput = new float[inputs.length];
        // The kernel gives the gradient of the mean over the points, which is the integral.
        kernel.gradient(
                Task.of(Loss.LINEAR),
                weights,
                points,
                model.steps(),
                inputs,
                targets,
                ones,
                new float[weights.length],
                byInput);
        double[] shares = new double[features];
        for (int i = 0; i < inputs.length; i++) {
            shares[i % features] += (double) byInput[i] * values[i % values.length];
        }
        float[] ends = new float[2 * values.length];
        System.arraycopy(values, 0, ends, values.length, values.length);
        float[] outputs = new float[2 * width];
        kernel.forward(weights, 2, model.steps(), ends, outputs);
        List<Share> list = new ArrayList<>();
        for (int i = 0; i < features; i++) {
            list.add(new Share(model.series().get(i), shares[i]));
        }
        list.sort(Comparator.comparingDouble((Share it) -> -Math.abs(it.share())));
        return new Explanation(list, outputs[output], outputs[width + output]);
    }
}
