package io.stratoswarm.healing.lstm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops on the Vector API. Only {@link Loops#best} may name this class, after it has seen that the module is there.
 *
 * <p>The product keeps a tile of 4 rows × 2 vectors of the result in registers while it runs along the inner dimension: eight chains of
 * fused multiply-adds, as many as two units of latency 4 keep busy (the micro-kernel of Goto and van de Geijn 2008).
 */
final class VectorLoops implements Loops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 4;

    @Override
    public String name() {
        return "vector-" + SPECIES.vectorBitSize();
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
        int j = 0;
        // Columns outside, so that the stripe of b which a tile reads stays in the first cache while all rows pass.
        for (; j + 2 * LANES <= columns; j += 2 * LANES) {
            int i = 0;
            for (; i + ROWS <= rows; i += ROWS) {
                tile(columns, inner, a, aOffset + i * aRow, aRow, aInner, b, bOffset + j, c, cOffset + i * columns + j);
            }
            for (; i < rows; i++) {
                row(columns, inner, a, aOffset + i * aRow, aInner, b, bOffset + j, c, cOffset + i * columns + j);
                row(
                        columns,
                        inner,
                        a,
                        aOffset + i * aRow,
                        aInner,
                        b,
                        bOffset + j + LANES,
                        c,
                        cOffset + i * columns + j + LANES);
            }
        }
        for (; j + LANES <= columns; j += LANES) {
            for (int i = 0; i < rows; i++) {
                row(columns, inner, a, aOffset + i * aRow, aInner, b, bOffset + j, c, cOffset + i * columns + j);
            }
        }
        for (; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                single(columns, inner, a, aOffset + i * aRow, aInner, b, bOffset + j, c, cOffset + i * columns + j);
            }
        }
    }

    private static void tile(
            int columns,
            int inner,
            float[] a,
            int a0,
            int aRow,
            int aInner,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset) {
        int a1 = a0 + aRow;
        int a2 = a1 + aRow;
        int a3 = a2 + aRow;
        int c1 = cOffset + columns;
        int c2 = c1 + columns;
        int c3 = c2 + columns;
        FloatVector s00 = FloatVector.fromArray(SPECIES, c, cOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, c, cOffset + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, c, c1);
        FloatVector s11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, c, c2);
        FloatVector s21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, c, c3);
        FloatVector s31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
        int from = bOffset;
        int along = 0;
        for (int k = 0; k < inner; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, from);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, from + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + along]);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + along]);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + along]);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + along]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            s10 = x1.fma(b0, s10);
            s11 = x1.fma(b1, s11);
            s20 = x2.fma(b0, s20);
            s21 = x2.fma(b1, s21);
            s30 = x3.fma(b0, s30);
            s31 = x3.fma(b1, s31);
            from += columns;
            along += aInner;
        }
        s00.intoArray(c, cOffset);
        s01.intoArray(c, cOffset + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
    }

    private static void row(
            int columns,
            int inner,
            float[] a,
            int aOffset,
            int aInner,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset) {
        FloatVector sum = FloatVector.fromArray(SPECIES, c, cOffset);
        int from = bOffset;
        int along = aOffset;
        for (int k = 0; k < inner; k++) {
            sum = FloatVector.broadcast(SPECIES, a[along]).fma(FloatVector.fromArray(SPECIES, b, from), sum);
            from += columns;
            along += aInner;
        }
        sum.intoArray(c, cOffset);
    }

    private static void single(
            int columns,
            int inner,
            float[] a,
            int aOffset,
            int aInner,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset) {
        float sum = c[cOffset];
        for (int k = 0; k < inner; k++) {
            sum += a[aOffset + k * aInner] * b[bOffset + k * columns];
        }
        c[cOffset] = sum;
    }

    @Override
    public void cells(Cells at, float[] gates, float[] states, float[] squashed, float[] outputs) {
        int hidden = at.hidden();
        for (int i = 0; i < at.count(); i++) {
            int gate = at.gates() + i * 4 * hidden;
            int row = i * hidden;
            int j = 0;
            for (; j + LANES <= hidden; j += LANES) {
                FloatVector in = sigmoid(FloatVector.fromArray(SPECIES, gates, gate + j));
                FloatVector forget = sigmoid(FloatVector.fromArray(SPECIES, gates, gate + hidden + j));
                FloatVector candidate = tanh(FloatVector.fromArray(SPECIES, gates, gate + 2 * hidden + j));
                FloatVector out = sigmoid(FloatVector.fromArray(SPECIES, gates, gate + 3 * hidden + j));
                FloatVector state = forget.mul(FloatVector.fromArray(SPECIES, states, at.before() + row + j))
                        .add(in.mul(candidate));
                FloatVector tanh = tanh(state);
                in.intoArray(gates, gate + j);
                forget.intoArray(gates, gate + hidden + j);
                candidate.intoArray(gates, gate + 2 * hidden + j);
                out.intoArray(gates, gate + 3 * hidden + j);
                state.intoArray(states, at.states() + row + j);
                tanh.intoArray(squashed, at.squashed() + row + j);
                out.mul(tanh).intoArray(outputs, at.outputs() + row + j);
            }
            for (; j < hidden; j++) {
                PlainLoops.cell(at, i, j, gates, states, squashed, outputs);
            }
        }
    }

    @Override
    public void cellsBack(
            Cells at, float[] gates, float[] states, float[] squashed, float[] outputGradient, float[] stateGradient) {
        int hidden = at.hidden();
        for (int i = 0; i < at.count(); i++) {
            int gate = at.gates() + i * 4 * hidden;
            int row = i * hidden;
            int j = 0;
            for (; j + LANES <= hidden; j += LANES) {
                FloatVector in = FloatVector.fromArray(SPECIES, gates, gate + j);
                FloatVector forget = FloatVector.fromArray(SPECIES, gates, gate + hidden + j);
                FloatVector candidate = FloatVector.fromArray(SPECIES, gates, gate + 2 * hidden + j);
                FloatVector out = FloatVector.fromArray(SPECIES, gates, gate + 3 * hidden + j);
                FloatVector tanh = FloatVector.fromArray(SPECIES, squashed, at.squashed() + row + j);
                FloatVector before = FloatVector.fromArray(SPECIES, states, at.before() + row + j);
                FloatVector byOutput = FloatVector.fromArray(SPECIES, outputGradient, row + j);
                FloatVector byState = FloatVector.fromArray(SPECIES, stateGradient, row + j)
                        .add(byOutput.mul(out).mul(slope(tanh)));
                byState.mul(candidate).mul(bow(in)).intoArray(gates, gate + j);
                byState.mul(before).mul(bow(forget)).intoArray(gates, gate + hidden + j);
                byState.mul(in).mul(slope(candidate)).intoArray(gates, gate + 2 * hidden + j);
                byOutput.mul(tanh).mul(bow(out)).intoArray(gates, gate + 3 * hidden + j);
                byState.mul(forget).intoArray(stateGradient, row + j);
            }
            for (; j < hidden; j++) {
                PlainLoops.cellBack(at, i, j, gates, states, squashed, outputGradient, stateGradient);
            }
        }
    }

    /** {@code 1 - y²}, the slope of the hyperbolic tangent where its value is y. */
    private static FloatVector slope(FloatVector y) {
        return y.mul(y).neg().add(1);
    }

    /** {@code y (1 - y)}, the slope of the sigmoid where its value is y. */
    private static FloatVector bow(FloatVector y) {
        return y.sub(y.mul(y));
    }

    private static FloatVector sigmoid(FloatVector value) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        return tanh(value.mul(half)).fma(half, half);
    }

    /** See {@link Squash}. */
    private static FloatVector tanh(FloatVector value) {
        FloatVector x = value.min(Squash.LIMIT).max(-Squash.LIMIT);
        FloatVector s = x.mul(x);
        FloatVector above = FloatVector.broadcast(SPECIES, Squash.A13)
                .fma(s, of(Squash.A11))
                .fma(s, of(Squash.A9))
                .fma(s, of(Squash.A7))
                .fma(s, of(Squash.A5))
                .fma(s, of(Squash.A3))
                .fma(s, of(Squash.A1))
                .mul(x);
        FloatVector below =
                of(Squash.B6).fma(s, of(Squash.B4)).fma(s, of(Squash.B2)).fma(s, of(Squash.B0));
        return above.div(below);
    }

    private static FloatVector of(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
