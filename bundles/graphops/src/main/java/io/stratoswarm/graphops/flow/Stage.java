package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts records together for each outlet, and writes them to its store in one piece. An outlet gets the next piece when it is empty. */
final class Stage implements Staging {
    /** Bytes that go to one outlet at once. */
    private static final int MOST_BYTES = 256 << 10;

    private final List<Outlet> outlets;
    private final Framer framer;
    private Router router;
    private final Buffer buffer;
    private final byte[][] made;
    private final int[] bytes;
    private final long[] records;
    private final long[] loads;
    private final int[] savedBytes;
    private final long[] savedRecords;
    private final List<Batch.Refusal> refusals = new ArrayList<>();
    private long passed;
    private boolean waits;

    Stage(List<Outlet> outlets, Framer framer, Router router, Buffer buffer) {
        this.outlets = outlets;
        this.framer = framer;
        this.router = router;
        this.buffer = buffer;
        int count = outlets.size();
        made = new byte[count][8 << 10];
        bytes = new int[count];
        records = new long[count];
        loads = new long[count];
        savedBytes = new int[count];
        savedRecords = new long[count];
    }

    @Override
    public int piece() {
        return Buffer.CHUNK;
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
        Arrays.fill(bytes, 0);
        Arrays.fill(records, 0);
        refusals.clear();
        passed = 0;
        waits = false;
        measure();
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
            if (put(from, i, turn, group == first)) {
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
        if (router.byLoad()) {
            for (int i = 0; i < loads.length; i++) {
                Outlet outlet = outlets.get(i);
                loads[i] = outlet.planned()
                        + (outlet.receiver().there() ? outlet.receiver().pipe().waiting() : 0);
            }
        }
    }

    private boolean put(Records from, int index, long turn, boolean first) {
        int to = router.route(from, index, turn + passed, loads);
        if (to == Router.NONE) {
            refusals.add(new Batch.Refusal(from.source(index), router.refusal(), from.copy(index)));
            return true;
        }
        if (to == Router.WAIT) {
            waits = true;
            return false;
        }
        int[] some = to == Router.SOME ? router.some() : null;
        int low = to < 0 ? 0 : to;
        int high = some != null ? router.count() : to == Router.ALL ? outlets.size() : to + 1;
        int framed = from.length(index) + framer.overhead();
        for (int at = low; at < high; at++) {
            int i = some == null ? at : some[at];
            Outlet outlet = outlets.get(i);
            if (framed > outlet.store().capacity()) {
                refusals.add(new Batch.Refusal(
                        from.source(index),
                        "longer than the pipe to " + outlet.receiver() + " holds",
                        from.copy(index)));
                return true;
            }
            long limit = first
                    ? outlet.store().capacity()
                    : Math.min(MOST_BYTES, outlet.store().capacity());
            if (!outlet.idle() || bytes[i] + (long) framed > limit || records[i] >= outlet.mostRecords()) {
                return false;
            }
        }
        for (int at = low; at < high; at++) {
            append(from, index, framed, some == null ? at : some[at]);
        }
        passed++;
        return true;
    }

    private void append(Records from, int index, int framed, int outlet) {
        int needed = bytes[outlet] + framed;
        if (made[outlet].length < needed) {
            made[outlet] = Arrays.copyOf(made[outlet], Math.max(needed, 2 * made[outlet].length));
        }
        bytes[outlet] = framer.put(from.bytes(), from.start(index), from.length(index), made[outlet], bytes[outlet]);
        if (!framer.selfEvident()) {
            outlets.get(outlet).noteEnd((int) records[outlet], bytes[outlet]);
        }
        records[outlet]++;
        loads[outlet] += framed;
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
            MemorySegment.copy(made[i], 0, piece, ValueLayout.JAVA_BYTE, 0, bytes[i]);
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
