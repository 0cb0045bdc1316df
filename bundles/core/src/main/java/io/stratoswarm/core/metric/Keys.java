package io.stratoswarm.core.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * Keys of the tables. A subject ends in a zero byte, so that none is a prefix of another. Chunks lie by subject, since they are
 * merged and deleted by it; blocks lie by time, so that they are added at the end and go from the beginning.
 */
final class Keys {
    private Keys() {}

    static ByteBuffer chunk(String subject, long window, long sequence) {
        byte[] name = subject.getBytes(UTF_8);
        return ByteBuffer.allocateDirect(name.length + 17)
                .put(name)
                .put((byte) 0)
                .putLong(window)
                .putLong(sequence)
                .flip();
    }

    static ByteBuffer block(long window, String subject, long number) {
        byte[] name = subject.getBytes(UTF_8);
        return ByteBuffer.allocateDirect(name.length + 17)
                .putLong(window)
                .put(name)
                .put((byte) 0)
                .putLong(number)
                .flip();
    }

    /** Before all blocks of a window whose subject begins so. */
    static ByteBuffer blocks(long window, byte[] begin) {
        return ByteBuffer.allocateDirect(8 + begin.length)
                .putLong(window)
                .put(begin)
                .flip();
    }

    static ByteBuffer number(long number) {
        return ByteBuffer.allocateDirect(8).putLong(0, number);
    }

    static ByteBuffer bytes(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static ByteBuffer text(String text) {
        return bytes(text.getBytes(UTF_8));
    }

    static long windowOfBlock(ByteBuffer key) {
        return key.getLong(0);
    }

    static String subjectOfBlock(ByteBuffer key) {
        return text(key, 8, key.remaining() - 17);
    }

    static long windowOfChunk(ByteBuffer key) {
        return key.getLong(key.remaining() - 16);
    }

    static long sequenceOfChunk(ByteBuffer key) {
        return key.getLong(key.remaining() - 8);
    }

    static String subjectOfChunk(ByteBuffer key) {
        return text(key, 0, key.remaining() - 17);
    }

    private static String text(ByteBuffer key, int from, int length) {
        byte[] bytes = new byte[length];
        key.get(from, bytes);
        return new String(bytes, UTF_8);
    }

    /** Whether the bytes from {@code at} on begin so. */
    static boolean begins(ByteBuffer key, int at, byte[] begin) {
        if (key.remaining() < at + begin.length) {
            return false;
        }
        for (int i = 0; i < begin.length; i++) {
            if (key.get(at + i) != begin[i]) {
                return false;
            }
        }
        return true;
    }
}
