package io.stratoswarm.api.learn;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Computes models of one shape. It holds workspace and no weights: the caller gives them each time, in the order that
 * {@link SequenceShape} fixes, and one implementation can take over where another stopped. Used by one thread at a time.
 *
 * <p>Sequences lie one after the other: value {@code f} of step {@code t} of sequence {@code i} is
 * {@code inputs[(i * steps + t) * features + f]}. The head reads the last step, so {@code outputs[i * shape.outputs() + o]}.
 */
@ConsumerType
public interface SequenceKernel extends AutoCloseable {
    /** The outputs of the head, without any sigmoid, for {@code count} sequences at once. */
    void forward(float[] weights, int count, int steps, float[] inputs, float[] outputs);

    /**
     * The mean over the sequences of importance times loss, and its gradient.
     *
     * @param targets one for each output
     * @param importance one for each sequence
     * @param gradient is overwritten with the derivative by each weight
     * @param inputGradient is overwritten with the derivative by each input; an empty array where that is not wanted
     */
    double gradient(
            Task task,
            float[] weights,
            int count,
            int steps,
            float[] inputs,
            float[] targets,
            float[] importance,
            float[] gradient,
            float[] inputGradient);

    @Override
    void close();

    /**
     * What a step of training asks for.
     *
     * <p>Dropout is that of Gal and Ghahramani (2016) between the layers and before the head: for one call, unit {@code j} of layer
     * {@code l} of sequence {@code i} is dropped at every step, or at none and then multiplied by {@code 1 / (1 - dropout)}. It is
     * kept where {@code (mix(seed + (((l * count + i) * hidden + j) + 1) * 0x9E3779B97F4A7C15L) >>> 40) * 2^-24 >= dropout}, with
     * {@code mix} the finaliser of SplitMix64, so that all implementations drop the same units.
     *
     * @param dropout from 0 (none) to below 1
     */
    record Task(Loss loss, float dropout, long seed) {
        public Task {
            if (!(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException("dropout is " + dropout + "; it must be from 0 to below 1");
            }
        }

        public static Task of(Loss loss) {
            return new Task(loss, 0, 0);
        }
    }

    /** How far an output {@code y} is from its target {@code t}; several outputs are summed. */
    enum Loss {
        /** {@code (y - t)² / 2}. */
        SQUARED,
        /** Cross entropy of {@code sigmoid(y)} against a target from 0 to 1. */
        LOGISTIC,
        /** {@code y * t}, which makes the gradient that of the outputs themselves, for explanations. */
        LINEAR
    }
}
