package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Records that follow their length: four bytes, big-endian, without sign. */
final class PrefixFramer implements Framer {
    static final int PREFIX = 4;

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle IN_ARRAY = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    @Override
    public void scan(MemorySegment bytes, long length, long most, long maxRecord, Scan into) {
        long at = 0;
        long records = 0;
        while (at < length && records < most) {
            if (length - at < PREFIX) {
                into.set(at, records, Scan.End.PARTIAL);
                return;
            }
            long record = Integer.toUnsignedLong(bytes.get(LENGTH, at));
            if (record > maxRecord) {
                into.set(at, records, Scan.End.TOO_LONG);
                into.tooLong = PREFIX + record;
                return;
            }
            if (length - at < PREFIX + record) {
                into.set(at, records, Scan.End.PARTIAL);
                return;
            }
            at += PREFIX + record;
            records++;
        }
        into.set(at, records, Scan.End.DONE);
    }

    @Override
    public void split(byte[] bytes, int length, long firstSource, Records into) {
        long source = firstSource;
        int at = 0;
        while (at < length) {
            int record = (int) IN_ARRAY.get(bytes, at);
            into.addHere(at + PREFIX, record, source++);
            at += PREFIX + record;
        }
    }

    @Override
    public int noteEnds(MemorySegment bytes, long length, Outlet into) {
        int notes = 0;
        long at = 0;
        while (at < length) {
            at += PREFIX + Integer.toUnsignedLong(bytes.get(LENGTH, at));
            into.noteEnd(notes++, at);
        }
        return notes;
    }

    /** Length of a record with its prefix, which is there. */
    static long framed(MemorySegment bytes) {
        return PREFIX + Integer.toUnsignedLong(bytes.get(LENGTH, 0));
    }

    @Override
    public int before() {
        return PREFIX;
    }

    @Override
    public int overhead() {
        return PREFIX;
    }

    @Override
    public int put(byte[] record, int start, int length, byte[] into, int at) {
        IN_ARRAY.set(into, at, length);
        System.arraycopy(record, start, into, at + PREFIX, length);
        return at + PREFIX + length;
    }

    @Override
    public long ends(MemorySegment bytes, long from, long to) {
        throw new UnsupportedOperationException("where a record ends is not in its bytes");
    }

    @Override
    public boolean selfEvident() {
        return false;
    }
}
