package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;

/** One receiver, and nothing is changed: bytes move from pipe to pipe, and are only looked at. */
final class PlainStrand extends Strand {
    /** Stands for a record of which too much was moved before its length was known. */
    private static final long CUT = -1;

    private final Outlet out;

    PlainStrand(StrandParts parts) {
        super(parts);
        out = parts.outlets().getFirst();
    }

    @Override
    long held() {
        return in.waiting();
    }

    @Override
    boolean fits(Wired wired) {
        return out.receiver().port().equals(wired.plainTo());
    }

    @Override
    boolean work() {
        boolean any = false;
        if (out.planned() == 0) {
            any = skip() || (out.open() != 0 ? goOn() : plan());
        }
        return out.move() || any;
    }

    private boolean plan() {
        if (framer instanceof ByteFramer) {
            return !paused() && in.waiting() > 0 && planBytes(Math.min(in.waiting(), permits()));
        }
        if (look(out.mostRecords())) {
            spend(scan.records);
            int notes = framer.noteEnds(buffer.memory(), scan.bytes, out);
            buffer.showing(out, scan.bytes);
            read(scan.bytes, scan.records);
            out.plan(scan.bytes, scan.records, notes);
            cells.commit();
            return true;
        }
        return cells.get(Words.SKIP) != 0 || !paused() && stuck() && (gather() || beginLong());
    }

    private boolean planBytes(long bytes) {
        if (bytes > 0) {
            bucket.take(bytes);
            read(bytes, bytes);
            out.plan(bytes, bytes, 0);
            cells.commit();
        }
        return bytes > 0;
    }

    /** A record that does not fit into the pipe is moved piece by piece; nobody else may write to the receiver meanwhile. */
    private boolean beginLong() {
        MemorySegment front = buffer.borrow(in.waiting());
        long bytes = in.peek(front);
        boolean lines = framer.selfEvident();
        bucket.take(bucket.bytes() ? bytes : 1);
        out.open(lines ? bytes : PrefixFramer.framed(front) - bytes);
        read(bytes, 0);
        out.plan(bytes, 0, 0);
        cells.commit();
        return true;
    }

    private boolean goOn() {
        if (in.waiting() == 0) {
            return false;
        }
        if (!framer.selfEvident()) {
            long bytes = Math.min(in.waiting(), out.open());
            boolean ends = bytes == out.open();
            if (ends) {
                out.noteEnd(0, bytes);
            }
            return planPart(bytes, ends ? 1 : 0, out.open() - bytes);
        }
        MemorySegment front = buffer.borrow(Math.min(in.waiting(), Buffer.CHUNK));
        long there = in.peek(front);
        long newline = LineFramer.next(front, 0, there);
        if (out.open() == CUT) {
            // What is passed over ends before its newline, so that the receiver sees an end.
            if (newline == 0) {
                return planPart(1, 0, 0);
            }
            takeAway(newline < 0 ? there : newline);
            return true;
        }
        long bytes = newline < 0 ? there : newline + 1;
        if (out.open() + (newline < 0 ? there : newline) > spec.maxRecordBytes()) {
            refuseFront(
                    there,
                    out.open() + there,
                    "longer than " + spec.maxRecordBytes() + " bytes, the most that the flow allows (maxRecord); its"
                            + " first " + out.open() + " were delivered before that was known");
            out.open(CUT);
            cells.commit();
            return true;
        }
        buffer.showing(out, bytes);
        return planPart(bytes, newline < 0 ? 0 : 1, newline < 0 ? out.open() + bytes : 0);
    }

    private boolean planPart(long bytes, long records, long open) {
        bucket.take(bucket.bytes() ? bytes : 0);
        read(bytes, records);
        out.open(open);
        out.plan(bytes, records, (int) records);
        cells.commit();
        return true;
    }

    private void read(long bytes, long records) {
        cells.add(Words.READ, records);
        cells.add(Words.READ_BYTES, bytes);
        cells.add(Words.PASSED, records);
    }
}
