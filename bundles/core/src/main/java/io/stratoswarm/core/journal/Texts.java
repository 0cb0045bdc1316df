package io.stratoswarm.core.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decodes texts and ids that repeat from event to event, and gives the same object for the same bytes while it remembers
 * them. Not safe for use by several threads; a fixed number of slots bounds it.
 */
final class Texts {
    private static final int SLOTS = 4096;
    private final byte[] @Nullable [] keys = new byte[SLOTS][];
    private final @Nullable String[] values = new String[SLOTS];
    private byte[] scratch = new byte[Names.MAX_BYTES];
    private UUID lastId = new UUID(0, 0);

    /** Reads a 16-bit length and so many bytes of UTF-8. */
    String read(ByteBuffer in) {
        int length = in.getShort() & 0xFFFF;
        if (length > scratch.length) {
            scratch = new byte[length];
        }
        in.get(scratch, 0, length);
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + scratch[i];
        }
        int slot = (hash ^ hash >>> 15) & SLOTS - 1;
        byte[] key = keys[slot];
        String value = values[slot];
        if (key != null && value != null && java.util.Arrays.equals(key, 0, key.length, scratch, 0, length)) {
            return value;
        }
        value = new String(scratch, 0, length, StandardCharsets.UTF_8);
        keys[slot] = java.util.Arrays.copyOf(scratch, length);
        values[slot] = value;
        return value;
    }

    UUID id(long most, long least) {
        if (lastId.getMostSignificantBits() != most || lastId.getLeastSignificantBits() != least) {
            lastId = new UUID(most, least);
        }
        return lastId;
    }
}
