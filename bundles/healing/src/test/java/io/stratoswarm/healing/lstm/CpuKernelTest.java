package io.stratoswarm.healing.lstm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernel.Task;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CpuKernelTest {
    /** Shapes with and without incomplete vectors, incomplete tiles and incomplete blocks. */
    private static final List<Case> CASES = List.of(
            new Case(new SequenceShape(3, 5, 1, 1), 3, 4),
            new Case(new SequenceShape(2, 7, 2, 2), 5, 6),
            new Case(new SequenceShape(4, 16, 2, 1), 9, 3),
            new Case(new SequenceShape(1, 8, 3, 1), CpuKernel.BLOCK + 2, 2));

    private record Case(SequenceShape shape, int count, int steps) {
        float[] weights(RandomGenerator random) {
            return values(shape.weightCount(), 0.6f, random);
        }

        float[] inputs(RandomGenerator random) {
            return values(count * steps * shape.features(), 1.5f, random);
        }
    }

    private static List<CpuKernels> kernels() {
        List<CpuKernels> all = new ArrayList<>(List.of(CpuKernels.plain()));
        if (Loops.vectorsAreThere()) {
            all.add(new CpuKernels());
        }
        return all;
    }

    private static float[] values(int length, float spread, RandomGenerator random) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (random.nextFloat() * 2 - 1) * spread;
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @Test
    void shouldGiveWhatTheFormulasGive() {
        for (CpuKernels kernels : kernels()) {
            for (Case it : CASES) {
                RandomGenerator random = new SplittableRandom(11);
                float[] weights = it.weights(random);
                float[] inputs = it.inputs(random);
                float[] outputs = new float[it.count() * it.shape().outputs()];
                try (SequenceKernel kernel = kernels.open(it.shape())) {
                    kernel.forward(weights, it.count(), it.steps(), inputs, outputs);
                    kernel.forward(
                            weights,
                            it.count(),
                            it.steps(),
                            inputs,
                            outputs); // Nothing is left over from the call before.
                }
                var reference = new ReferenceModel(it.shape());
                for (int i = 0; i < it.count(); i++) {
                    double[] expected = reference.outputs(doubles(weights), it.steps(), doubles(inputs), i);
                    for (int o = 0; o < expected.length; o++) {
                        assertEquals(expected[o], outputs[i * expected.length + o], 1e-5, kernels.name() + " " + it);
                    }
                }
            }
        }
    }

    /** Central differences of the formulas in double precision against what back-propagation gives. */
    @Test
    void shouldGiveTheGradientThatFiniteDifferencesGive() {
        for (CpuKernels kernels : kernels()) {
            for (Case it : CASES) {
                for (Loss loss : Loss.values()) {
                    checkGradient(kernels, it, loss);
                }
            }
        }
    }

    private static void checkGradient(CpuKernels kernels, Case it, Loss loss) {
        RandomGenerator random = new SplittableRandom(12);
        float[] weights = it.weights(random);
        float[] inputs = it.inputs(random);
        float[] targets = values(it.count() * it.shape().outputs(), 1, random);
        float[] importance = values(it.count(), 1, random);
        for (int i = 0; i < targets.length && loss == Loss.LOGISTIC; i++) {
            targets[i] = Math.abs(targets[i]);
        }
        float[] gradient = new float[weights.length];
        float[] inputGradient = new float[inputs.length];
        double value;
        try (SequenceKernel kernel = kernels.open(it.shape())) {
            value = kernel.gradient(
                    Task.of(loss),
                    weights,
                    it.count(),
                    it.steps(),
                    inputs,
                    targets,
                    importance,
                    gradient,
                    inputGradient);
        }
        var reference = new ReferenceModel(it.shape());
        double[] w = doubles(weights);
        double[] x = doubles(inputs);
        assertEquals(reference.loss(loss, w, it.count(), it.steps(), x, targets, importance), value, 1e-5);
        for (int at = 0; at < w.length; at += 1 + w.length / 150) {
            double difference =
                    difference(w, at, () -> reference.loss(loss, w, it.count(), it.steps(), x, targets, importance));
            assertEquals(
                    difference,
                    gradient[at],
                    2e-6 + 1e-4 * Math.abs(difference),
                    kernels.name() + " " + it + " weight " + at);
        }
        for (int at = 0; at < x.length; at += 1 + x.length / 40) {
            double difference =
                    difference(x, at, () -> reference.loss(loss, w, it.count(), it.steps(), x, targets, importance));
            assertEquals(
                    difference,
                    inputGradient[at],
                    2e-6 + 1e-4 * Math.abs(difference),
                    kernels.name() + " " + it + " input " + at);
        }
    }

    private static double difference(double[] values, int at, java.util.function.DoubleSupplier loss) {
        double kept = values[at];
        values[at] = kept + 1e-4;
        double above = loss.getAsDouble();
        values[at] = kept - 1e-4;
        double below = loss.getAsDouble();
        values[at] = kept;
        return (above - below) / 2e-4;
    }

    /** With dropout the loss is still a fixed function of the weights, so that its gradient can be checked by differences of itself. */
    @Test
    void shouldGiveTheGradientOfTheUnitsThatWereKept() {
        SequenceShape shape = new SequenceShape(3, 6, 2, 1);
        RandomGenerator random = new SplittableRandom(13);
        float[] weights = values(shape.weightCount(), 0.6f, random);
        float[] inputs = values(7 * 4 * 3, 1.5f, random);
        float[] targets = values(7, 1, random);
        float[] ones = {1, 1, 1, 1, 1, 1, 1};
        for (CpuKernels kernels : kernels()) {
            try (SequenceKernel kernel = kernels.open(shape)) {
                Task task = new Task(Loss.SQUARED, 0.4f, 99);
                float[] gradient = new float[weights.length];
                kernel.gradient(task, weights, 7, 4, inputs, targets, ones, gradient, new float[0]);
                double square = 0;
                for (float it : gradient) {
                    square += (double) it * it;
                }
                // Along the gradient itself the slope is its length.
                double step = 1e-2 / Math.sqrt(square);
                double above = moved(kernel, task, weights, gradient, step, inputs, targets, ones);
                double below = moved(kernel, task, weights, gradient, -step, inputs, targets, ones);
                assertEquals(Math.sqrt(square), (above - below) / 2e-2, 1e-3 * Math.sqrt(square), kernels.name());
                double without = kernel.gradient(
                        Task.of(Loss.SQUARED),
                        weights,
                        7,
                        4,
                        inputs,
                        targets,
                        ones,
                        new float[weights.length],
                        new float[0]);
                assertTrue(Math.abs(without - (above + below) / 2) > 1e-3, "nothing was dropped");
            }
        }
    }

    private static double moved(
            SequenceKernel kernel,
            Task task,
            float[] weights,
            float[] gradient,
            double step,
            float[] inputs,
            float[] targets,
            float[] ones) {
        float[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * gradient[i]);
        }
        return kernel.gradient(task, moved, 7, 4, inputs, targets, ones, new float[weights.length], new float[0]);
    }

    @Test
    void shouldGiveTheSameWithVectorsAndPlainLoops() {
        assumeTrue(Loops.vectorsAreThere(), "needs --add-modules jdk.incubator.vector");
        SequenceShape shape = new SequenceShape(5, 40, 2, 1);
        RandomGenerator random = new SplittableRandom(14);
        float[] weights = values(shape.weightCount(), 0.3f, random);
        float[] inputs = values(70 * 12 * 5, 1.5f, random);
        float[] targets = values(70, 1, random);
        float[] importance = values(70, 1, random);
        float[][] outputs = new float[2][70];
        float[][] gradients = new float[2][weights.length];
        int which = 0;
        for (CpuKernels kernels : List.of(CpuKernels.plain(), new CpuKernels())) {
            try (SequenceKernel kernel = kernels.open(shape)) {
                kernel.forward(weights, 70, 12, inputs, outputs[which]);
                Task task = new Task(Loss.LOGISTIC, 0.2f, 5);
                kernel.gradient(task, weights, 70, 12, inputs, targets, importance, gradients[which], new float[0]);
            }
            which++;
        }
        assertArrayEquals(outputs[0], outputs[1], 1e-5f);
        assertArrayEquals(gradients[0], gradients[1], 1e-5f);
    }

    @Test
    void shouldRefuseArraysThatDoNotFitTheShape() {
        try (SequenceKernel kernel = CpuKernels.plain().open(new SequenceShape(2, 3, 1, 1))) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> kernel.forward(new float[3], 1, 1, new float[2], new float[1]));
            assertTrue(String.valueOf(refused.getMessage()).contains("weights"));
        }
    }

    @Test
    void shouldSquashAsTheTangentDoes() {
        for (float x = -12; x <= 12; x += 0.001f) {
            assertEquals(Math.tanh(x), Squash.tanh(x), 1e-6, "tanh " + x);
            assertEquals(ReferenceModel.sigmoid(x), Squash.sigmoid(x), 1e-6, "sigmoid " + x);
        }
    }
}
