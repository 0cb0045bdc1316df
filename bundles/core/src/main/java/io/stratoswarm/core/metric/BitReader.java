package io.stratoswarm.core.metric;

/** Reads what {@link BitWriter} wrote. Running out of bytes is damage, never an index out of bounds. */
final class BitReader {
    private final byte[] bytes;
    private final int end;
    private int at;
    private long pending;
    private int pendingBits;

    BitReader(byte[] bytes, int from, int to) {
        if (from < 0 || to < from || to > bytes.length) {
            throw new MetricDamage("a part from " + from + " to " + to + " of " + bytes.length + " bytes");
        }
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    BitReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** At most 56 bits. */
    long bits(int count) {
        while (pendingBits < count) {
            pending = pending << 8 | get();
            pendingBits += 8;
        }
        pendingBits -= count;
        return pending >>> pendingBits & (1L << count) - 1;
    }

    long bits64() {
        long high = bits(32);
        return high << 32 | bits(32);
    }

    boolean bit() {
        return bits(1) != 0;
    }

    /** Counts ones up to a zero, which is taken too; stops after {@code most} ones. */
    int ones(int most) {
        int count = 0;
        while (count < most && bits(1) != 0) {
            count++;
        }
        return count;
    }

    long gamma() {
        int zeros = 0;
        while (bits(1) == 0) {
            if (++zeros > 55) {
                throw new MetricDamage("a run of more than 2^55");
            }
        }
        return 1L << zeros | bits(zeros);
    }

    void align() {
        pendingBits = 0;
    }

    int get() {
        if (at >= end) {
            throw new MetricDamage("it ends at byte " + at + " where more should follow");
        }
        return bytes[at++] & 0xFF;
    }

    int int32() {
        return get() << 24 | get() << 16 | get() << 8 | get();
    }

    long int64() {
        return (long) int32() << 32 | int32() & 0xFFFFFFFFL;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = get();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MetricDamage("a number of more than ten bytes at " + at);
    }

    /** A length or count. */
    int size(int most) {
        long value = varint();
        if (value < 0 || value > most) {
            throw new MetricDamage("a count of " + value + " where at most " + most + " can be");
        }
        return (int) value;
    }

    static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    byte[] take(int length) {
        if (length > end - at) {
            throw new MetricDamage(length + " bytes at " + at + " of " + end);
        }
        byte[] taken = new byte[length];
        System.arraycopy(bytes, at, taken, 0, length);
        at += length;
        return taken;
    }

    void skip(int length) {
        if (length > end - at) {
            throw new MetricDamage(length + " bytes at " + at + " of " + end);
        }
        at += length;
    }

    /** The next byte, which stays. */
    int peek() {
        int next = get();
        at--;
        return next;
    }

    int at() {
        return at;
    }

    int left() {
        return end - at;
    }
}
