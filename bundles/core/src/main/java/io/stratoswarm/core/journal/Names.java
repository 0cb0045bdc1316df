package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Subjects and types by name: keys of the table {@code names} and what it holds for each. */
final class Names {
    /** What LMDB allows a key to have is 511. */
    static final int MAX_BYTES = 500;

    static final byte SUBJECT = 'S';
    static final byte TYPE = 'T';
    static final int VALUE_BYTES = 20;

    private Names() {}

    /**
     * What is known of a name.
     *
     * <p>{@code base} counts the events in earlier segments, {@code count} those in this one; {@code last} is the offset in
     * this segment of the newest one plus 1, or 0.
     */
    static final class Entry {
        final int id;
        final long base;
        int count;
        int last;
        boolean dirty;

        Entry(int id, long base, int count, int last) {
            this.id = id;
            this.base = base;
            this.count = count;
            this.last = last;
        }

        long version() {
            return base + count;
        }

        void put(ByteBuffer out) {
            out.putInt(id).putLong(base).putInt(count).putInt(last);
        }

        static Entry read(ByteBuffer in) {
            int at = in.position();
            return new Entry(in.getInt(at), in.getLong(at + 4), in.getInt(at + 12), in.getInt(at + 16));
        }
    }

    static byte[] key(byte kind, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length > MAX_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID, "a name has at most " + MAX_BYTES + " bytes, this one " + text.length);
        }
        byte[] key = new byte[text.length + 1];
        key[0] = kind;
        System.arraycopy(text, 0, key, 1, text.length);
        return key;
    }
}
