package io.stratoswarm.core.merkle;

/**
 * Where tree nodes are stored: nodes are numbered in the order in which they are completed, a leaf first and then each
 * inner node that it completes, upwards. The numbering is that of golang.org/x/mod/sumdb/tlog, so it depends on level and
 * position only and never on the size of the tree.
 */
public final class StoredHashes {
    private StoredHashes() {}

    /** The index of the node that covers leaves {@code n << level} to {@code (n + 1) << level}. */
    public static long index(int level, long n) {
        // The last leaf below the node is (n+1)*2^level - 1; the node is stored `level` places after it.
        return indexOfLeaf(((n + 1) << level) - 1) + level;
    }

    /** The index of a leaf; also the number of hashes stored for the leaves before it. */
    public static long indexOfLeaf(long leaf) {
        // n leaves complete n - bitCount(n) inner nodes.
        return 2 * leaf - Long.bitCount(leaf);
    }

    /** How many inner nodes this leaf completes. */
    public static int completedBy(long leaf) {
        return Long.numberOfTrailingZeros(leaf + 1);
    }

    /** The leaf with which the node at this index was stored. */
    public static long leafOf(long index) {
        // indexOfLeaf(n) lies within 64 of 2n, and never decreases.
        long low = index / 2;
        long high = index / 2 + 65;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (indexOfLeaf(middle) <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
