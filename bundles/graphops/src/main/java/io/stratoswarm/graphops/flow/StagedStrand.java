package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Records are changed, or go to one of several receivers. What becomes of a batch is first written to the stores of its outlets;
 * one commit then says that they hold it and that the source's store is done with it. Before that commit a crash leaves bytes that
 * do not count, and the batch is read again.
 */
final class StagedStrand extends Strand {
    /** Batches on their way through transforms that wait. */
    private static final int MOST_BATCHES = 4;

    private final Chain chain;
    private final Staging stage;
    private final Runnable wakeUp;
    private final Records chunk;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private final Deque<Batch> spare = new ArrayDeque<>();
    private int chunkBytes;
    /** Records of the chunk that were sent through the transforms, and their bytes. */
    private int sent;

    private int sentBytes;
    /** Record of the first batch at which staging goes on, the record of the source that it came from, and bytes before that. */
    private int staged;

    private long stagedSource;
    private long stagedBytes;

    /** @param wakeUp wakes the thread of the strand up, from any thread */
    StagedStrand(StrandParts parts, Chain chain, Router router, Runnable wakeUp) {
        this(parts, chain, new Stage(parts.outlets(), parts.framer(), router, parts.buffer()), wakeUp);
    }

    /** @param wakeUp wakes the thread of the strand up, from any thread */
    StagedStrand(StrandParts parts, Chain chain, Staging stage, Runnable wakeUp) {
        super(parts);
        this.chain = chain;
        this.stage = stage;
        this.chunk = new Records(0);
        this.scan.counts = false;
        this.wakeUp = chain.waits() ? wakeUp : () -> {};
    }

    @Override
    long held() {
        long sum = in.waiting();
        for (int i = 0; i < outlets.size(); i++) {
            sum += outlets.get(i).planned();
        }
        return sum;
    }

    @Override
    boolean fits(Wired wired) {
        return wired.durable() == stage.durable();
    }

    @Override
    void route(Wired wired) {
        stage.route(Router.of(wired.spec(), wired.targets()));
    }

    @Override
    String trouble() {
        return stage.trouble();
    }

    @Override
    boolean limited() {
        return stage.waitNanos() > 0 || super.limited();
    }

    @Override
    long waitNanos() {
        return Math.max(stage.waitNanos(), super.waitNanos());
    }

    @Override
    int piece() {
        return stage.piece();
    }

    @Override
    boolean work() {
        boolean any = false;
        for (int i = 0; i < outlets.size(); i++) {
            any |= outlets.get(i).move();
        }
        any |= send();
        any |= stage();
        return any;
    }

    /** Sends records of the chunk on their way; reads the next chunk once the last one is done with. */
    private boolean send() {
        boolean any = false;
        while (batches.size() < MOST_BATCHES) {
            if (sent == chunk.size()) {
                if (!batches.isEmpty() || !read()) {
                    break;
                }
                any = true;
                continue;
            }
            int to = (int) Math.min(chunk.size(), (long) sent + chain.batch());
            int bytes = to == chunk.size() ? chunkBytes : chunk.start(to) - framer.before();
            Batch batch = spare.isEmpty() ? new Batch() : spare.pop();
            batch.begin(chunk.source(sent), to - sent, bytes - sentBytes);
            if (chain.isEmpty()) {
                batch.show(chunk); // It is one batch then, since nothing asks for smaller ones.
            } else {
                batch.next().addAll(chunk, sent, to);
                batch.swap();
            }
            sent = to;
            sentBytes = bytes;
            batches.add(batch);
            chain.run(batch, wakeUp);
            any = true;
        }
        return any;
    }

