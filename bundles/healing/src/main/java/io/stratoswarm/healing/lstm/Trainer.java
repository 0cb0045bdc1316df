package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernel.Task;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Learns the weights of a model from examples. The same kernels, settings, examples and random numbers give the same weights. All of it runs
 * in the caller's thread, which can be interrupted between two updates.
 */
public final class Trainer {
    /** Of all updates, the share in which the rate rises to its full value. */
    private static final double WARM_UP = 0.1;

    /** Gives the examples of each update. */
    @FunctionalInterface
    public interface Sampler {
        /** Fills a batch of sequences, one after the other, with their targets and how much each counts. */
        void fill(RandomGenerator random, int count, float[] inputs, float[] targets, float[] importance);
    }

    /**
     * @param rate the highest rate; it rises to it in the first tenth of the updates and falls to nothing along a cosine
     * @param longest length that a gradient is cut to
     * @param decay weight decay
     */
    public record Settings(int updates, int batch, double rate, float dropout, double longest, double decay) {
        public Settings {
            if (updates < 1 || batch < 1 || !(rate > 0) || !(longest > 0) || !(decay >= 0)) {
                throw new IllegalArgumentException(
                        "updates, batch, rate and longest must be above 0, decay not below it");
            }
        }

        public static Settings standard() {
            return new Settings(500, 128, 4e-3, 0.2f, 1, 0);
        }
    }

    /** The weights, and the loss on the batches of the last tenth of the updates, on average. */
    public record Learned(float[] weights, double loss) {
        public Learned {
            weights = weights.clone();
        }

        @Override
        public float[] weights() {
            return weights.clone();
        }
    }

    private final SequenceKernels kernels;
    private final Settings settings;

    public Trainer(SequenceKernels kernels, Settings settings) {
        this.kernels = kernels;
        this.settings = settings;
    }

    public Learned train(SequenceShape shape, int steps, Loss loss, Sampler sampler, RandomGenerator random)
            throws InterruptedException {
        return train(start(shape, random), shape, steps, loss, sampler, random);
    }

    /** Goes on from weights that were learned before. */
    public Learned train(
            float[] from, SequenceShape shape, int steps, Loss loss, Sampler sampler, RandomGenerator random)
            throws InterruptedException {
        if (from.length != shape.weightCount()) {
            throw new IllegalArgumentException("got " + from.length + " weights for " + shape);
        }
        float[] weights = from.clone();
        int batch = settings.batch();
        float[] inputs = new float[batch * steps * shape.features()];
        float[] targets = new float[batch * shape.outputs()];
        float[] importance = new float[batch];
        float[] gradient = new float[weights.length];
        float[] none = new float[0];
        Adam adam = new Adam(weights.length, settings.longest(), settings.decay());
        double late = 0;
        int lateFrom = settings.updates() - Math.max(1, settings.updates() / 10);
        try (SequenceKernel kernel = kernels.open(shape)) {
            for (int update = 0; update < settings.updates(); update++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped after " + update + " updates");
                }
                Arrays.fill(importance, 1);
                sampler.fill(random, batch, inputs, targets, importance);
                Task task = new Task(loss, settings.dropout(), random.nextLong());
                double value =
                        kernel.gradient(task, weights, batch, steps, inputs, targets, importance, gradient, none);
                late += update >= lateFrom ? value : 0;
                adam.update(weights, gradient, rate(update));
            }
        }
        return new Learned(weights, late / (settings.updates() - lateFrom));
    }

    private double rate(int update) {
        double done = (update + 0.5) / settings.updates();
        double share =
                done < WARM_UP ? done / WARM_UP : 0.5 + 0.5 * Math.cos(Math.PI * (done - WARM_UP) / (1 - WARM_UP));
        return settings.rate() * share;
    }

    /**
     * First weights: uniform with the spread of Glorot and Bengio (2010) into each gate; biases 0, but 1 at the forget gates, so that a cell
     * keeps its state until it learns otherwise (Jozefowicz et al. 2015).
     */
    static float[] start(SequenceShape shape, RandomGenerator random) {
        float[] weights = new float[shape.weightCount()];
        int hidden = shape.hidden();
        for (int layer = 0; layer < shape.layers(); layer++) {
            int inputs = shape.inputs(layer);
            fill(
                    weights,
                    shape.inputWeights(layer),
                    inputs * shape.gates(),
                    Math.sqrt(6.0 / (inputs + hidden)),
                    random);
            fill(weights, shape.recurrentWeights(layer), hidden * shape.gates(), Math.sqrt(3.0 / hidden), random);
            Arrays.fill(weights, shape.biases(layer) + hidden, shape.biases(layer) + 2 * hidden, 1);
        }
        fill(
                weights,
                shape.headWeights(),
                hidden * shape.outputs(),
                Math.sqrt(6.0 / (hidden + shape.outputs())),
                random);
        return weights;
    }

    private static void fill(float[] weights, int from, int length, double spread, RandomGenerator random) {
        for (int i = from; i < from + length; i++) {
            weights[i] = (float) ((random.nextDouble() * 2 - 1) * spread);
        }
    }
}
