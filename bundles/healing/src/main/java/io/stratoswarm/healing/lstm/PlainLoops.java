package io.stratoswarm.healing.lstm;

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
        for (int i = 0; i < rows; i++) {
            int from = aOffset + i * aRow;
            int k = 0;
            // Four rows of b at a time spare three of four loads and stores of c.
            for (; k + 4 <= inner; k += 4) {
                addRows(
                        columns,
                        a[from + k * aInner],
                        a[from + (k + 1) * aInner],
                        a[from + (k + 2) * aInner],
                        a[from + (k + 3) * aInner],
                        b,
                        bOffset + k * columns,
                        c,
                        cOffset + i * columns);
            }
            for (; k < inner; k++) {
                addRow(columns, a[from + k * aInner], b, bOffset + k * columns, c, cOffset + i * columns);
            }
        }
    }

    private static void addRows(
            int n, float a0, float a1, float a2, float a3, float[] b, int bOffset, float[] c, int cOffset) {
        int b1 = bOffset + n;
        int b2 = b1 + n;
        int b3 = b2 + n;
        for (int j = 0; j < n; j++) {
            c[cOffset + j] += a0 * b[bOffset + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
        }
    }

    private static void addRow(int n, float a, float[] b, int bOffset, float[] c, int cOffset) {
        for (int j = 0; j < n; j++) {
            c[cOffset + j] += a * b[bOffset + j];
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
