package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A flow from one replica of its source. Takes bytes into a store, finds records in them, and brings them to the receivers. All its
 * methods are for one thread; none waits.
 */
abstract class Strand implements AutoCloseable {
    /** Rounds of one step, so that one strand does not keep the thread from the others. */
    private static final int ROUNDS = 16;

    private static final int HEAD = 4 << 10;
    private static final long TO_NEWLINE = -1;

    final FlowSpec spec;
    final Cells cells;
    final Store in;
    final Framer framer;
    final List<Outlet> outlets;
    final Bucket bucket;
    final RefusedFile refused;
    final Buffer buffer;
    final Scan scan = new Scan();
    private final Feed feed;
    /** Whether there is more to take than there is room for. */
    private boolean full;

    /** Whether what it has cannot go on now, so that it may as well take more. */
    private boolean behind;

    private boolean paused;
    private boolean onHold;
    private boolean limited;
    /** Count of bytes that had come in when no whole record was found. */
    private long seen = -1;
    /** The same when its pieces were put together last. */
    private long gathered = -1;

    Strand(StrandParts parts) {
        spec = parts.spec();
        cells = parts.cells();
        in = parts.in();
        framer = parts.framer();
        outlets = parts.outlets();
        bucket = parts.bucket();
        refused = parts.refused();
        buffer = parts.buffer();
        feed = parts.feed();
    }

    /** Does what can be done now; whether anything was done. */
    final boolean step() {
        boolean any = false;
        for (int i = 0; i < ROUNDS; i++) {
            boolean now = take();
            boolean worked = work();
            behind = !worked;
            if (!now && !worked) {
                break;
            }
            any = true;
        }
        return any;
    }

    abstract boolean work();

    /** Bytes that are looked at in one step. */
    int piece() {
        return Buffer.CHUNK;
    }

    /** Bytes that were taken from the source and are in no receiver's pipe. */
    abstract long held();

    /** Why nothing can be taken from its source; empty where it can. */
    String trouble() {
        return "";
    }

    /** Whether it waits for nothing but time: for tokens of its rate, or to try again what failed. */
    boolean limited() {
        return limited;
    }

    /** Time until it may go on, where it is {@link #limited}. */
    long waitNanos() {
        return bucket.waitNanos();
    }

    /** How much of it may pass now by its rate; remembers where that is nothing. */
    final long permits() {
        long permits = bucket.permits();
        limited = permits == 0;
        return permits;
    }

    /** Bytes that came from the source and are not yet part of a plan. */
    final long waitingBytes() {
        long planned = 0;
        for (Outlet outlet : outlets) {
            planned += outlet.store() == in ? outlet.planned() : 0;
        }
        return in.waiting() - planned;
    }

