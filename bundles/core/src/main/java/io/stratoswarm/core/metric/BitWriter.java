package io.stratoswarm.core.metric;

import java.util.Arrays;

/** Bytes and, between them, runs of bits, most significant bit first. */
final class BitWriter {
    private byte[] bytes = new byte[256];
    private int size;
    private long pending;
    private int pendingBits;

    /** The low {@code count} bits, at most 56 of them. */
    void bits(long value, int count) {
        pending = pending << count | value & (1L << count) - 1;
        pendingBits += count;
        while (pendingBits >= 8) {
            pendingBits -= 8;
            put((int) (pending >>> pendingBits));
        }
    }

    /** All 64 bits. */
    void bits64(long value) {
        bits(value >>> 32, 32);
        bits(value, 32);
    }

    void bit(boolean value) {
        bits(value ? 1 : 0, 1);
    }

    /** Elias gamma of a value from 1 on. */
    void gamma(long value) {
        int length = 64 - Long.numberOfLeadingZeros(value);
        bits(0, length - 1);
        bits(value, length);
    }

    /** Fills the last byte with zeros. */
    void align() {
        if (pendingBits > 0) {
            bits(0, 8 - pendingBits);
        }
    }

    void put(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, size * 2);
        }
        bytes[size++] = (byte) value;
    }

    void put(byte[] more, int length) {
        while (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(more, 0, bytes, size, length);
        size += length;
    }

    void put(byte[] more) {
        put(more, more.length);
    }

    /** Big-endian. */
    void int32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            put(value >>> shift);
        }
    }

    /** Big-endian. */
    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    /** LEB128: seven bits a byte, the lowest first. */
    void varint(long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            put((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        put((int) left);
    }

    /** Small numbers of either sign become small: 0, -1, 1, -2, ... */
    static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    int size() {
        return size;
    }

    /** The array behind, of which the first {@link #size} bytes count. */
    byte[] array() {
        return bytes;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
        pending = 0;
        pendingBits = 0;
    }
}
