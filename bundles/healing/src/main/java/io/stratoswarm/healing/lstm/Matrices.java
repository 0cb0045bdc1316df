package io.stratoswarm.healing.lstm;

/** Small moves of matrices that lie row by row in larger arrays. */
final class Matrices {
    private Matrices() {}

    static void repeatRow(float[] from, int offset, int columns, float[] to, int toOffset, int rows) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, offset, to, toOffset + i * columns, columns);
        }
    }

    /** The transpose of a dense matrix. */
    static float[] transposed(float[] from, int offset, int rows, int columns) {
        float[] to = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[j * rows + i] = from[offset + i * columns + j];
            }
        }
        return to;
    }

    /** Adds each column's sum to {@code to}. */
    static void addColumnSums(float[] from, int offset, int rows, int columns, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[toOffset + j] += from[offset + i * columns + j];
            }
        }
    }

    /** Copies dense rows to places that are further apart. */
    static void scatterRows(float[] from, int rows, int columns, float[] to, int toOffset, int toRow) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, i * columns, to, toOffset + i * toRow, columns);
        }
    }
}
