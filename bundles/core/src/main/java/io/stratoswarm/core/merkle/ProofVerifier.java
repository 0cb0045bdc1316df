package io.stratoswarm.core.merkle;

import java.util.Arrays;
import java.util.List;

/**
 * Judges proofs. Uses nothing of the code that makes them but the hash function; follows RFC 9162 sections 2.1.3.2 and
 * 2.1.4.2, whose trees and proofs are those of RFC 6962.
 */
public final class ProofVerifier {
    private final TreeHasher hasher;

    public ProofVerifier(TreeHasher hasher) {
        this.hasher = hasher;
    }

    public boolean inclusion(byte[] leafHash, long leaf, long size, List<byte[]> path, byte[] root) {
        if (leaf < 0 || leaf >= size || leafHash.length != TreeHasher.SIZE) {
            return false;
        }
        long position = leaf;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : path) {
            if (last == 0 || sibling.length != TreeHasher.SIZE) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                hash = hasher.node(sibling, hash);
                while ((position & 1) == 0 && position != 0) {
                    position >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = hasher.node(hash, sibling);
            }
            position >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(hash, root);
    }

    /** A proof from the empty tree says nothing, so it is never accepted. */
    public boolean consistency(long size1, long size2, byte[] root1, byte[] root2, List<byte[]> path) {
        if (size1 <= 0 || size1 > size2) {
            return false;
        }
        if (size1 == size2) {
            return path.isEmpty() && Arrays.equals(root1, root2);
        }
        if (path.isEmpty() || root1.length != TreeHasher.SIZE) {
            return false;
        }
        for (byte[] hash : path) {
            if (hash.length != TreeHasher.SIZE) {
                return false;
            }
        }
        return walk(size1, size2, root1, root2, path);
    }

    private boolean walk(long size1, long size2, byte[] root1, byte[] root2, List<byte[]> path) {
        long position = size1 - 1;
        long last = size2 - 1;
        while ((position & 1) == 1) {
            position >>>= 1;
            last >>>= 1;
        }
        // A complete old tree is itself the first node; otherwise the proof brings it.
        boolean whole = Long.bitCount(size1) == 1;
        byte[] hash1 = whole ? root1 : path.getFirst();
        byte[] hash2 = hash1;
        for (byte[] node : whole ? path : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                hash1 = hasher.node(node, hash1);
                hash2 = hasher.node(node, hash2);
                while ((position & 1) == 0 && position != 0) {
                    position >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash2 = hasher.node(hash2, node);
            }
            position >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(hash1, root1) && Arrays.equals(hash2, root2);
    }
}
