package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.flow.NodeContext.Carries;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of bytes that come piece by piece: a line each, or the pieces as they are where the flow knows no records. Of a
 * line that is longer than the flow allows the beginning is given, which the flow refuses and counts; the rest is left out.
 */
final class LineBuffer {
    private static final int PIECE = 64 << 10;

    private final boolean pieces;
    private final int longest;
    private byte[] bytes = new byte[PIECE];
    private int length;
    private boolean skipping;

    /** @param to where the records go */
    LineBuffer(Carries to) {
        pieces = to.framing() == Framing.BYTES;
        longest = (int) Math.min(to.maxRecordBytes(), 1 << 29);
    }

    /** Whether the rest of a line that was too long is being left out. */
    boolean skipping() {
        return skipping;
    }

    void skip(boolean on) {
        skipping = on && !pieces;
    }

    /** Bytes of a line that has no end yet. */
    int rest() {
        return length;
    }

    void clear() {
        length = 0;
        skipping = false;
    }

    /** Takes all bytes of a buffer on the heap and gives the records that are whole with them. */
    List<byte[]> add(ByteBuffer more) {
        List<byte[]> records = new ArrayList<>();
        if (pieces) {
            byte[] piece = new byte[more.remaining()];
            more.get(piece);
            if (piece.length > 0) {
                records.add(piece);
            }
            return records;
        }
        while (more.hasRemaining()) {
            int newline = newline(more);
            int size = (newline < 0 ? more.limit() : newline) - more.position();
            if (skipping) {
                more.position(more.position() + size);
            } else {
                part(more, size, records);
            }
            if (newline >= 0) {
                more.get();
                if (!skipping) {
                    records.add(taken());
                }
                skipping = false;
            }
        }
        return records;
    }

    private static int newline(ByteBuffer bytes) {
        byte[] array = bytes.array();
        int start = bytes.arrayOffset();
        for (int i = start + bytes.position(), end = start + bytes.limit(); i < end; i++) {
            if (array[i] == '\n') {
                return i - start;
            }
        }
        return -1;
    }

    private void part(ByteBuffer more, int size, List<byte[]> records) {
        int fits = Math.min(size, longest + 1 - length);
        if (length + fits > bytes.length) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(length + fits, (int) Math.min(2L * bytes.length, 1 << 30)));
        }
        more.get(bytes, length, fits);
        length += fits;
        if (length > longest) {
            records.add(taken());
            skipping = true;
            more.position(more.position() + size - fits);
        }
    }

    private byte[] taken() {
        byte[] record = java.util.Arrays.copyOf(bytes, length);
        length = 0;
        return record;
    }

    /** The last line where it has no newline and nothing more comes. */
    byte @Nullable [] last() {
        return length == 0 ? null : taken();
    }
}