    final boolean waitsFor(Receiver receiver) {
        for (int i = 0; i < outlets.size(); i++) {
            Outlet outlet = outlets.get(i);
            if (outlet.receiver() == receiver && outlet.planned() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether everything that its source gave has come through. */
    final boolean drained() {
        return !feed.more() && empty();
    }

    /** Whether it is made as the flow is declared, so that it need not be opened again. */
    abstract boolean fits(Wired wired);

    /** Gives what it routes from now on to those who take it now. The receivers are the same. */
    void route(Wired wired) {}

    /** Takes nothing from its source and routes nothing any more, or does again. */
    final void pause(boolean paused) {
        this.paused = paused;
    }

    /** Takes nothing from its source any more, but delivers the whole records that it has; or goes on. */
    final void hold(boolean hold) {
        onHold = hold;
    }

    /** Whether all whole records that it took are where they belong. */
    final boolean through() {
        return exhausted() && idle();
    }

    /** Whether all that it routed is where it belongs. */
    final boolean idle() {
        return outlets.stream().allMatch(it -> it.idle() && it.open() == 0);
    }

    /**
     * Whether nothing of its source is left to take or to deliver.
     *
     * @param done whether its source ended by itself, so that a last record without its end counts
     */
    final boolean delivered(boolean done) {
        return !feed.more() && (done ? through() : onTheWay() == 0);
    }

    /** Bytes that were taken and are not delivered, but for the beginning of a record. */
    final long onTheWay() {
        long sum = exhausted() ? 0 : in.waiting();
        for (Outlet outlet : outlets) {
            sum += outlet.store() == in ? 0 : outlet.planned();
        }
        return sum;
    }

    /** The end of a record is needed where its beginning is delivered already, whatever else there is to wait for. */
    private boolean stands() {
        if (!paused && !onHold) {
            return false;
        }
        for (int i = 0; i < outlets.size(); i++) {
            if (outlets.get(i).open() != 0) {
                return false;
            }
        }
        return true;
    }

    final boolean paused() {
        return paused;
    }

    /** Whether nothing is on its way to any of these receivers. */
    final boolean settled(List<Port> receivers) {
        return outlets.stream()
                .filter(it -> receivers.contains(it.receiver().port()))
                .allMatch(it -> it.idle() && it.open() == 0);
    }

    /** Whether it would take more from its source now. */
    final boolean hungry() {
        return !full && !stands() && held() < spec.bufferBytes();
    }

    final boolean empty() {
        return held() == 0 && cells.get(Words.SKIP) == 0 && outlets.stream().allMatch(it -> it.open() == 0);
    }

    private boolean take() {
        if (stands() || !feed.there()) {
            full = false;
            return false;
        }
        if (!behind && in.waiting() >= piece()) {
            return false; // What has just come is still in the processor's caches; more would push it out.
        }
        long room = spec.bufferBytes() - held();
        long taken = room <= 0 ? 0 : feed.fill(in, room);
        full = taken == 0 && feed.waiting();
        if (full && room > 0) {
            // They may have come after it was looked; only what is refused while they are there tells that there is no
            // room.
            taken = feed.fill(in, room);
            full = taken == 0;
        }
        return taken > 0;
    }

    /**
     * Looks at the front of the store until whole records are found, which are then in the buffer and in {@link #scan}. The caller
     * says by {@link #spend} how many there are.
     *
     * @param most records
     * @return whether there are any
     */
    final boolean look(long most) {
        if (paused || in.waiting() == 0 || in.entered() == seen && !full) {
            return false;
        }
        long permits = permits();
        if (permits == 0) {
            return false;
        }
        long wanted = piece();
        while (true) {
            long bytes = in.peek(buffer.borrow(Math.min(wanted, in.waiting())));
            scan(bytes, Math.min(most, bucket.bytes() ? Long.MAX_VALUE : permits), bucket.bytes() ? permits : bytes);
            if (scan.records > 0) {
                seen = -1;
                return true;
            }
            if (scan.end == Scan.End.TOO_LONG) {
                refuseLong(bytes);
                return false;
            }
            if (bytes < wanted || bytes == in.waiting()) {
                seen = in.entered();
                return false;
            }
            wanted = Math.min(in.waiting(), spec.maxRecordBytes() + framer.overhead() + 1);
            if (bytes >= wanted) {
                seen = in.entered();
                return false;
            }
        }
    }

    /** Takes tokens for what was found. */
    final void spend(long records) {
        bucket.take(bucket.bytes() ? scan.bytes : records);
    }

    private void scan(long bytes, long most, long permitted) {
        long limit = Math.min(bytes, permitted);
        framer.scan(buffer.memory(), limit, most, spec.maxRecordBytes(), scan);
        if (scan.records == 0 && limit < bytes) {
            // The one record that is larger than what may pass at once.
            framer.scan(buffer.memory(), bytes, 1, spec.maxRecordBytes(), scan);
        }
    }

    /** Whether a record begins that will never fit as a whole, as far as can be told now. */
    final boolean stuck() {
        return in.entered() == seen && (full || held() >= spec.bufferBytes());
    }

    /** Makes room for more of a record that is there in many small pieces; whether it did. */
    final boolean gather() {
        if (gathered == in.entered()
                || in.waiting() > in.capacity() - in.capacity() / 16
                || held() >= spec.bufferBytes()) {
            return false;
        }
        gathered = in.entered();
        full = false;
        return in.compact(buffer.borrow(in.waiting()));
    }

    private void refuseLong(long bytes) {
        long record = scan.tooLong < 0 ? -1 : scan.tooLong - framer.overhead();
        refuseFront(
                bytes,
                record,
                record < 0
                        ? "longer than " + spec.maxRecordBytes() + " bytes, the most that the flow allows (maxRecord)"
                        : record + " bytes long, and the flow allows " + spec.maxRecordBytes() + " (maxRecord)");
        cells.set(Words.SKIP, scan.tooLong < 0 ? TO_NEWLINE : scan.tooLong);
        cells.commit();
    }

    /** Counts and writes down the record at the front of the buffer as refused. The caller commits. */
    final void refuseFront(long bytesThere, long recordBytes, String reason) {
        int before = framer.before();
        int head = (int) Math.min(HEAD, Math.max(0, bytesThere - before));
        byte[] beginning =
                buffer.memory().asSlice(Math.min(before, bytesThere), head).toArray(ValueLayout.JAVA_BYTE);
        refuse(reason, beginning, 0, head, recordBytes < 0 ? bytesThere : recordBytes);
        cells.add(Words.READ, 1);
    }

    /** Counts and writes down a record as refused. The caller commits. */
    final void refuse(String reason, byte[] record, int start, int given, long recordBytes) {
        refused.add(reason, record, start, given, recordBytes);
        cells.add(Words.REFUSED, 1);
        cells.set(Words.REFUSED_FILE, refused.number());
        cells.set(Words.REFUSED_LENGTH, refused.length());
    }

    /** Passes over the record that was refused, as far as its bytes are there; whether it did anything. */
    final boolean skip() {
        long skip = cells.get(Words.SKIP);
        if (skip == 0 || in.waiting() == 0) {
            return false;
        }
        long bytes = Math.min(skip, in.waiting());
        long rest = skip - bytes;
        if (skip < 0) {
            MemorySegment front = buffer.borrow(Math.min(in.waiting(), Buffer.CHUNK));
            long there = in.peek(front);
            long newline = LineFramer.next(front, 0, there);
            bytes = newline < 0 ? there : newline + 1;
            rest = newline < 0 ? TO_NEWLINE : 0;
        }
        cells.set(Words.SKIP, rest);
        takeAway(bytes);
        return true;
    }

    /** Commits, with it that these bytes at the front are dealt with, and then discards them. */
    final void takeAway(long bytes) {
        cells.add(Words.READ_BYTES, bytes);
        cells.set(Words.TAKE, bytes);
        cells.commit();
        in.discard(bytes);
        cells.set(Words.TAKE, 0);
        cells.commit();
        seen = -1;
    }

    /**
     * Its source is done: what is left is a record without its end. Lines get one; of others the beginning is refused.
     *
     * @return whether it did anything
     */
    final boolean finish() {
        return !feed.more() && end();
    }

    private boolean end() {
        if (cells.get(Words.SKIP) != 0 && in.waiting() == 0) {
            cells.set(Words.SKIP, 0);
            cells.commit();
        }
        boolean open = outlets.stream().anyMatch(it -> it.open() != 0);
        if (in.waiting() == 0 && !open || in.entered() != seen && !open || full) {
            return false;
        }
        if (spec.framing() == FlowSpec.Framing.LINES) {
            MemorySegment newline = buffer.borrow(1);
            newline.set(ValueLayout.JAVA_BYTE, 0, LineFramer.NEWLINE);
            long written = in.write(newline);
            in.entered(written);
            cells.commit();
            return written > 0;
        } else if (open) {
            outlets.forEach(it -> it.open(0));
            cells.commit();
        } else {
            MemorySegment rest = buffer.borrow(in.waiting());
            refuseFront(in.peek(rest), -1, "cut off: its writer ended within it");
            takeAway(in.waiting());
        }
        return true;
    }

    /** Start of its source whose pipe it reads; 0 where it has read none that has its own. */
    final long incarnation() {
        return cells.get(Words.INCARNATION);
    }

    /** Records that it took from that pipe and that are safe. */
    final long ofIncarnation() {
        return cells.get(Words.READ) - cells.get(Words.INCARNATION_READ);
    }

    /** Reads the pipe of this start from now on. Call it when {@link #cut} says so. */
    final void incarnation(long next) {
        if (next != incarnation()) {
            cells.set(Words.INCARNATION, next);
            cells.set(Words.INCARNATION_READ, cells.get(Words.READ));
            cells.commit();
        }
    }

    /** Whether it has dealt with all whole records that came. */
    final boolean exhausted() {
        return in.waiting() == 0 || in.entered() == seen && !full;
    }

    /** Its writer has ended, maybe within a record, which is refused then. Whether nothing of what it wrote is left. */
    final boolean cut() {
        boolean open = outlets.stream().anyMatch(it -> it.open() != 0);
        if (!exhausted()) {
            return false;
        }
        if (open) {
            end();
            return false;
        }
        if (in.waiting() > 0) {
            MemorySegment rest = buffer.borrow(in.waiting());
            refuseFront(in.peek(rest), -1, "cut off: its writer ended within it");
            takeAway(in.waiting());
        }
        cells.set(Words.SKIP, 0);
        cells.commit();
        return true;
    }

    /** Settles what an earlier process left. */
    final void recover(long boot) {
        Recovery.recover(cells, in, outlets, boot);
    }

    /**
     * What was read is known elsewhere to be further than here: a crash came after it was durable there and before it was committed
     * here. Call it after {@link #recover}.
     *
     * @param words of {@link Words#DURABLE}; none where nothing is known
     */
    final void catchUp(long[] words) {
        long ahead = words.length == 0 ? 0 : words[0] - cells.get(Words.READ_BYTES);
        if (ahead <= 0) {
            return;
        }
        for (int i = 0; i < words.length; i++) {
            cells.set(Words.DURABLE[i], words[i]);
        }
        refused.resume(cells.get(Words.REFUSED_FILE), cells.get(Words.REFUSED_LENGTH));
        long there = Math.min(ahead, in.waiting());
        cells.add(Words.READ_BYTES, -there);
        takeAway(there);
    }

    @Override
    public void close() {
        outlets.forEach(Outlet::close);
        in.close();
    }
}
