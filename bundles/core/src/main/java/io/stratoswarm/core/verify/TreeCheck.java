package io.stratoswarm.core.verify;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tree of RFC 6962, built again leaf by leaf as a stack of complete subtrees. */
final class TreeCheck {
    private final MessageDigest sha256;
    private final List<byte @Nullable []> stack = new ArrayList<>();
    private long size;

    TreeCheck() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    byte[] leafHash(byte[] frame) {
        sha256.update((byte) 0);
        sha256.update(frame, LeafView.HEADER, frame.length - LeafView.HEADER);
        return sha256.digest();
    }

    /** Where the stored nodes that a leaf completes are looked at, from its own upwards. */
    interface Kept {
        /** The next stored node, or null; {@code computed} is null above an event that was lost. */
        byte @Nullable [] next(int level, byte @Nullable [] computed) throws IOException;
    }

    /** Adds a leaf, whose hash is null where it is lost; a node that cannot be computed is taken as it is stored. */
    void add(byte @Nullable [] leafHash, Kept kept) throws IOException {
        byte @Nullable [] stored = kept.next(0, leafHash);
        byte @Nullable [] node = leafHash == null ? stored : leafHash;
        int level = 0;
        for (long n = size; (n & 1) == 1; n >>= 1) {
            byte @Nullable [] left = stack.removeLast();
            byte @Nullable [] joined = left == null || node == null ? null : node(left, node);
            stored = kept.next(++level, joined);
            node = joined == null ? stored : joined;
        }
        stack.add(node);
        size++;
    }

    private byte[] node(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        sha256.update(right);
        return sha256.digest();
    }

    /** The root, or null where a subtree is lost. */
    byte @Nullable [] root() {
        if (stack.isEmpty()) {
            return sha256.digest();
        }
        byte @Nullable [] root = stack.getLast();
        for (int i = stack.size() - 2; i >= 0; i--) {
            byte @Nullable [] left = stack.get(i);
            root = left == null || root == null ? null : node(left, root);
        }
        return root;
    }

    long size() {
        return size;
    }

    /** The complete subtrees from the smallest to the largest, joined. */
    byte[] peaks() {
        byte[] out = new byte[32 * stack.size()];
        for (int i = 0; i < stack.size(); i++) {
            byte @Nullable [] peak = stack.get(stack.size() - 1 - i);
            if (peak != null) {
                System.arraycopy(peak, 0, out, 32 * i, 32);
            }
        }
        return out;
    }

    /** Goes on from stored peaks where what came before cannot be read; false where they do not fit the size. */
    boolean restart(long atSize, byte @Nullable [] peaks) {
        byte[] bytes = peaks == null ? new byte[0] : peaks;
        if (bytes.length != 32 * Long.bitCount(atSize)) {
            return false;
        }
        stack.clear();
        for (int at = bytes.length - 32; at >= 0; at -= 32) {
            stack.add(Arrays.copyOfRange(bytes, at, at + 32));
        }
        size = atSize;
        return true;
    }
}
