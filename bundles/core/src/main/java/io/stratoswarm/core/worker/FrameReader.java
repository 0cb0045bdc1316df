package io.stratoswarm.core.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads frames, and values within the frame it stands in. Believes nothing: a worker may have gone mad. */
final class FrameReader {
    private final InputStream in;
    private byte[] buffer = new byte[1 << 14];
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
        if (!fill(4)) {
            return -1;
        }
        end = at + 4;
        int length = u32();
        if (length < 1 || length > Wire.MAX_FRAME) {
            throw new IOException("a frame of " + length + " bytes was announced");
        }
        if (!fill(length)) {
            return -1;
        }
        end = at + length;
        return u8();
    }

    /** Has so many bytes at hand behind the present place; false where the stream ends before. */
    private boolean fill(int count) throws IOException {
        if (buffer.length - at < count) {
            byte[] target = count > buffer.length ? new byte[Math.max(count, 1 << 16)] : buffer;
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

    private int take(int count) throws IOException {
        if (count < 0 || end - at < count) {
            throw new IOException("a frame ends within a value");
        }
        int place = at;
        at += count;
        return place;
    }

    int u8() throws IOException {
        return buffer[take(1)] & 0xff;
    }

    int u32() throws IOException {
        int place = take(4);
        return (buffer[place] & 0xff) << 24
                | (buffer[place + 1] & 0xff) << 16
                | (buffer[place + 2] & 0xff) << 8
                | (buffer[place + 3] & 0xff);
    }

    long u64() throws IOException {
        return (long) u32() << 32 | u32() & 0xffffffffL;
    }

    String text() throws IOException {
        int length = u32();
        return new String(buffer, take(length), length, StandardCharsets.UTF_8);
    }

    List<String> texts() throws IOException {
        int count = u32();
        if (count == 0) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text());
        }
        return texts;
    }
}
