package io.stratoswarm.healing.lstm;

/**
 * The loops that take the time, in two implementations that agree within rounding. Matrices lie row by row in larger arrays; each is
 * named with the offset of its first value.
 */
interface Loops {
    String name();

    /**
     * {@code c += a b} for a matrix {@code b} of {@code inner × columns} and {@code c} of {@code rows × columns}, both dense. Value
     * {@code (i, k)} of {@code a} is at {@code aOffset + i * aRow + k * aInner}, so that a transposed matrix needs no copy.
     */
    void addProduct(
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
            int cOffset);

    /**
     * One step of the cells of {@code count} sequences. The gates come in as sums and go out activated, {@code 4 hidden} a sequence in the
     * order input, forget, candidate, output.
     *
     * @param states where the new state goes; {@code before} is where the one of the step before lies, and may be the same place
     * @param squashed gets the hyperbolic tangent of the new state, which the way back needs
     */
    void cells(Cells at, float[] gates, float[] states, float[] squashed, float[] outputs);

    /**
     * The way back through one step: activated gates become the derivative by their sums.
     *
     * @param outputGradient the derivative by the outputs of the step, {@code hidden} a sequence
     * @param stateGradient the derivative by the states: of this step in, of the step before out
     */
    void cellsBack(
            Cells at, float[] gates, float[] states, float[] squashed, float[] outputGradient, float[] stateGradient);

    /** Where the values of one step lie; {@code outputs} is used on the way forward alone. */
    record Cells(int count, int hidden, int gates, int before, int states, int squashed, int outputs) {}

    /** The fastest that this Java machine can do. */
    static Loops best() {
        return vectorsAreThere() ? new VectorLoops() : new PlainLoops();
    }

    /**
     * Whether the machine was started with the module of the Vector API and, in a framework, the bundle is wired to it. Only then may
     * {@link VectorLoops} be touched.
     */
    static boolean vectorsAreThere() {
        try {
            Class.forName("jdk.incubator.vector.FloatVector", false, Loops.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false; // The module is incubating, so that a daemon started without --add-modules does not have it.
        }
    }
}
