package io.stratoswarm.api.learn;

/**
 * The shape of a model, and with it the order of its weights: for each layer the input weights ({@code inputs × 4 hidden}, row by
 * row), the recurrent weights ({@code hidden × 4 hidden}) and the biases ({@code 4 hidden}), the four gates in the order input,
 * forget, candidate, output; at the end the weights of the head ({@code hidden × outputs}) and its biases ({@code outputs}).
 *
 * @param features series at each step
 */
public record SequenceShape(int features, int hidden, int layers, int outputs) {
    /** Gates of an LSTM cell. */
    public static final int GATES = 4;

    private static final int MOST = 1_024;

    public SequenceShape {
        if (features < 1 || hidden < 1 || layers < 1 || outputs < 1) {
            throw new IllegalArgumentException("features, hidden units, layers and outputs must be at least 1");
        }
        if (features > MOST || hidden > MOST || layers > 16 || outputs > MOST) {
            throw new IllegalArgumentException("at most " + MOST + " features, hidden units and outputs and 16 layers");
        }
    }

    /** Inputs of a layer: the features for the first, the units of the layer below for the others. */
    public int inputs(int layer) {
        return layer == 0 ? features : hidden;
    }

    public int gates() {
        return GATES * hidden;
    }

    public int inputWeights(int layer) {
        int offset = 0;
        for (int i = 0; i < layer; i++) {
            offset += (inputs(i) + hidden + 1) * gates();
        }
        return offset;
    }

    public int recurrentWeights(int layer) {
        return inputWeights(layer) + inputs(layer) * gates();
    }

    public int biases(int layer) {
        return recurrentWeights(layer) + hidden * gates();
    }

    public int headWeights() {
        return inputWeights(layers);
    }

    public int headBiases() {
        return headWeights() + hidden * outputs;
    }

    public int weightCount() {
        return headBiases() + outputs;
    }
}
