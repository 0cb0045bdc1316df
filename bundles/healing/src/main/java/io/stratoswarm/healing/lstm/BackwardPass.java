package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernel.Task;
import io.stratoswarm.api.learn.SequenceShape;
import java.util.Arrays;

/** Back-propagation through time over whole sequences (Werbos 1990), block by block; it keeps what the way forward computed. */
final class BackwardPass {
    /** What a gradient is taken over. */
    record Examples(int count, int steps, float[] inputs, float[] targets, float[] importance) {}

    /** What the way forward leaves of one layer. Outputs and states have a row of zeros before the first step. */
    private static final class Tape {
        float[] gates = {};
        float[] squashed = {};
        float[] states = {};
        float[] outputs = {};
        /** Outputs after dropout, as the layer above gets them; the outputs themselves where nothing is dropped. */
        float[] passed = {};

        void reserve(int steps, int cells) {
            if (gates.length < steps * cells * SequenceShape.GATES) {
                gates = new float[steps * cells * SequenceShape.GATES];
                squashed = new float[steps * cells];
                states = new float[(steps + 1) * cells];
                outputs = new float[(steps + 1) * cells];
            }
        }
    }

    private final SequenceShape shape;
    private final Loops loops;
    private final Tape[] tapes;
    private float[] outputGradient = {};
    private float[] belowGradient = {};
    private final float[] stepGradient;
    private final float[] stateGradient;
    private final float[] masks;

    BackwardPass(SequenceShape shape, Loops loops) {
        this.shape = shape;
        this.loops = loops;
        tapes = new Tape[shape.layers()];
        Arrays.setAll(tapes, it -> new Tape());
        stepGradient = new float[CpuKernel.BLOCK * shape.hidden()];
        stateGradient = new float[CpuKernel.BLOCK * shape.hidden()];
        masks = new float[CpuKernel.BLOCK * shape.hidden()];
    }

    double run(Task task, float[] weights, Examples examples, float[] gradient, float[] inputGradient) {
        Arrays.fill(gradient, 0);
        double loss = 0;
        for (int from = 0; from < examples.count(); from += CpuKernel.BLOCK) {
            loss += new Block(task, weights, examples, from, gradient, inputGradient).run();
        }
        return loss / examples.count();
    }

    /** The work on one block, so that what all its steps need has names. */
    private final class Block {
        private final Task task;
        private final float[] weights;
        private final Examples all;
        private final int from;
        private final int count;
        private final int steps;
        private final int cells;
        private final float[] gradient;
        private final float[] inputGradient;

        Block(Task task, float[] weights, Examples all, int from, float[] gradient, float[] inputGradient) {
            this.task = task;
            this.weights = weights;
            this.all = all;
            this.from = from;
            this.count = Math.min(CpuKernel.BLOCK, all.count() - from);
            this.steps = all.steps();
            this.cells = count * shape.hidden();
            this.gradient = gradient;
            this.inputGradient = inputGradient;
        }

        double run() {
            for (int layer = 0; layer < shape.layers(); layer++) {
                forward(layer);
            }
            if (outputGradient.length < steps * cells) {
                outputGradient = new float[steps * cells];
                belowGradient = new float[steps * cells];
            }
            Arrays.fill(outputGradient, 0, steps * cells, 0);
            double loss = head();
            for (int layer = shape.layers() - 1; layer >= 0; layer--) {
                back(layer);
                float[] swap = outputGradient;
                outputGradient = belowGradient;
                belowGradient = swap;
            }
            return loss;
        }

        private void forward(int layer) {
            Tape tape = tapes[layer];
            tape.reserve(steps, cells);
            Arrays.fill(tape.outputs, 0, cells, 0);
            Arrays.fill(tape.states, 0, cells, 0);
            int hidden = shape.hidden();
            for (int step = 0; step < steps; step++) {
                int at = step * cells * SequenceShape.GATES;
                Matrices.repeatRow(weights, shape.biases(layer), shape.gates(), tape.gates, at, count);
                loops.addProduct(
                        count,
                        shape.gates(),
                        shape.inputs(layer),
                        below(layer),
                        belowOffset(layer, step),
                        belowRow(layer),
                        1,
                        weights,
                        shape.inputWeights(layer),
                        tape.gates,
                        at);
                loops.addProduct(
                        count,
                        shape.gates(),
                        hidden,
                        tape.outputs,
                        step * cells,
                        hidden,
                        1,
                        weights,
                        shape.recurrentWeights(layer),
                        tape.gates,
                        at);
                loops.cells(at(step), tape.gates, tape.states, tape.squashed, tape.outputs);
            }
            tape.passed = tape.outputs;
            if (task.dropout() > 0) {
                tape.passed = new float[(steps + 1) * cells];
                mask(layer);
                for (int step = 1; step <= steps; step++) {
                    for (int i = 0; i < cells; i++) {
                        tape.passed[step * cells + i] = tape.outputs[step * cells + i] * masks[i];
                    }
                }
            }
        }

        private Loops.Cells at(int step) {
            int now = (step + 1) * cells;
            return new Loops.Cells(
                    count, shape.hidden(), step * cells * SequenceShape.GATES, step * cells, now, step * cells, now);
        }

        private float[] below(int layer) {
            return layer == 0 ? all.inputs() : tapes[layer - 1].passed;
        }

        private int belowOffset(int layer, int step) {
            return layer == 0 ? (from * steps + step) * shape.features() : (step + 1) * cells;
        }

        private int belowRow(int layer) {
            return layer == 0 ? steps * shape.features() : shape.hidden();
        }

