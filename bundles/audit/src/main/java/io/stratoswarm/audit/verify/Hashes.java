package io.stratoswarm.audit.verify;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The tree of RFC 6962, section 2.1, over hashes that lie beside each other. For one thread. */
final class Hashes {
    static final int SIZE = 32;

    private final MessageDigest sha256;
    private final byte[] pair = new byte[1 + 2 * SIZE];

    Hashes() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        pair[0] = 1;
    }

    /** The hash of what stands in the buffer, to a place in another one. */
    void plain(byte[] data, int offset, int length, byte[] out, int at) {
        sha256.update(data, offset, length);
        finish(out, at);
    }

    private void finish(byte[] out, int at) {
        try {
            sha256.digest(out, at, SIZE);
        } catch (DigestException e) {
            throw new IllegalStateException("the buffer has room", e);
        }
    }

    /** The node above the two hashes that stand at this place. */
    private void node(byte[] hashes, int left, byte[] out, int at) {
        System.arraycopy(hashes, left, pair, 1, 2 * SIZE);
        sha256.update(pair, 0, pair.length);
        finish(out, at);
    }

    byte[] node(byte[] left, byte[] right) {
        byte[] out = new byte[2 * SIZE];
        System.arraycopy(left, 0, out, 0, SIZE);
        System.arraycopy(right, 0, out, SIZE, SIZE);
        byte[] hash = new byte[SIZE];
        node(out, 0, hash, 0);
        return hash;
    }

    /**
     * The root over the first so many hashes of the buffer, at least one. Complete pairs are joined level by level; what is left over
     * at a level rises as it is, which is the same tree.
     */
    byte[] root(byte[] hashes, int count) {
        byte[] level = java.util.Arrays.copyOf(hashes, count * SIZE);
        int left = count;
        while (left > 1) {
            int pairs = left / 2;
            for (int i = 0; i < pairs; i++) {
                node(level, 2 * i * SIZE, level, i * SIZE);
            }
            if (left % 2 == 1) {
                System.arraycopy(level, (left - 1) * SIZE, level, pairs * SIZE, SIZE);
            }
            left = pairs + left % 2;
        }
        return java.util.Arrays.copyOf(level, SIZE);
    }

    byte[] empty() {
        return sha256.digest();
    }
}
