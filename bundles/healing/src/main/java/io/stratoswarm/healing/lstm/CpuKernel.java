package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.Arrays;

/**
 * Runs sequences through the layers in blocks, each block through all steps before the next, so that a block's gates and the weights of a
 * layer stay in the second cache. A block's sums do not depend on the others, and gradients are added block after block: the same call
 * always gives the same bits.
 */
final class CpuKernel implements SequenceKernel {
    /** Sequences at once: 64 × 256 gates of 64 units are 64 KiB. */
    static final int BLOCK = 64;

    private final SequenceShape shape;
    private final Loops loops;
    private final float[] gates;
    private final float[] squashed;
    private final float[][] states;
    private final float[][] outputs;
    private final BackwardPass backward;

    CpuKernel(SequenceShape shape, Loops loops) {
        this.shape = shape;
        this.loops = loops;
        gates = new float[BLOCK * shape.gates()];
        squashed = new float[BLOCK * shape.hidden()];
        states = new float[shape.layers()][BLOCK * shape.hidden()];
        outputs = new float[shape.layers()][BLOCK * shape.hidden()];
        backward = new BackwardPass(shape, loops);
    }

    @Override
    public void forward(float[] weights, int count, int steps, float[] inputs, float[] results) {
        require(weights, shape.weightCount(), "weights");
        require(inputs, count * steps * shape.features(), "inputs");
        require(results, count * shape.outputs(), "outputs");
        for (int from = 0; from < count; from += BLOCK) {
            block(weights, from, Math.min(BLOCK, count - from), steps, inputs, results);
        }
    }

    private void block(float[] weights, int from, int count, int steps, float[] inputs, float[] results) {
        int features = shape.features();
        int hidden = shape.hidden();
        for (int layer = 0; layer < shape.layers(); layer++) {
            Arrays.fill(states[layer], 0);
            Arrays.fill(outputs[layer], 0);
        }
        Loops.Cells cells = new Loops.Cells(count, hidden, 0, 0, 0, 0, 0);
        for (int step = 0; step < steps; step++) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                Matrices.repeatRow(weights, shape.biases(layer), shape.gates(), gates, 0, count);
                int inner = shape.inputs(layer);
                float[] below = layer == 0 ? inputs : outputs[layer - 1];
                int offset = layer == 0 ? (from * steps + step) * features : 0;
                int row = layer == 0 ? steps * features : hidden;
                loops.addProduct(
                        count,
                        shape.gates(),
                        inner,
                        below,
                        offset,
                        row,
                        1,
                        weights,
                        shape.inputWeights(layer),
                        gates,
                        0);
                if (step > 0) {
                    loops.addProduct(
                            count,
                            shape.gates(),
                            hidden,
                            outputs[layer],
                            0,
                            hidden,
                            1,
                            weights,
                            shape.recurrentWeights(layer),
                            gates,
                            0);
                }
                loops.cells(cells, gates, states[layer], squashed, outputs[layer]);
            }
        }
        int to = from * shape.outputs();
        Matrices.repeatRow(weights, shape.headBiases(), shape.outputs(), results, to, count);
        loops.addProduct(
                count,
                shape.outputs(),
                hidden,
                outputs[shape.layers() - 1],
                0,
                hidden,
                1,
                weights,
                shape.headWeights(),
                results,
                to);
    }

    @Override
    public double gradient(
            Task task,
            float[] weights,
            int count,
            int steps,
            float[] inputs,
            float[] targets,
            float[] importance,
            float[] gradient,
            float[] inputGradient) {
        require(weights, shape.weightCount(), "weights");
        require(inputs, count * steps * shape.features(), "inputs");
        require(targets, count * shape.outputs(), "targets");
        require(importance, count, "importance");
        require(gradient, shape.weightCount(), "gradient");
        if (inputGradient.length > 0) {
            require(inputGradient, inputs.length, "input gradient");
        }
        var examples = new BackwardPass.Examples(count, steps, inputs, targets, importance);
        return backward.run(task, weights, examples, gradient, inputGradient);
    }

    private static void require(float[] values, int length, String what) {
        if (values.length != length) {
            throw new IllegalArgumentException(
                    "got " + values.length + " " + what + " where the shape asks for " + length);
        }
    }

    @Override
    public void close() {
        // The workspace is on the heap.
    }
}
