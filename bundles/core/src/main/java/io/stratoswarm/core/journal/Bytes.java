package io.stratoswarm.core.journal;

import java.nio.ByteBuffer;

/** Between heap arrays and the direct buffers that LMDB takes. */
final class Bytes {
    private Bytes() {}

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static ByteBuffer direct(long value) {
        return ByteBuffer.allocateDirect(8).putLong(0, value);
    }

    static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    static byte[] of(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long asLong(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
