package io.stratoswarm.core.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decodes texts and ids that repeat from event to event, and gives the same object for the same bytes while it remembers
 * them. Not safe for use by several threads; a fixed number of slots bounds it.
 */
final class Texts {
    private static final int SLOTS = 4096;
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
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
        int slot = slot(scratch, length);
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

    /** Takes eight bytes at a time, for this is done five times an event. */
    private static int slot(byte[] bytes, int length) {
        long hash = length;
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(bytes, at)) * MIX;
            hash ^= hash >>> 32;
        }
        for (; at < length; at++) {
            hash = (hash ^ bytes[at]) * MIX;
        }
        return (int) (hash >>> 40) & SLOTS - 1;
    }

    UUID id(long most, long least) {
        if (lastId.getMostSignificantBits() != most || lastId.getLeastSignificantBits() != least) {
            lastId = new UUID(most, least);
        }
        return lastId;
    }
}
