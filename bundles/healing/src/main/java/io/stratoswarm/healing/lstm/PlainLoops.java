package io.stratoswarm.healing.lstm;

import java.util.Arrays;

/**
 * Loops without the Vector API. The innermost ones run along rows over consecutive values, without a reduction and without calls, which is
 * the form that HotSpot's superword pass turns into vector instructions.
 */
final class PlainLoops implements Loops {
    @Override
    public String name() {
        return "plain";
    }

    @Override
    public void addProduct(
            int rows,
            int columns,
            int inner,
            float[] a,
            int aOffset,
            int aRow,
            int aInner,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset) {
        // HotSpot makes vectors of a loop over several arrays only where all are read and written at the same index,
        // since it cannot know
        // that two places do not overlap. So the rows are taken out of the matrices; each is used many times.
        float[][] taken = new float[inner][];
        for (int k = 0; k < inner; k++) {
            taken[k] = Arrays.copyOfRange(b, bOffset + k * columns, bOffset + (k + 1) * columns);
        }
        float[] sum = new float[columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(c, cOffset + i * columns, sum, 0, columns);
            int at = aOffset + i * aRow;
            int k = 0;
            // Four rows at a time spare three of four loads and stores of the sum.
            for (; k + 4 <= inner; k += 4) {
                float a0 = a[at + k * aInner];
                float a1 = a[at + (k + 1) * aInner];
                float a2 = a[at + (k + 2) * aInner];
                float a3 = a[at + (k + 3) * aInner];
                addRows(a0, a1, a2, a3, taken[k], taken[k + 1], taken[k + 2], taken[k + 3], sum);
            }
            for (; k < inner; k++) {
                addRow(a[at + k * aInner], taken[k], sum);
            }
            System.arraycopy(sum, 0, c, cOffset + i * columns, columns);
        }
    }

    private static void addRows(
            float a0, float a1, float a2, float a3, float[] b0, float[] b1, float[] b2, float[] b3, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j];
        }
    }

    private static void addRow(float a, float[] b, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += a * b[j];
        }
    }

    @Override
    public void cells(Cells at, float[] gates, float[] states, float[] squashed, float[] outputs) {
        int hidden = at.hidden();
        for (int i = 0; i < at.count(); i++) {
            int gate = at.gates() + i * 4 * hidden;
            int row = i * hidden;
            squash(gates, gate, hidden);
            state(gates, gate, hidden, states, at.before() + row, at.states() + row);
            for (int j = 0; j < hidden; j++) {
                squashed[at.squashed() + row + j] = Squash.tanh(states[at.states() + row + j]);
            }
            for (int j = 0; j < hidden; j++) {
                outputs[at.outputs() + row + j] = gates[gate + 3 * hidden + j] * squashed[at.squashed() + row + j];
            }
        }
    }

    private static void squash(float[] gates, int gate, int hidden) {
        for (int j = gate; j < gate + 2 * hidden; j++) {
            gates[j] = Squash.sigmoid(gates[j]);
        }
        for (int j = gate + 2 * hidden; j < gate + 3 * hidden; j++) {
            gates[j] = Squash.tanh(gates[j]);
        }
        for (int j = gate + 3 * hidden; j < gate + 4 * hidden; j++) {
            gates[j] = Squash.sigmoid(gates[j]);
        }
    }

    private static void state(float[] gates, int gate, int hidden, float[] states, int before, int now) {
        for (int j = 0; j < hidden; j++) {
            states[now + j] =
                    gates[gate + hidden + j] * states[before + j] + gates[gate + j] * gates[gate + 2 * hidden + j];
        }
    }

    /** One cell; the loops with vectors do the cells of an incomplete vector by it. */
    static void cell(Cells at, int i, int j, float[] gates, float[] states, float[] squashed, float[] outputs) {
        int hidden = at.hidden();
        int gate = at.gates() + i * 4 * hidden + j;
        int cell = i * hidden + j;
        gates[gate] = Squash.sigmoid(gates[gate]);
        gates[gate + hidden] = Squash.sigmoid(gates[gate + hidden]);
        gates[gate + 2 * hidden] = Squash.tanh(gates[gate + 2 * hidden]);
        gates[gate + 3 * hidden] = Squash.sigmoid(gates[gate + 3 * hidden]);
        float state = gates[gate + hidden] * states[at.before() + cell] + gates[gate] * gates[gate + 2 * hidden];
        states[at.states() + cell] = state;
        squashed[at.squashed() + cell] = Squash.tanh(state);
        outputs[at.outputs() + cell] = gates[gate + 3 * hidden] * squashed[at.squashed() + cell];
    }

    @Override
    public void cellsBack(
            Cells at, float[] gates, float[] states, float[] squashed, float[] outputGradient, float[] stateGradient) {
        for (int i = 0; i < at.count(); i++) {
            for (int j = 0; j < at.hidden(); j++) {
                cellBack(at, i, j, gates, states, squashed, outputGradient, stateGradient);
            }
        }
    }

    /** One cell; the loops with vectors do the cells of an incomplete vector by it. */
    static void cellBack(
            Cells at,
            int i,
            int j,
            float[] gates,
            float[] states,
            float[] squashed,
            float[] outputGradient,
            float[] stateGradient) {
        int hidden = at.hidden();
        int gate = at.gates() + i * 4 * hidden + j;
        int cell = i * hidden + j;
        float in = gates[gate];
        float forget = gates[gate + hidden];
        float candidate = gates[gate + 2 * hidden];
        float out = gates[gate + 3 * hidden];
        float tanh = squashed[at.squashed() + cell];
        float byOutput = outputGradient[cell];
        float byState = stateGradient[cell] + byOutput * out * (1 - tanh * tanh);
        gates[gate] = byState * candidate * in * (1 - in);
        gates[gate + hidden] = byState * states[at.before() + cell] * forget * (1 - forget);
        gates[gate + 2 * hidden] = byState * in * (1 - candidate * candidate);
        gates[gate + 3 * hidden] = byOutput * tanh * out * (1 - out);
        stateGradient[cell] = byState * forget;
    }
}
