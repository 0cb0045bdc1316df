package io.stratoswarm.healing.lstm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceShape;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SequenceModelTest {
    private static final int STEPS = 6;
    private static final SequenceShape SHAPE = new SequenceShape(2, 12, 1, 1);
    private static final Normalisation HALVES = new Normalisation(new float[] {0.5f, 0.5f}, new float[] {0.29f, 0.29f});

    /** The answer is how much the first series rose since the third last step; the second series says nothing. */
    private static void rises(RandomGenerator random, int count, float[] inputs, float[] targets, float[] importance) {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        for (int i = 0; i < count; i++) {
            int last = ((i + 1) * STEPS - 1) * 2;
            targets[i] = inputs[last] - inputs[last - 4];
        }
        HALVES.apply(inputs);
    }

    private static void risesAtAll(
            RandomGenerator random, int count, float[] inputs, float[] targets, float[] importance) {
        rises(random, count, inputs, targets, importance);
        for (int i = 0; i < count; i++) {
            targets[i] = targets[i] > 0 ? 1 : 0;
        }
    }

    private static float[] learn(Loss loss, Trainer.Sampler sampler, long seed) throws InterruptedException {
        var settings = new Trainer.Settings(300, 32, 1e-2, 0, 1, 0);
        return new Trainer(new CpuKernels(), settings)
                .train(SHAPE, STEPS, loss, sampler, new SplittableRandom(seed))
                .weights();
    }

    private static SequenceModel model(SequenceModel.Head head, float[] weights) {
        return new SequenceModel(
                SHAPE,
                STEPS,
                List.of("first", "second"),
                HALVES,
                head,
                weights,
                new TreeMap<>(Map.of("trained", "in a test")));
    }

    private static float[] windows(RandomGenerator random, int count) {
        float[] windows = new float[count * STEPS * 2];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = random.nextFloat();
        }
        return windows;
    }

    @Test
    void shouldLearnWhatALaterStepOwesToAnEarlierOne() throws InterruptedException {
        float[] weights = learn(Loss.SQUARED, SequenceModelTest::rises, 1);
        var model = model(new SequenceModel.Head.Quantity(10, 10, 20), weights);
        float[] windows = windows(new SplittableRandom(2), 200);
        double square = 0;
        try (SequenceKernel kernel = new CpuKernels().open(SHAPE)) {
            float[] predicted = model.predict(kernel, 200, windows);
            for (int i = 0; i < 200; i++) {
                int last = ((i + 1) * STEPS - 1) * 2;
                double off = predicted[i] - (10 + 10 * (windows[last] - windows[last - 4]));
                square += off * off;
            }
        }
        // The answers themselves have a deviation of 4.1.
        assertTrue(Math.sqrt(square / 200) < 1, "off by " + Math.sqrt(square / 200));
    }

    @Test
    void shouldLearnTheSameWeightsFromTheSameSeed() throws InterruptedException {
        var settings = new Trainer.Settings(5, 70, 1e-2, 0.3f, 1, 1e-3);
        var trainer = new Trainer(new CpuKernels(), settings);
        float[][] weights = new float[3][];
        for (int i = 0; i < 3; i++) {
            var random = new SplittableRandom(i == 2 ? 8 : 7);
            weights[i] = trainer.train(SHAPE, STEPS, Loss.SQUARED, SequenceModelTest::rises, random)
                    .weights();
        }
        assertArrayEquals(weights[0], weights[1]);
        assertTrue(Math.abs(weights[0][0] - weights[2][0]) > 1e-6, "the seed has no say");
    }

    @Test
    void shouldSayWhichSeriesDroveAnOutput() throws InterruptedException {
        var model = model(new SequenceModel.Head.Quantity(0, 1, 1), learn(Loss.SQUARED, SequenceModelTest::rises, 1));
        try (SequenceKernel kernel = new CpuKernels().open(SHAPE)) {
            for (int i = 0; i < 10; i++) {
                float[] window = windows(new SplittableRandom(100 + i), 1);
                var why = new Attribution().explain(model, kernel, window, 0);
                assertEquals(0, why.unexplained(), 2e-3 + 0.02 * Math.abs(why.output() - why.baseline()));
                double first = share(why, "first");
                double second = share(why, "second");
                // A window where the series stayed where it was owes nothing to either.
                assertTrue(Math.abs(first) > Math.abs(second) || Math.abs(first) < 0.1, why.toString());
            }
        }
    }

    private static double share(Attribution.Explanation why, String series) {
        return why.shares().stream()
                .filter(it -> it.series().equals(series))
                .mapToDouble(Attribution.Share::share)
                .sum();
    }

    @Test
    void shouldGiveProbabilitiesThatAreCalibrated() throws InterruptedException {
        var model = model(
                new SequenceModel.Head.Probability(Calibration.NONE),
                learn(Loss.LOGISTIC, SequenceModelTest::risesAtAll, 3));
        int count = 2_000;
        float[] windows = windows(new SplittableRandom(4), count);
        SplittableRandom random = new SplittableRandom(5);
        try (SequenceKernel kernel = new CpuKernels().open(SHAPE)) {
            float[] outputs = model.outputs(kernel, count, windows);
            boolean[] occurred = new boolean[count];
            for (int i = 0; i < count; i++) {
                // The model is surer than it may be: the chances are those of 0.3 times its outputs.
                occurred[i] = random.nextDouble() < new Calibration(0.3, 0).probability(outputs[i]);
            }
            var honest = model.withHead(new SequenceModel.Head.Probability(Calibration.platt(outputs, occurred)));
            double before = error(model.predict(kernel, count, windows), occurred);
            double after = error(honest.predict(kernel, count, windows), occurred);
            assertTrue(before > 0.1 && after < 0.04, before + " before, " + after + " after");
        }
    }

    private static double error(float[] probabilities, boolean[] occurred) {
        double[] wide = new double[probabilities.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = probabilities[i];
        }
        return Reliability.of(wide, occurred, 10).expectedError();
    }

    @Test
    void shouldReadWhatItWrote() {
        float[] weights = Trainer.start(SHAPE, new SplittableRandom(9));
        for (SequenceModel.Head head : List.of(
                new SequenceModel.Head.Quantity(1, 2, 3),
                new SequenceModel.Head.Probability(new Calibration(0.7, -0.1)))) {
            SequenceModel model = model(head, weights);
            SequenceModel read = ModelFile.read(ModelFile.write(model), "memory");
            assertArrayEquals(model.weights(), read.weights());
            assertArrayEquals(model.normalisation().mean(), read.normalisation().mean());
            assertArrayEquals(
                    model.normalisation().deviation(), read.normalisation().deviation());
            assertEquals(model.head(), read.head());
            assertEquals(model.series(), read.series());
            assertEquals(model.notes(), read.notes());
            assertEquals(model.shape(), read.shape());
            assertEquals(model.steps(), read.steps());
        }
    }

    @Test
    void shouldRefuseBytesThatAreNoModelOrWereChanged() {
        byte[] good = ModelFile.write(model(new SequenceModel.Head.Quantity(1, 2, 3), new float[SHAPE.weightCount()]));
        refused(Kind.INVALID, "SWLM", "garbage".getBytes(StandardCharsets.UTF_8));
        refused(Kind.INVALID, "SWLM", new byte[0]);
        byte[] later = good.clone();
        later[5] = 9;
        refused(Kind.INVALID, "version 9", later);
        refused(Kind.DAMAGED, "bytes", Arrays.copyOf(good, good.length - 3));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            byte[] changed = good.clone();
            int at = random.nextInt(14, good.length);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            refused(Kind.DAMAGED, "check sum", changed);
        }
    }

    private static void refused(Kind kind, String says, byte[] bytes) {
        var refused = assertThrows(StratoswarmException.class, () -> ModelFile.read(bytes, "models/a"));
        assertEquals(kind, refused.kind());
        assertTrue(String.valueOf(refused.getMessage()).contains(says), refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains("models/a"), refused.getMessage());
    }
}