        private void mask(int layer) {
            float kept = 1 / (1 - task.dropout());
            for (int i = 0; i < cells; i++) {
                long index = ((long) layer * all.count() + from) * shape.hidden() + i;
                masks[i] = unit(task.seed() + (index + 1) * 0x9E3779B97F4A7C15L) >= task.dropout() ? kept : 0;
            }
        }

        /** Loss of the block; leaves the derivative by the top layer's last output, before dropout, in {@code outputGradient}. */
        private double head() {
            Tape top = tapes[shape.layers() - 1];
            int hidden = shape.hidden();
            int width = shape.outputs();
            float[] results = new float[count * width];
            Matrices.repeatRow(weights, shape.headBiases(), width, results, 0, count);
            loops.addProduct(
                    count,
                    width,
                    hidden,
                    top.passed,
                    steps * cells,
                    hidden,
                    1,
                    weights,
                    shape.headWeights(),
                    results,
                    0);
            double loss = 0;
            for (int i = 0; i < results.length; i++) {
                float importance = all.importance()[from + i / width];
                float target = all.targets()[from * width + i];
                loss += importance * loss(task.loss(), results[i], target);
                results[i] = importance * slope(task.loss(), results[i], target) / all.count();
            }
            loops.addProduct(
                    hidden,
                    width,
                    count,
                    top.passed,
                    steps * cells,
                    1,
                    hidden,
                    results,
                    0,
                    gradient,
                    shape.headWeights());
            Matrices.addColumnSums(results, 0, count, width, gradient, shape.headBiases());
            float[] back = Matrices.transposed(weights, shape.headWeights(), hidden, width);
            loops.addProduct(count, hidden, width, results, 0, width, 1, back, 0, outputGradient, (steps - 1) * cells);
            return loss;
        }

        private void back(int layer) {
            Tape tape = tapes[layer];
            int hidden = shape.hidden();
            int width = shape.inputs(layer);
            boolean goesOn = layer > 0 || inputGradient.length > 0;
            float[] inputsBack =
                    goesOn ? Matrices.transposed(weights, shape.inputWeights(layer), width, shape.gates()) : weights;
            float[] recurrentBack = Matrices.transposed(weights, shape.recurrentWeights(layer), hidden, shape.gates());
            float[] toInputs = layer == 0 && goesOn ? new float[count * width] : belowGradient;
            if (task.dropout() > 0) {
                mask(layer);
            }
            Arrays.fill(stateGradient, 0);
            Arrays.fill(stepGradient, 0);
            for (int step = steps - 1; step >= 0; step--) {
                addOutputGradient(step);
                loops.cellsBack(at(step), tape.gates, tape.states, tape.squashed, stepGradient, stateGradient);
                int gates = step * cells * SequenceShape.GATES;
                addWeightGradient(layer, step, gates);
                Arrays.fill(stepGradient, 0, cells, 0);
                loops.addProduct(
                        count,
                        hidden,
                        shape.gates(),
                        tape.gates,
                        gates,
                        shape.gates(),
                        1,
                        recurrentBack,
                        0,
                        stepGradient,
                        0);
                if (goesOn) {
                    int to = layer == 0 ? 0 : step * cells;
                    Arrays.fill(toInputs, to, to + count * width, 0);
                    loops.addProduct(
                            count,
                            width,
                            shape.gates(),
                            tape.gates,
                            gates,
                            shape.gates(),
                            1,
                            inputsBack,
                            0,
                            toInputs,
                            to);
                    if (layer == 0) {
                        Matrices.scatterRows(toInputs, count, width, inputGradient, belowOffset(0, step), belowRow(0));
                    }
                }
            }
        }

        /** What comes from above and the head, through the units that were not dropped, onto what comes from the next step. */
        private void addOutputGradient(int step) {
            int at = step * cells;
            if (task.dropout() > 0) {
                for (int i = 0; i < cells; i++) {
                    stepGradient[i] += outputGradient[at + i] * masks[i];
                }
            } else {
                for (int i = 0; i < cells; i++) {
                    stepGradient[i] += outputGradient[at + i];
                }
            }
        }

        private void addWeightGradient(int layer, int step, int gates) {
            float[] byGates = tapes[layer].gates;
            int columns = shape.gates();
            int below = belowOffset(layer, step);
            loops.addProduct(
                    shape.inputs(layer),
                    columns,
                    count,
                    below(layer),
                    below,
                    1,
                    belowRow(layer),
                    byGates,
                    gates,
                    gradient,
                    shape.inputWeights(layer));
            if (step > 0) {
                float[] outputs = tapes[layer].outputs;
                int rows = shape.hidden();
                int to = shape.recurrentWeights(layer);
                loops.addProduct(rows, columns, count, outputs, step * cells, 1, rows, byGates, gates, gradient, to);
            }
            Matrices.addColumnSums(byGates, gates, count, columns, gradient, shape.biases(layer));
        }
    }

    private static double loss(Loss kind, float output, float target) {
        return switch (kind) {
            case SQUARED -> 0.5 * (output - target) * (output - target);
            // log(1 + e^y) - t y, in a form that does not overflow.
            case LOGISTIC -> Math.max(output, 0) + Math.log1p(Math.exp(-Math.abs(output))) - target * output;
            case LINEAR -> output * target;
        };
    }

    private static float slope(Loss kind, float output, float target) {
        return switch (kind) {
            case SQUARED -> output - target;
            case LOGISTIC -> Squash.sigmoid(output) - target;
            case LINEAR -> target;
        };
    }

    /** From 0 to below 1, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static float unit(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return ((mixed ^ (mixed >>> 31)) >>> 40) * 0x1p-24f;
    }
}
