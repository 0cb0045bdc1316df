package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts records together for each outlet, and writes them to its store in one piece. An outlet gets the next piece when it is empty.
 * Of records that are as they came it notes only where they are; those that follow each other become one run.
 */
final class Stage implements Staging {
    /** Bytes that go to one outlet at once. */
    private static final int MOST_BYTES = 256 << 10;

    /** More than a plain flow looks at, so that each receiver gets enough to be worth waking up for. */
    private static final int PIECE = 2 * Buffer.CHUNK;

    private final List<Outlet> outlets;
    private final Framer framer;
    private Router router;
    private final Buffer buffer;
    private final byte[][] made;
    /** Begin and end of each run of an outlet, and how many numbers these are. */
    private final int[][] runs;

    private final int[] ends;
    /** What an outlet has room for: in a piece of its usual size, and at most. Less than nothing where it is not empty. */
    private final long[] room;

    private final long[] most;
    private final long[] mostRecords;
    private final int[] bytes;
    private final long[] records;
    private final long[] loads;
    private final int[] savedBytes;
    private final long[] savedRecords;
    private final List<Batch.Refusal> refusals = new ArrayList<>();
    private Records from = new Records(0);
    private long passed;
    private boolean waits;

    Stage(List<Outlet> outlets, Framer framer, Router router, Buffer buffer) {
        this.outlets = outlets;
        this.framer = framer;
        this.router = router;
        this.buffer = buffer;
        int count = outlets.size();
        made = new byte[count][0];
        runs = new int[count][64];
        ends = new int[count];
        room = new long[count];
        most = new long[count];
        mostRecords = new long[count];
        bytes = new int[count];
        records = new long[count];
        loads = new long[count];
        savedBytes = new int[count];
        savedRecords = new long[count];
    }

    @Override
    public int piece() {
        return PIECE;
    }

    @Override
    public boolean durable() {
        return false;
    }

    @Override
    public void route(Router next) {
        router = next;
        waits = false;
    }

    @Override
    public String trouble() {
        return waits ? Reasons.NOBODY : "";
    }

    @Override
    public long passed() {
        return passed;
    }

    @Override
    public List<Batch.Refusal> refusals() {
        return refusals;
    }

    @Override
    public int fill(Records from, int first, long turn) {
        this.from = from;
        Arrays.fill(bytes, 0);
        Arrays.fill(records, 0);
        Arrays.fill(ends, 0);
        refusals.clear();
        passed = 0;
        waits = false;
        measure();
        return from.framed() ? fillAsTheyCame(first, turn) : fillMade(first, turn);
    }

    private int fillAsTheyCame(int first, long turn) {
        int size = from.size();
        for (int i = first; i < size; i++) {
            if (!put(i, turn, i == first ? most : room)) {
                return i;
            }
        }
        return size;
    }

    private int fillMade(int first, long turn) {
        int group = first;
        long savedPassed = 0;
        int savedRefusals = 0;
        for (int i = first; i < from.size(); i++) {
            boolean begins = i == first || from.source(i) != from.source(i - 1);
            if (begins) {
                group = i;
                if (i + 1 < from.size() && from.source(i + 1) == from.source(i)) {
                    System.arraycopy(bytes, 0, savedBytes, 0, bytes.length);
                    System.arraycopy(records, 0, savedRecords, 0, records.length);
                    savedPassed = passed;
                    savedRefusals = refusals.size();
                }
            }
            if (put(i, turn, group == first ? most : room)) {
                continue;
            }
            if (!begins) {
                System.arraycopy(savedBytes, 0, bytes, 0, bytes.length);
                System.arraycopy(savedRecords, 0, records, 0, records.length);
                passed = savedPassed;
                refusals.subList(savedRefusals, refusals.size()).clear();
                if (group == first && !waits && outlets.stream().allMatch(Outlet::idle)) {
                    throw new FlowFailure(
                            "what became of one record is larger than the pipe to its receiver; let the script give less"
                                    + " for a record",
                            null);
                }
            }
            return group;
        }
        return from.size();
    }

