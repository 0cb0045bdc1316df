package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceShape;

/** The formulas of {@code docs/prediction-model.md} as they stand there, unit by unit and in double precision. */
final class ReferenceModel {
    private final SequenceShape shape;

    ReferenceModel(SequenceShape shape) {
        this.shape = shape;
    }

    double[] outputs(double[] weights, int steps, double[] inputs, int sequence) {
        int hidden = shape.hidden();
        double[][] h = new double[shape.layers()][hidden];
        double[][] c = new double[shape.layers()][hidden];
        for (int step = 0; step < steps; step++) {
            double[] x = new double[shape.features()];
            System.arraycopy(inputs, (sequence * steps + step) * shape.features(), x, 0, x.length);
            for (int layer = 0; layer < shape.layers(); layer++) {
                double[] next = new double[hidden];
                for (int unit = 0; unit < hidden; unit++) {
                    double in = sigmoid(gate(weights, layer, 0, unit, x, h[layer]));
                    double forget = sigmoid(gate(weights, layer, 1, unit, x, h[layer]));
                    double candidate = Math.tanh(gate(weights, layer, 2, unit, x, h[layer]));
                    double out = sigmoid(gate(weights, layer, 3, unit, x, h[layer]));
                    c[layer][unit] = forget * c[layer][unit] + in * candidate;
                    next[unit] = out * Math.tanh(c[layer][unit]);
                }
                h[layer] = next;
                x = next;
            }
        }
        double[] y = new double[shape.outputs()];
        for (int o = 0; o < y.length; o++) {
            y[o] = weights[shape.headBiases() + o];
            for (int unit = 0; unit < hidden; unit++) {
                y[o] += weights[shape.headWeights() + unit * y.length + o] * h[shape.layers() - 1][unit];
            }
        }
        return y;
    }

    private double gate(double[] weights, int layer, int gate, int unit, double[] x, double[] h) {
        int column = gate * shape.hidden() + unit;
        double sum = weights[shape.biases(layer) + column];
        for (int i = 0; i < x.length; i++) {
            sum += weights[shape.inputWeights(layer) + i * shape.gates() + column] * x[i];
        }
        for (int i = 0; i < h.length; i++) {
            sum += weights[shape.recurrentWeights(layer) + i * shape.gates() + column] * h[i];
        }
        return sum;
    }

    double loss(
            Loss loss, double[] weights, int count, int steps, double[] inputs, float[] targets, float[] importance) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double[] y = outputs(weights, steps, inputs, i);
            for (int o = 0; o < y.length; o++) {
                double target = targets[i * y.length + o];
                sum += importance[i]
                        * switch (loss) {
                            case SQUARED -> (y[o] - target) * (y[o] - target) / 2;
                            case LOGISTIC ->
                                -target * Math.log(sigmoid(y[o])) - (1 - target) * Math.log(1 - sigmoid(y[o]));
                            case LINEAR -> y[o] * target;
                        };
            }
        }
        return sum / count;
    }

    static double sigmoid(double value) {
        return 1 / (1 + Math.exp(-value));
    }
}
