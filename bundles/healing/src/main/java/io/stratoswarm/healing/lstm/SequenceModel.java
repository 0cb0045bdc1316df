package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A trained model with all that a prediction needs: how inputs are normalised, the weights, and what the outputs mean. It does not change;
 * a model that learned more is another one.
 *
 * @param steps length of the windows
 * @param series what each input is, in order
 * @param notes where the model comes from, for who looks at it later
 */
public record SequenceModel(
        SequenceShape shape,
        int steps,
        List<String> series,
        Normalisation normalisation,
        Head head,
        float[] weights,
        SortedMap<String, String> notes) {
    public SequenceModel {
        if (steps < 1 || series.size() != shape.features() || normalisation.mean().length != shape.features()) {
            throw new IllegalArgumentException("a model of " + shape + " has " + series.size() + " names of series, "
                    + normalisation.mean().length + " normalisations and " + steps + " steps");
        }
        if (weights.length != shape.weightCount()) {
            throw new IllegalArgumentException("got " + weights.length + " weights for " + shape);
        }
        for (float it : weights) {
            if (!Float.isFinite(it)) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "a weight of the model is " + it
                                + "; the training ran away, or the file is not one of a model");
            }
        }
        series = List.copyOf(series);
        weights = weights.clone();
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
    }

    /** What outputs mean. */
    public sealed interface Head {
        /** A quantity, such as remaining life: {@code offset + scale × output}, held between 0 and {@code most}. */
        record Quantity(float offset, float scale, float most) implements Head {}

        /** The probability of a failure within a horizon: the sigmoid of the output after its calibration. */
        record Probability(Calibration calibration) implements Head {}
    }

    @Override
    public float[] weights() {
        return weights.clone();
    }

    public SequenceModel withHead(Head other) {
        return new SequenceModel(shape, steps, series, normalisation, other, weights, notes);
    }

    public SequenceModel withNotes(Map<String, String> other) {
        return new SequenceModel(shape, steps, series, normalisation, head, weights, new TreeMap<>(other));
    }

    /**
     * Predicts for many windows at once.
     *
     * @param windows raw values, {@code count × steps × series}; left as they are
     * @return {@code count × outputs}
     */
    public float[] predict(SequenceKernel kernel, int count, float[] windows) {
        float[] outputs = outputs(kernel, count, windows);
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = switch (head) {
                case Head.Quantity it -> Math.max(0, Math.min(it.most(), it.offset() + it.scale() * outputs[i]));
                case Head.Probability it -> (float) it.calibration().probability(outputs[i]);
            };
        }
        return outputs;
    }

    /** What the head gives before it is scaled or made a probability; calibrations are fitted to this. */
    public float[] outputs(SequenceKernel kernel, int count, float[] windows) {
        float[] outputs = new float[count * shape.outputs()];
        kernel.forward(weights, count, steps, normalised(count, windows), outputs);
        return outputs;
    }

    float[] normalised(int count, float[] windows) {
        if (windows.length != count * steps * shape.features()) {
            throw new IllegalArgumentException(windows.length + " values are not " + count + " windows of " + steps
                    + " steps and " + shape.features() + " series");
        }
        float[] values = windows.clone();
        normalisation.apply(values);
        return values;
    }
}