    /** Reads the next chunk, or passes over what is no part of one; whether it did anything. */
    private boolean read() {
        if (cells.get(Words.SKIP) != 0) {
            return skip();
        }
        if (!look(Long.MAX_VALUE)) {
            boolean stuck = !paused() && stuck();
            if (stuck && !gather()) {
                refuseTooLarge();
            }
            return stuck || cells.get(Words.SKIP) != 0;
        }
        chunkBytes = (int) scan.bytes;
        byte[] bytes = chunk.raw(chunkBytes);
        MemorySegment.copy(buffer.memory(), ValueLayout.JAVA_BYTE, 0, bytes, 0, chunkBytes);
        framer.split(bytes, chunkBytes, cells.get(Words.READ), chunk);
        spend(framer instanceof ByteFramer ? chunkBytes : chunk.size());
        sent = 0;
        sentBytes = 0;
        return true;
    }

    /** A record that must be seen as a whole does not fit into the pipe. */
    private void refuseTooLarge() {
        MemorySegment front = buffer.borrow(in.waiting());
        long there = in.peek(front);
        refuseFront(
                there,
                -1,
                "longer than the " + there
                        + " bytes that its pipe or the flow's buffer holds, in which it must fit to be"
                        + " transformed or routed");
        cells.set(Words.SKIP, framer.selfEvident() ? -1 : PrefixFramer.framed(front));
        cells.commit();
    }

    /** Gives what became of the first batch to the outlets, as much as there is room for. */
    private boolean stage() {
        Batch batch = batches.peek();
        if (batch == null || !batch.done() || paused()) {
            return false;
        }
        Throwable failure = batch.failure();
        if (failure != null) {
            throw new FlowFailure("its records could not be transformed: " + failure.getMessage(), failure);
        }
        if (staged == 0 && stagedBytes == 0) {
            stagedSource = batch.first();
        }
        int upTo = stage.fill(batch.records(), staged, cells.get(Words.ROUND));
        boolean all = upTo == batch.records().size();
        long source = all ? batch.end() : batch.records().source(upTo);
        if (source == stagedSource) {
            return false;
        }
        long bytes = all ? batch.bytes() - stagedBytes : framedBytes(stagedSource, source);
        if (!commit(batch, source, bytes)) {
            return false;
        }
        staged = all ? 0 : upTo;
        stagedBytes += bytes;
        stagedSource = source;
        if (all) {
            stagedBytes = 0;
            spare.push(batches.remove());
        }
        return true;
    }

    /** Bytes of records of the source, which are in the chunk. */
    private long framedBytes(long from, long to) {
        int first = (int) (from - chunk.source(0));
        int last = (int) (to - chunk.source(0));
        return chunk.start(last) - (long) chunk.start(first);
    }

    /** Whether it could be done. */
    private boolean commit(Batch batch, long to, long bytes) {
        long from = stagedSource;
        for (Batch.Refusal refusal : batch.refusals()) {
            if (refusal.source() >= from && refusal.source() < to) {
                refuse(refusal.reason(), refusal.record(), 0, refusal.record().length, refusal.record().length);
            }
        }
        long refusedByChain = cells.get(Words.REFUSED);
        for (Batch.Refusal refusal : stage.refusals()) {
            refuse(refusal.reason(), refusal.record(), 0, refusal.record().length, refusal.record().length);
        }
        boolean raw = framer instanceof ByteFramer;
        long read = raw ? bytes : to - from;
        long passed = raw ? bytes : stage.passed();
        cells.add(Words.READ, read);
        cells.add(Words.FILTERED, batch.filtered(from, to));
        cells.add(Words.ADDED, batch.added(from, to));
        cells.add(Words.PASSED, passed);
        cells.add(Words.ROUND, stage.passed());
        if (!chain.isEmpty()) {
            cells.add(Words.TRANSFORMED_IN, read);
            cells.add(Words.TRANSFORMED_OUT, passed + cells.get(Words.REFUSED) - refusedByChain);
        }
        if (!stage.write(raw ? 1 : 0, bytes)) {
            cells.revert();
            refused.resume(cells.get(Words.REFUSED_FILE), cells.get(Words.REFUSED_LENGTH));
            return false;
        }
        takeAway(bytes);
        return true;
    }

    @Override
    public void close() {
        super.close();
        chain.close();
    }
}
