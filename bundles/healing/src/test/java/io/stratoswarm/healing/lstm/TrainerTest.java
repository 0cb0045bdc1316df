package io.stratoswarm.healing.lstm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final SequenceShape SHAPE = new SequenceShape(1, 4, 1, 1);
    private final Trainer trainer = new Trainer(CpuKernels.plain(), new Trainer.Settings(40, 16, 1e-2, 0, 1, 0));

    /** Whether the sum of a sequence of three is above 0. */
    private static final Trainer.Sampler SUMS = (random, count, inputs, targets, importance) -> {
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int t = 0; t < 3; t++) {
                inputs[3 * i + t] = (float) random.nextGaussian();
                sum += inputs[3 * i + t];
            }
            targets[i] = sum > 0 ? 1 : 0;
        }
    };

    @Test
    void shouldGoOnFromWeightsThatWereLearnedBefore() throws InterruptedException {
        Trainer.Learned first = trainer.train(SHAPE, 3, Loss.LOGISTIC, SUMS, new SplittableRandom(1));
        float[] from = first.weights();

        Trainer.Learned second = trainer.train(from, SHAPE, 3, Loss.LOGISTIC, SUMS, new SplittableRandom(2));
        Trainer.Learned again = trainer.train(from, SHAPE, 3, Loss.LOGISTIC, SUMS, new SplittableRandom(2));

        assertTrue(second.loss() < first.loss(), first.loss() + " to " + second.loss());
        assertArrayEquals(first.weights(), from, 0, "what it began with is left as it is");
        assertArrayEquals(second.weights(), again.weights(), 0);
    }

    @Test
    void shouldRefuseWeightsOfAnotherShape() {
        assertThrows(
                IllegalArgumentException.class,
                () -> trainer.train(new float[3], SHAPE, 3, Loss.LOGISTIC, SUMS, new SplittableRandom(1)));
    }
}
