package io.stratoswarm.core.merkle;

import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** RFC 6962 section 2.1 hashing: a leaf is prefixed by 0x00, an inner node by 0x01. Not safe for use by several threads. */
public final class TreeHasher {
    /** Bytes of a hash. */
    public static final int SIZE = 32;

    private final Digest digest = SHA256Digest.newInstance();
    private final byte[] pair = new byte[1 + 2 * SIZE];

    public byte[] leaf(byte[] data, int offset, int length) {
        digest.update((byte) 0);
        digest.update(data, offset, length);
        return finish();
    }

    /** As {@link #leaf(byte[], int, int)} of what follows a byte 0 at this offset, in one call into the digest. */
    public byte[] prefixedLeaf(byte[] data, int offset, int length) {
        if (data[offset] != 0) {
            throw new IllegalArgumentException("a leaf's prefix is 0, not " + data[offset]);
        }
        digest.update(data, offset, length);
        return finish();
    }

    public byte[] leaf(byte[] data) {
        return leaf(data, 0, data.length);
    }

    public byte[] node(byte[] left, byte[] right) {
        // One call into the digest: each crosses into native code.
        pair[0] = 1;
        System.arraycopy(left, 0, pair, 1, SIZE);
        System.arraycopy(right, 0, pair, 1 + SIZE, SIZE);
        digest.update(pair, 0, pair.length);
        return finish();
    }

    /** The root of a tree without leaves: the hash of nothing. */
    public byte[] emptyRoot() {
        return finish();
    }

    /** Plain SHA-256. */
    public byte[] plain(byte[] data) {
        digest.update(data, 0, data.length);
        return finish();
    }

    private byte[] finish() {
        byte[] out = new byte[SIZE];
        digest.doFinal(out, 0);
        return out;
    }
}
