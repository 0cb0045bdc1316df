package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext.Carries;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of bytes that come piece by piece, framed as the flow is: a line each, or each behind its length, or the pieces as
 * they are. Of a line that is longer than the flow allows the beginning is given, which the flow refuses and counts; the rest is
 * left out.
 */
final class RecordBuffer {
    private static final int PIECE = 64 << 10;
    private static final int PREFIX = 4;

    private final Framing framing;
    private final int longest;
    private byte[] bytes = new byte[PIECE];
    private int length;
    private boolean skipping;

    /** @param to where the records go */
    RecordBuffer(Carries to) {
        framing = to.framing();
        longest = (int) Math.min(to.maxRecordBytes(), 1 << 29);
    }

    /** Whether the rest of a line that was too long is being left out. */
    boolean skipping() {
        return skipping;
    }

    void skip(boolean on) {
        skipping = on && framing == Framing.LINES;
    }

    /** Bytes of a record that is not whole yet. */
    int rest() {
        return length;
    }

    void clear() {
        length = 0;
        skipping = false;
    }

    /**
     * Takes all bytes of a buffer on the heap and gives the records that are whole with them.
     *
     * @throws StratoswarmException kind INVALID where a length is longer than the flow allows: nothing can be found behind it
     */
    List<byte[]> add(ByteBuffer more) {
        List<byte[]> records = new ArrayList<>();
        switch (framing) {
            case LINES -> lines(more, records);
            case LENGTH_PREFIXED -> prefixed(more, records);
            case BYTES -> {
                if (more.hasRemaining()) {
                    byte[] piece = new byte[more.remaining()];
                    more.get(piece);
                    records.add(piece);
                }
            }
        }
        return records;
    }

    private void lines(ByteBuffer more, List<byte[]> records) {
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
        store(more, fits);
        if (length > longest) {
            records.add(taken());
            skipping = true;
            more.position(more.position() + size - fits);
        }
    }

    private void store(ByteBuffer more, int size) {
        if (length + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + size, (int) Math.min(2L * bytes.length, 1 << 30)));
        }
        more.get(bytes, length, size);
        length += size;
    }

    private void prefixed(ByteBuffer more, List<byte[]> records) {
        while (true) {
            store(more, Math.min(more.remaining(), Math.max(0, PREFIX - length)));
            if (length < PREFIX) {
                return;
            }
            int size = ByteBuffer.wrap(bytes).getInt();
            if (size < 0 || size > longest) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "a record of " + (size & 0xffff_ffffL) + " bytes is announced, but the flow allows " + longest
                                + " (maxRecord); records must follow their length, four bytes, big-endian");
            }
            store(more, Math.min(more.remaining(), PREFIX + size - length));
            if (length < PREFIX + size) {
                return;
            }
            records.add(Arrays.copyOfRange(bytes, PREFIX, length));
            length = 0;
        }
    }

    private byte[] taken() {
        byte[] record = Arrays.copyOf(bytes, length);
        length = 0;
        return record;
    }

    /** The last line where it has no newline and nothing more comes. */
    byte @Nullable [] last() {
        return length == 0 || framing != Framing.LINES ? null : taken();
    }
}
