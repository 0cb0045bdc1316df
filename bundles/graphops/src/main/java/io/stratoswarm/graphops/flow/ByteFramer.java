package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;

/** No records at all: each byte counts as one, so that every limit of records is one of bytes. */
final class ByteFramer implements Framer {
    @Override
    public void scan(MemorySegment bytes, long length, long most, long maxRecord, Scan into) {
        long whole = Math.min(length, most);
        into.set(whole, whole, Scan.End.DONE);
    }

    @Override
    public void split(byte[] bytes, int length, long firstSource, Records into) {
        // A flow of bytes has neither transforms nor a choice of receivers by content, so what there is now is one
        // piece.
        into.addHere(0, length, firstSource);
    }

    @Override
    public int overhead() {
        return 0;
    }

    @Override
    public int put(byte[] record, int start, int length, byte[] into, int at) {
        System.arraycopy(record, start, into, at, length);
        return at + length;
    }

    @Override
    public long ends(MemorySegment bytes, long from, long to) {
        return to - from;
    }

    @Override
    public boolean selfEvident() {
        return true;
    }
}
