package io.stratoswarm.audit.publish;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** Nodes of the tree of RFC 6962, section 2.1, and the judge of consistency proofs. Not for use by several threads. */
final class TreeHash {
    static final int SIZE = 32;

    private final Digest digest = SHA256Digest.newInstance();

    byte[] node(byte[] left, byte[] right) {
        digest.update((byte) 1);
        digest.update(left, 0, SIZE);
        digest.update(right, 0, SIZE);
        byte[] out = new byte[SIZE];
        digest.doFinal(out, 0);
        return out;
    }

    byte[] plain(byte[] data) {
        digest.update(data, 0, data.length);
        byte[] out = new byte[SIZE];
        digest.doFinal(out, 0);
        return out;
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    /** Whether the proof shows that a tree extends another one: RFC 9162 section 2.1.4.2. Hashes are hexadecimal. */
    boolean consistent(long size1, long size2, String root1, String root2, List<String> proof) {
        if (size1 <= 0 || size1 > size2) {
            return false;
        }
        if (size1 == size2) {
            return proof.isEmpty() && root1.equals(root2);
        }
        List<byte[]> path =
                proof.stream().map(hash -> HexFormat.of().parseHex(hash)).toList();
        long position = size1 - 1;
        long last = size2 - 1;
        while ((position & 1) == 1) {
            position >>>= 1;
            last >>>= 1;
        }
        // A complete old tree is itself the first node; otherwise the proof brings it.
        boolean whole = Long.bitCount(size1) == 1;
        if (path.isEmpty()) {
            return false;
        }
        byte[] old = whole ? HexFormat.of().parseHex(root1) : path.getFirst();
        byte[] now = old;
        for (byte[] node : whole ? path : path.subList(1, path.size())) {
            if (last == 0 || node.length != SIZE) {
                return false;
            }
            if ((position & 1) == 1 || position == last) {
                old = node(node, old);
                now = node(node, now);
                while ((position & 1) == 0 && position != 0) {
                    position >>>= 1;
                    last >>>= 1;
                }
            } else {
                now = node(now, node);
            }
            position >>>= 1;
            last >>>= 1;
        }
        return last == 0
                && Arrays.equals(old, HexFormat.of().parseHex(root1))
                && Arrays.equals(now, HexFormat.of().parseHex(root2));
    }
}
