package io.stratoswarm.core.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tree of RFC 6962, built again leaf by leaf as a stack of complete subtrees. */
final class TreeCheck {
    private final MessageDigest sha256;
    private final List<byte[]> stack = new ArrayList<>();
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

    /** Adds a leaf and returns every node that is complete with it, itself first. */
    List<byte[]> add(byte[] leafHash) {
        List<byte[]> nodes = new ArrayList<>(2);
        nodes.add(leafHash);
        stack.add(leafHash);
        for (long n = size; (n & 1) == 1; n >>= 1) {
            byte[] right = stack.removeLast();
            byte[] left = stack.removeLast();
            byte[] node = node(left, right);
            stack.add(node);
            nodes.add(node);
        }
        size++;
        return nodes;
    }

    private byte[] node(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        sha256.update(right);
        return sha256.digest();
    }

    byte[] root() {
        if (stack.isEmpty()) {
            return sha256.digest();
        }
        byte[] root = stack.getLast();
        for (int i = stack.size() - 2; i >= 0; i--) {
            root = node(stack.get(i), root);
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
            System.arraycopy(stack.get(stack.size() - 1 - i), 0, out, 32 * i, 32);
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