    private void measure() {
        for (int i = 0; i < room.length; i++) {
            Outlet outlet = outlets.get(i);
            boolean idle = outlet.idle();
            most[i] = idle ? outlet.store().capacity() : -1;
            room[i] = Math.min(most[i], MOST_BYTES);
            mostRecords[i] = outlet.mostRecords();
            if (router.byLoad()) {
                loads[i] = outlet.planned()
                        + (outlet.receiver().there() ? outlet.receiver().pipe().waiting() : 0);
            }
        }
    }

    /** Whether there was room for it. */
    private boolean put(int index, long turn, long[] limits) {
        int to = router.route(from, index, turn + passed, loads);
        if (to == Router.NONE) {
            refusals.add(new Batch.Refusal(from.source(index), router.refusal(), from.copy(index)));
            return true;
        }
        if (to == Router.WAIT) {
            waits = true;
            return false;
        }
        int @Nullable [] some = to == Router.SOME ? router.some() : null;
        int low = to < 0 ? 0 : to;
        int high = some != null ? router.count() : to == Router.ALL ? bytes.length : to + 1;
        int framed = from.length(index) + framer.overhead();
        for (int at = low; at < high; at++) {
            int i = some == null ? at : some[at];
            if (bytes[i] + (long) framed > limits[i] || records[i] >= mostRecords[i]) {
                return refuse(index, framed, some, low, high);
            }
        }
        for (int at = low; at < high; at++) {
            append(index, framed, some == null ? at : some[at]);
        }
        passed++;
        return true;
    }

    /** Where there will never be room for it, it is refused. Whether that is so. */
    private boolean refuse(int index, int framed, int @Nullable [] some, int low, int high) {
        for (int at = low; at < high; at++) {
            Outlet outlet = outlets.get(some == null ? at : some[at]);
            if (framed > outlet.store().capacity()) {
                refusals.add(new Batch.Refusal(
                        from.source(index),
                        "longer than the pipe to " + outlet.receiver() + " holds",
                        from.copy(index)));
                return true;
            }
        }
        return false;
    }

    private void append(int index, int framed, int outlet) {
        if (from.framed()) {
            appendRun(from.start(index) - framer.before(), framed, outlet);
            bytes[outlet] += framed;
        } else {
            int needed = bytes[outlet] + framed;
            if (made[outlet].length < needed) {
                made[outlet] =
                        Arrays.copyOf(made[outlet], Math.max(Math.max(8 << 10, needed), 2 * made[outlet].length));
            }
            bytes[outlet] =
                    framer.put(from.bytes(), from.start(index), from.length(index), made[outlet], bytes[outlet]);
        }
        if (!framer.selfEvident()) {
            outlets.get(outlet).noteEnd((int) records[outlet], bytes[outlet]);
        }
        records[outlet]++;
        loads[outlet] += framed;
    }

    private void appendRun(int start, int length, int outlet) {
        int[] run = runs[outlet];
        int end = ends[outlet];
        if (end > 0 && run[end - 1] == start) {
            run[end - 1] = start + length;
            return;
        }
        if (end == run.length) {
            run = Arrays.copyOf(run, 2 * end);
            runs[outlet] = run;
        }
        run[end] = start;
        run[end + 1] = start + length;
        ends[outlet] = end + 2;
    }

    private void copy(int outlet, MemorySegment into) {
        if (!from.framed()) {
            MemorySegment.copy(made[outlet], 0, into, ValueLayout.JAVA_BYTE, 0, bytes[outlet]);
            return;
        }
        byte[] source = from.bytes();
        int[] run = runs[outlet];
        long at = 0;
        for (int i = 0; i < ends[outlet]; i += 2) {
            int length = run[i + 1] - run[i];
            MemorySegment.copy(source, run[i], into, ValueLayout.JAVA_BYTE, at, length);
            at += length;
        }
    }

    /** Plans it as well. */
    @Override
    public boolean write(long units, long taken) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                continue;
            }
            Outlet outlet = outlets.get(i);
            MemorySegment piece = buffer.borrow(bytes[i]);
            copy(i, piece);
            long written = outlet.store().write(piece);
            if (written != bytes[i]) {
                throw new FlowFailure(
                        "the pipe to " + outlet.receiver() + " took " + written + " of " + bytes[i] + " bytes", null);
            }
            outlet.store().entered(written);
            outlet.plan(written, units == 0 ? records[i] : written, (int) records[i]);
            buffer.showing(outlet, written);
        }
        return true;
    }
}
