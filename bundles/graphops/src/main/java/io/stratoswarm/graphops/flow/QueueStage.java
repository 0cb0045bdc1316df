package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.graphops.flow.queue.DurableQueue;
import io.stratoswarm.graphops.flow.queue.Problems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Puts records together for each receiver and appends them to the durable queues: to all of them at once, and with them how far the
 * source was read. So a crash finds either all of it in the queues or nothing.
 */
final class QueueStage implements Staging {
    /** Each append waits for the disk, so it takes much at once where there is much. */
    private static final int PIECE = 512 << 10;

    private static final int MOST_BYTES = 2 * PIECE;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final FlowSpec spec;
    private final String source;
    private final QueueStore store;
    private final List<DurableQueue> queues;
    private final Framer framer;
    private Router router;
    private final Cells cells;
    private final Problems problems;
    private final LongSupplier monotonic;
    private final byte[][] made;
    private final int[] bytes;
    private final int[] records;
    private final long[] loads;
    private final long[] room;
    private final int[] savedBytes;
    private final int[] savedRecords;
    private final List<Batch.Refusal> refusals = new ArrayList<>();
    private final boolean atEnd;
    private long passed;
    private boolean waits;
    private boolean failed;
    private String trouble = "";
    private long failedNanos;

    /**
     * @param source agent and channel
     * @param queues of the receivers, in the order of the router's numbers
     */
    QueueStage(
            FlowSpec spec,
            String source,
            QueueStore store,
            List<DurableQueue> queues,
            Framer framer,
            Router router,
            Cells cells,
            Problems problems,
            LongSupplier monotonic) {
        this.spec = spec;
        this.source = nameOf(spec, source);
        this.store = store;
        this.queues = List.copyOf(queues);
        this.framer = framer;
        this.router = router;
        this.cells = cells;
        this.problems = problems;
        this.monotonic = monotonic;
        this.atEnd = spec.delivery() instanceof Delivery.AtLeastOnce(Ack ack) && ack instanceof Ack.OnEof;
        int count = queues.size();
        made = new byte[count][8 << 10];
        bytes = new int[count];
        records = new int[count];
        loads = new long[count];
        room = new long[count];
        savedBytes = new int[count];
        savedRecords = new int[count];
    }

    private static String nameOf(FlowSpec spec, String source) {
        return spec.id() + " " + source;
    }

    /** What the queues know of a source; it is what the strand has to catch up with. */
    static long[] known(FlowSpec spec, String source, List<DurableQueue> queues) {
        long[] furthest = new long[0];
        for (DurableQueue queue : queues) {
            long[] words = queue.progress(nameOf(spec, source));
            if (words.length == Words.DURABLE.length && (furthest.length == 0 || words[0] > furthest[0])) {
                furthest = words;
            }
        }
        return furthest;
    }

    @Override
    public int piece() {
        return PIECE;
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
    public boolean durable() {
        return true;
    }

    @Override
    public void route(Router next) {
        router = next;
        waits = false;
    }

    @Override
    public String trouble() {
        return waits && trouble.isEmpty() ? Reasons.NOBODY : trouble;
    }

    @Override
    public long waitNanos() {
        return failed ? Math.max(1, failedNanos + RETRY_NANOS - monotonic.getAsLong()) : 0;
    }

    @Override
    public int fill(Records from, int first, long turn) {
        Arrays.fill(bytes, 0);
        Arrays.fill(records, 0);
        refusals.clear();
        passed = 0;
        waits = false;
        if (failed && monotonic.getAsLong() - failedNanos < RETRY_NANOS) {
            return first;
        }
        for (int i = 0; i < loads.length; i++) {
            loads[i] = queues.get(i).bytes();
            room[i] = queues.get(i).room();
            if (room[i] == 0 && atEnd) {
                problems.report(
                        "buffer of " + spec.id(),
                        "flow " + spec.id() + " waits for ever: the queue "
                                + queues.get(i).name() + " is full, and with"
                                + " on-eof nothing leaves it before the input ends; raise 'buffer' above the size of the"
                                + " whole input");
            }
        }
        for (int i = first; i < from.size(); ) {
            int end = i + 1;
            while (end < from.size() && from.source(end) == from.source(i)) {
                end++;
            }
            if (!group(from, i, end, turn)) {
                return i;
            }
            i = end;
        }
        return from.size();
    }

    /** All that came from one record; false where it was taken back. What came from the first one is taken whatever its size. */
    private boolean group(Records from, int first, int end, long turn) {
        boolean alone = passed == 0 && refusals.isEmpty();
        System.arraycopy(bytes, 0, savedBytes, 0, bytes.length);
        System.arraycopy(records, 0, savedRecords, 0, records.length);
        long savedPassed = passed;
        int savedRefusals = refusals.size();
        for (int i = first; i < end; i++) {
            if (!put(from, i, turn, alone)) {
                System.arraycopy(savedBytes, 0, bytes, 0, bytes.length);
                System.arraycopy(savedRecords, 0, records, 0, records.length);
                passed = savedPassed;
                refusals.subList(savedRefusals, refusals.size()).clear();
                return false;
            }
        }
        return true;
    }

    private boolean put(Records from, int index, long turn, boolean alone) {
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
        int high = some != null ? router.count() : to == Router.ALL ? queues.size() : to + 1;
        int framed = from.length(index) + framer.overhead();
        for (int at = low; at < high; at++) {
            int i = some == null ? at : some[at];
            long needed = bytes[i] + (long) framed;
            // A group that is larger than the queue passes once there is any room: else it would never.
            if (room[i] == 0 || !alone && needed > Math.min(room[i], MOST_BYTES)) {
                return false;
            }
        }
        for (int at = low; at < high; at++) {
            append(from, index, framed, some == null ? at : some[at]);
        }
        passed++;
        return true;
    }

    private void append(Records from, int index, int framed, int queue) {
        int needed = Math.addExact(bytes[queue], framed);
        if (made[queue].length < needed) {
            made[queue] = Arrays.copyOf(made[queue], (int)
                    Math.min(Integer.MAX_VALUE - 16L, Math.max(needed, 2L * made[queue].length)));
        }
        bytes[queue] = framer.put(from.bytes(), from.start(index), from.length(index), made[queue], bytes[queue]);
        records[queue]++;
        loads[queue] += framed;
    }

    @Override
    public boolean write(long units, long taken) {
        List<DurableQueue> written = new ArrayList<>();
        List<QueueStore.Change> changes = new ArrayList<>();
        long[] words = new long[Words.DURABLE.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = cells.get(Words.DURABLE[i]);
        }
        words[0] += taken;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] > 0) {
                DurableQueue queue = queues.get(i);
                queue.draft(spec.id(), spec.framing(), records[i], source, words, made[i], 0, bytes[i]);
                written.add(queue);
                changes.add(queue.change());
            }
        }
        if (changes.isEmpty()) {
            return true;
        }
        try {
            store.write(changes);
            failed = false;
            trouble = "";
        } catch (StratoswarmException e) {
            if (e.kind() != Kind.FULL && e.kind() != Kind.SYSTEM) {
                throw e;
            }
            written.forEach(DurableQueue::drop);
            failed = true;
            failedNanos = monotonic.getAsLong();
            trouble = "takes nothing from " + source.substring(source.indexOf(' ') + 1)
                    + " for now, since it cannot be made durable: " + e.getMessage();
            problems.report("queue of " + spec.id(), "flow " + spec.id() + " " + trouble);
            return false;
        }
        for (int i = 0; i < written.size(); i++) {
            written.get(i).publish(changes.get(i));
        }
        return true;
    }
}
