package io.stratoswarm.scriptworker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads frames, and values within the frame it stands in. */
final class FrameReader {
    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    /** Where the next value of the frame begins, and where the frame ends. */
    private int at;

    private int end;
    /** How far bytes of the stream have been read. */
    private int filled;

    FrameReader(InputStream in) {
        this.in = in;
    }

    /** The type of the next frame, or -1 at the end of the stream. */
    int next() throws IOException {
        at = end;
        if (!need(4)) {
            return -1;
        }
        int length = u32();
        if (length < 1 || length > Wire.MAX_FRAME) {
            throw new IOException("a frame of " + length + " bytes was announced");
        }
        if (!need(length)) {
            return -1;
        }
        end = at + length;
        return buffer[at++];
    }

    /** Has so many bytes at hand behind the present place; false where the stream ends before. */
    private boolean need(int count) throws IOException {
        if (filled - at >= count) {
            return true;
        }
        if (buffer.length - at < count) {
            byte[] target = count > buffer.length ? new byte[count] : buffer;
            System.arraycopy(buffer, at, target, 0, filled - at);
            buffer = target;
            filled -= at;
            at = 0;
        }
        while (filled - at < count) {
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                return false;
            }
            filled += read;
        }
        return true;
    }

    int u8() {
        return buffer[at++] & 0xff;
    }

    int u32() {
        int value = (buffer[at] & 0xff) << 24
                | (buffer[at + 1] & 0xff) << 16
                | (buffer[at + 2] & 0xff) << 8
                | (buffer[at + 3] & 0xff);
        at += 4;
        return value;
    }

    long u64() {
        return (long) u32() << 32 | u32() & 0xffffffffL;
    }

    String text() {
        int length = u32();
        String text = new String(buffer, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    String[] texts() {
        String[] texts = new String[u32()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text();
        }
        return texts;
    }
}
