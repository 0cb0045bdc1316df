package io.stratoswarm.core.merkle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The right edge of a growing tree: the roots of its complete subtrees, by which leaves are added and the root is known. */
public final class Frontier {
    private final TreeHasher hasher;
    private final byte[] @Nullable [] peaks = new byte[64][];
    private long size;

    public Frontier(TreeHasher hasher) {
        this.hasher = hasher;
    }

    /** The frontier of a stored tree of this size. */
    public static Frontier load(TreeHasher hasher, long size, HashReader reader) {
        Frontier frontier = new Frontier(hasher);
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1) {
                frontier.peaks[level] = reader.read(StoredHashes.index(level, (size >>> level) - 1));
            }
        }
        frontier.size = size;
        return frontier;
    }

    public long size() {
        return size;
    }

    /**
     * Adds a leaf and returns the hashes to store for it, in order: its own, then those of the inner nodes that it completes.
     */
    public List<byte[]> add(byte[] leafHash) {
        List<byte[]> stored = new ArrayList<>(2);
        add(leafHash, stored);
        return stored;
    }

    /** As {@link #add(byte[])}, into a list of the caller. */
    public void add(byte[] leafHash, List<byte[]> stored) {
        stored.add(leafHash);
        byte[] hash = leafHash;
        int level = 0;
        for (; (size >>> level & 1) == 1; level++) {
            hash = hasher.node(known(level), hash);
            stored.add(hash);
        }
        peaks[level] = hash;
        size++;
    }

    /**
     * Adds a leaf whose stored nodes are given, its own first; null stands for a node that was lost to damage. A tree with a lost
     * peak has no root and cannot be encoded until a later leaf completes a known node above it.
     */
    public void addKnown(List<? extends byte @Nullable []> nodes) {
        if (nodes.size() != 1 + StoredHashes.completedBy(size)) {
            throw new IllegalArgumentException(
                    "leaf " + size + " completes " + StoredHashes.completedBy(size) + " nodes");
        }
        peaks[nodes.size() - 1] = nodes.getLast();
        size++;
    }

    /** Whether every peak is known. */
    public boolean whole() {
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1 && peaks[level] == null) {
                return false;
            }
        }
        return true;
    }

    /** The peak of this level; null where it was lost. */
    public byte @Nullable [] peak(int level) {
        return peaks[level];
    }

    /** RFC 6962 section 2.1: the root of the tree. */
    public byte[] root() {
        byte @Nullable [] root = null;
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1) {
                root = root == null ? known(level) : hasher.node(known(level), root);
            }
        }
        return root == null ? hasher.emptyRoot() : root;
    }

    private byte[] known(int level) {
        byte[] peak = peaks[level];
        if (peak == null) {
            throw new IllegalStateException("the tree of " + size + " leaves lacks its node of level " + level);
        }
        return peak;
    }

    /** The peaks from the smallest subtree to the largest, joined; {@link #restore} takes them back. */
    public byte[] encode() {
        byte[] out = new byte[Long.bitCount(size) * TreeHasher.SIZE];
        int at = 0;
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1) {
                System.arraycopy(known(level), 0, out, at, TreeHasher.SIZE);
                at += TreeHasher.SIZE;
            }
        }
        return out;
    }

    public static Frontier restore(TreeHasher hasher, long size, byte[] encoded) {
        if (encoded.length != Long.bitCount(size) * TreeHasher.SIZE) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has " + Long.bitCount(size)
                    + " peaks, not " + encoded.length + " bytes");
        }
        Frontier frontier = new Frontier(hasher);
        int at = 0;
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1) {
                byte[] peak = new byte[TreeHasher.SIZE];
                System.arraycopy(encoded, at, peak, 0, TreeHasher.SIZE);
                frontier.peaks[level] = peak;
                at += TreeHasher.SIZE;
            }
        }
        frontier.size = size;
        return frontier;
    }

    /** The peak stored at this index, or null where none of the peaks is. */
    public byte @Nullable [] peakAt(long storedIndex) {
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1 && StoredHashes.index(level, (size >>> level) - 1) == storedIndex) {
                return peaks[level];
            }
        }
        return null;
    }

    /** An independent copy that shares the hasher. */
    public Frontier copy() {
        Frontier copy = new Frontier(hasher);
        System.arraycopy(peaks, 0, copy.peaks, 0, peaks.length);
        copy.size = size;
        return copy;
    }
}
