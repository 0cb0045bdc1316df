package io.stratoswarm.scriptworker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A frame that is being written. It can be used again after a reset, so that a busy script makes no garbage here. */
final class Frame {
    private static final int HEAD = 4;
    private static final int KEPT = 1 << 20;

    private byte[] bytes = new byte[1 << 12];
    private int length;

    Frame() {
        length = HEAD;
    }

    void reset(int type) {
        if (bytes.length > KEPT) {
            bytes = new byte[1 << 12];
        }
        length = HEAD;
        u8(type);
    }

    int length() {
        return length;
    }

    /** The whole frame, its length filled in; good until the next change. */
    byte[] bytes() {
        set32(0, length - HEAD);
        return bytes;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    Frame u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Frame u32(int value) {
        room(4);
        length += 4;
        set32(length - 4, value);
        return this;
    }

    void set32(int place, int value) {
        bytes[place] = (byte) (value >> 24);
        bytes[place + 1] = (byte) (value >> 16);
        bytes[place + 2] = (byte) (value >> 8);
        bytes[place + 3] = (byte) value;
    }

    Frame u64(long value) {
        return u32((int) (value >> 32)).u32((int) value);
    }

    Frame text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        room(4 + utf8.length);
        u32(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    Frame texts(List<String> texts) {
        u32(texts.size());
        texts.forEach(this::text);
        return this;
    }
}
