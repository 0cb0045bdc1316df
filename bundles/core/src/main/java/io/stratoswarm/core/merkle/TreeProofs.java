package io.stratoswarm.core.merkle;

import java.util.ArrayList;
import java.util.List;

/** Makes roots and proofs from stored hashes: RFC 6962 sections 2.1, 2.1.1 and 2.1.2. */
public final class TreeProofs {
    private final TreeHasher hasher;
    private final HashReader reader;

    public TreeProofs(TreeHasher hasher, HashReader reader) {
        this.hasher = hasher;
        this.reader = reader;
    }

    public byte[] root(long size) {
        return size == 0 ? hasher.emptyRoot() : range(0, size);
    }

    /** PATH(leaf, D[size]), from the leaf upwards. */
    public List<byte[]> inclusion(long leaf, long size) {
        if (leaf < 0 || leaf >= size) {
            throw new IllegalArgumentException("leaf " + leaf + " is not in a tree of size " + size);
        }
        List<byte[]> path = new ArrayList<>();
        path(leaf, 0, size, path);
        return path;
    }

    /** PROOF(size1, D[size2]). */
    public List<byte[]> consistency(long size1, long size2) {
        if (size1 < 0 || size1 > size2) {
            throw new IllegalArgumentException("sizes must be 0 <= size1 <= size2: " + size1 + ", " + size2);
        }
        List<byte[]> path = new ArrayList<>();
        if (size1 > 0 && size1 < size2) {
            subproof(size1, 0, size2, true, path);
        }
        return path;
    }

    private void path(long leaf, long from, long to, List<byte[]> out) {
        if (to - from == 1) {
            return;
        }
        long middle = from + split(to - from);
        if (leaf < middle) {
            path(leaf, from, middle, out);
            out.add(range(middle, to));
        } else {
            path(leaf, middle, to, out);
            out.add(range(from, middle));
        }
    }

    private void subproof(long size1, long from, long to, boolean complete, List<byte[]> out) {
        if (size1 == to) {
            if (!complete) {
                out.add(range(from, to));
            }
            return;
        }
        long middle = from + split(to - from);
        if (size1 <= middle) {
            subproof(size1, from, middle, complete, out);
            out.add(range(middle, to));
        } else {
            subproof(size1, middle, to, false, out);
            out.add(range(from, middle));
        }
    }

    /** MTH of leaves from..to; {@code from} is a multiple of the largest power of two below the range's length. */
    private byte[] range(long from, long to) {
        long length = to - from;
        if (Long.bitCount(length) == 1) {
            int level = Long.numberOfTrailingZeros(length);
            return reader.read(StoredHashes.index(level, from >>> level));
        }
        long middle = from + split(length);
        return hasher.node(range(from, middle), range(middle, to));
    }

    /** The largest power of two smaller than {@code length}. */
    private static long split(long length) {
        return Long.highestOneBit(length - 1);
    }
}
