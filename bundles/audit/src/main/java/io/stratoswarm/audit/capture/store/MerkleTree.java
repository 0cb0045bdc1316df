package io.stratoswarm.audit.capture.store;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tree of RFC 6962 section 2.1 over leaf hashes that are in memory. */
public final class MerkleTree {
    private MerkleTree() {}

    /** MTH(D[n]), given the hashes of the leaves. */
    public static byte[] root(List<byte[]> leaves) {
        MessageDigest sha256 = Sealing.sha256();
        return leaves.isEmpty() ? sha256.digest() : range(sha256, leaves, 0, leaves.size());
    }

    /** PATH(leaf, D[n]), section 2.1.1, from the leaf upwards. */
    public static List<byte[]> path(List<byte[]> leaves, int leaf) {
        if (leaf < 0 || leaf >= leaves.size()) {
            throw new IllegalArgumentException("leaf " + leaf + " is not in a tree of " + leaves.size());
        }
        List<byte[]> path = new ArrayList<>();
        path(Sealing.sha256(), leaves, leaf, 0, leaves.size(), path);
        return path;
    }

    private static void path(MessageDigest sha256, List<byte[]> leaves, int leaf, int from, int to, List<byte[]> out) {
        if (to - from == 1) {
            return;
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        if (leaf < middle) {
            path(sha256, leaves, leaf, from, middle, out);
            out.add(range(sha256, leaves, middle, to));
        } else {
            path(sha256, leaves, leaf, middle, to, out);
            out.add(range(sha256, leaves, from, middle));
        }
    }

    private static byte[] range(MessageDigest sha256, List<byte[]> leaves, int from, int to) {
        if (to - from == 1) {
            return leaves.get(from);
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        byte[] left = range(sha256, leaves, from, middle);
        return node(sha256, left, range(sha256, leaves, middle, to));
    }

    private static byte[] node(MessageDigest sha256, byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    /** Whether a proof holds, by RFC 9162 section 2.1.3.2; shares nothing with what makes proofs but the hash of a node. */
    public static boolean proves(byte[] leafHash, long leaf, long size, List<byte[]> path, byte[] root) {
        if (leaf < 0 || leaf >= size) {
            return false;
        }
        MessageDigest sha256 = Sealing.sha256();
        long position = leaf;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                hash = node(sha256, sibling, hash);
                while ((position & 1) == 0 && position != 0) {
                    position >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = node(sha256, hash, sibling);
            }
            position >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(hash, root);
    }
}
