package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * Addresses to places, by open addressing in memory outside of the Java heap, since there may be millions. Holds the first 128 bits of
 * each address: to find two objects that agree in them takes 2^64 tries.
 */
final class ObjectIndex implements AutoCloseable {
    private static final int ENTRY = 24;
    private static final long ABSENT = -1;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private NativeBuffer buffer;
    private long capacity;
    private long size;

    ObjectIndex() {
        this(1 << 12);
    }

    private ObjectIndex(long capacity) {
        this.capacity = capacity;
        this.buffer = reserve(capacity);
    }

    private static NativeBuffer reserve(long capacity) {
        try {
            return NativeBuffer.reserve(capacity * ENTRY);
        } catch (LinuxFailure e) {
            throw new StratoswarmException(Kind.SYSTEM, "there is no memory for the index of captures: " + e, e);
        }
    }

    long size() {
        return size;
    }

    /** The place of this address, or -1. */
    long get(byte[] address) {
        ByteBuffer bytes = ByteBuffer.wrap(address);
        return get(bytes.getLong(), bytes.getLong());
    }

    private long get(long high, long low) {
        MemorySegment table = buffer.segment();
        for (long slot = high & capacity - 1; ; slot = slot + 1 & capacity - 1) {
            long at = slot * ENTRY;
            long place = table.get(LONG, at + 16);
            if (place == 0) {
                return ABSENT;
            }
            if (table.get(LONG, at) == high && table.get(LONG, at + 8) == low) {
                return place - 1;
            }
        }
    }

    boolean contains(byte[] address) {
        return get(address) != ABSENT;
    }

    /** Adds an address; one that is there already keeps its place. True where it was added. */
    boolean put(byte[] address, long place) {
        makeRoom(1);
        ByteBuffer bytes = ByteBuffer.wrap(address);
        return put(bytes.getLong(), bytes.getLong(), place);
    }

    /** As {@link #put(byte[], long)}, by the first 128 bits of the address, where there is room. */
    boolean put(long high, long low, long place) {
        long stored = place + 1;
        MemorySegment table = buffer.segment();
        for (long slot = high & capacity - 1; ; slot = slot + 1 & capacity - 1) {
            long at = slot * ENTRY;
            if (table.get(LONG, at + 16) == 0) {
                table.set(LONG, at, high);
                table.set(LONG, at + 8, low);
                table.set(LONG, at + 16, stored);
                size++;
                return true;
            }
            if (table.get(LONG, at) == high && table.get(LONG, at + 8) == low) {
                return false;
            }
        }
    }

    /** Grows at once to what so many further addresses need. */
    void makeRoom(long further) {
        long wanted = capacity;
        while ((size + further) * 3 > wanted * 2) {
            wanted *= 2;
        }
        if (wanted != capacity) {
            grow(wanted);
        }
    }

    private void grow(long wanted) {
        NativeBuffer old = buffer;
        long oldCapacity = capacity;
        buffer = reserve(wanted);
        capacity = wanted;
        size = 0;
        MemorySegment table = old.segment();
        for (long slot = 0; slot < oldCapacity; slot++) {
            long at = slot * ENTRY;
            long stored = table.get(LONG, at + 16);
            if (stored != 0) {
                put(table.get(LONG, at), table.get(LONG, at + 8), stored - 1);
            }
        }
        old.close();
    }

    @Override
    public void close() {
        buffer.close();
    }
}
