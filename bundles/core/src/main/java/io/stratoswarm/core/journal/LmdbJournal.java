package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.api.journal.Receipt;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of a data folder, with its writer thread. While nothing waits, a caller writes its append itself, as the writer's
 * deputy: that spares two changes of thread, which take as long as a sync. Whoever writes holds one lock, and takes what waits in
 * the queue only while it holds it, so the order of appends is that in which they came.
 */
public final class LmdbJournal implements Journal, JournalTiles, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LmdbJournal.class);
    private static final int BATCH_APPENDS = 8192;

    private final JournalStore store;
    private final EventShapes shapes;
    private final AppendQueue queue;
    private final Tail tail;
    private final JournalWriter writer;
    private final ReentrantLock writing = new ReentrantLock();
    private final Thread writerThread;
    private final Acknowledger acknowledger = new Acknowledger();
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger followerNumber = new AtomicInteger();
    private volatile @Nullable Busy busy;
    private volatile boolean closed;

    /** A thread that has more to do than to wait for a sync, as long as the condition holds. */
    private record Busy(Thread thread, BooleanSupplier holds) {}

    private LmdbJournal(JournalStore store, JournalOptions options, EventShapes shapes, InstantSource clock) {
        this.store = store;
        this.shapes = shapes;
        this.queue = new AppendQueue(options.queueAppends());
        this.tail = new Tail(store.size());
        this.writer = store.writer(clock, tail::advance, acknowledger::answer);
        this.writerThread = Thread.ofPlatform().name("journal-writer").unstarted(this::writeUntilClosed);
        queue.owners(writerThread, acknowledger.thread());
    }

    /** Opens the journal in this folder or begins a new one. The folder must be locked by the caller's process. */
    public static LmdbJournal open(
            Path folder, JournalOptions options, InstantSource clock, RandomGenerator random, JournalTypes types) {
        LmdbJournal journal =
                new LmdbJournal(JournalStore.openForWriting(folder, options, random), options, types, clock);
        journal.acknowledger.thread().start();
        journal.writerThread.start();
        return journal;
    }

    private void writeUntilClosed() {
        try {
            while (queue.await()) {
                writing.lock();
                try {
                    writer.step(queue.take(BATCH_APPENDS));
                } finally {
                    writing.unlock();
                }
            }
        } catch (RuntimeException | Error e) {
            // A boundary: without its writer the journal must refuse, not hang.
            LOG.error("the journal's writer ended; restart the daemon", e);
            queue.close();
            List<Pending> waiting = queue.take(Integer.MAX_VALUE);
            waiting.forEach(pending -> pending.refusal = AppendQueue.closedFailure());
            acknowledger.answer(waiting);
        } finally {
            writer.end();
            acknowledger.end();
        }
    }

    /** Writes an append on the caller's own thread where that is quicker and harms nobody; false where the writer has to. */
    private boolean wroteHere(Pending pending) {
        Thread caller = Thread.currentThread();
        Busy exempt = busy;
        // A virtual thread would hold its carrier through the sync, and what answers must not wait for what it answers.
        if (caller.isVirtual()
                || caller == acknowledger.thread()
                || exempt != null && exempt.thread() == caller && exempt.holds().getAsBoolean()
                || writing.isHeldByCurrentThread()
                || !writing.tryLock()) {
            return false;
        }
        try {
            // A new segment is begun with file channels, which an interrupt of the caller would close.
            if (closed || !queue.isEmpty() || writer.rollDue()) {
                return false;
            }
            writer.step(List.of(pending));
            return true;
        } catch (RuntimeException e) {
            // The append has been answered with it, and the writer refuses from now on.
            LOG.error("the journal's writer failed; restart the daemon", e);
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** As long as the condition holds, appends of this thread are left to the writer: it has other work than to wait for a sync. */
    public void spare(Thread thread, BooleanSupplier condition) {
        busy = new Busy(thread, condition);
    }

    @Override
    public UUID id() {
        return store.id();
    }

    @Override
    public long first() {
        return store.cut();
    }

    @Override
    public long size() {
        return tail.size();
    }

    @Override
    public CompletableFuture<Receipt> append(Append append) {
        try {
            List<Leaf.Draft> drafts = new ArrayList<>(append.events().size());
            for (EventDraft event : append.events()) {
                drafts.add(Leaf.encode(shapes.incoming(event), store.id(), drafts.size()));
            }
            append.idempotencyKey().ifPresent(StoredReceipt::key);
            append.expectedVersions().keySet().forEach(subject -> Names.key(Names.SUBJECT, subject));
            Pending pending = new Pending(
                    drafts, append.expectedVersions(), append.idempotencyKey().orElse(null));
            if (closed) {
                return CompletableFuture.failedFuture(AppendQueue.closedFailure());
            }
            if (!wroteHere(pending)) {
                queue.put(pending);
            }
            return pending.future;
        } catch (StratoswarmException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Optional<Event> get(long sequence) {
        if (sequence < 0 || sequence >= tail.size()) {
            return Optional.empty();
        }
        try {
            return Optional.of(shapes.outgoing(
                    store.events(reader -> reader.fetch(List.of(sequence))).getFirst()));
        } catch (StratoswarmException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<Event> read(EventQuery query) {
        return opened(store.query(query, tail.size()));
    }

    /** The first event whose time is not before this one; the size where there is none. */
    long firstNotBefore(long nanos) {
        return store.firstNotBefore(nanos, tail.size());
    }

    /** Some events from a sequence on; at least one where {@code from} is below {@code end}. */
    List<Event> chunk(long from, long end, int limit) {
        return opened(store.events(reader -> reader.chunk(from, Math.min(end, tail.size()), limit)));
    }

    private List<Event> opened(List<Event> events) {
        events.replaceAll(shapes::outgoing);
        return events;
    }

    @Override
    public long version(String subject) {
        return store.version(subject);
    }

    @Override
    public Subscription follow(long fromSequence, Consumer<Event> consumer) {
        if (fromSequence < 0) {
            throw new StratoswarmException(Kind.INVALID, "fromSequence must not be negative: " + fromSequence);
        }
        if (fromSequence < store.cut()) {
            throw Damage.pruned(fromSequence, store.cut());
        }
        String name = "journal-follower-" + followerNumber.incrementAndGet();
        EventReader reader = store.newReader();
        Follower follower = new Follower(
                name,
                fromSequence,
                tail,
                (from, end, limit) -> opened(reader.chunk(from, end, limit)),
                consumer,
                followers::remove);
        followers.add(follower);
        if (closed) {
            followers.remove(follower);
            throw AppendQueue.closedFailure();
        }
        return follower.start();
    }

    @Override
    public Checkpoint checkpoint() {
        long size = tail.size();
        return new Checkpoint(store.id(), size, hex(store.root(size)));
    }

    @Override
    public InclusionProof proveInclusion(long sequence, long treeSize) {
        return store.proveInclusion(sequence, checked(treeSize));
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        return store.proveConsistency(size1, checked(size2));
    }

    @Override
    public List<byte[]> leaves(long from, int count) {
        return store.tiles().leaves(from, count, tail.size());
    }

    @Override
    public byte[] nodes(int level, long from, int count) {
        return store.tiles().nodes(level, from, count, tail.size());
    }

    private long checked(long treeSize) {
        if (treeSize > tail.size()) {
            throw new StratoswarmException(
                    Kind.INVALID, "the journal has " + tail.size() + " events, fewer than the tree size " + treeSize);
        }
        return treeSize;
    }

    JournalStore store() {
        return store;
    }

    Tail tail() {
        return tail;
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Writes what waits, ends the subscriptions, and closes the files. Idempotent. */
    @Override
    public void close() {
        synchronized (writerThread) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // Once the lock is free, nobody else writes here and none begins to.
        writing.lock();
        writing.unlock();
        queue.close();
        boolean interrupted = false;
        for (Thread thread : List.of(writerThread, acknowledger.thread())) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        followers.forEach(Follower::close);
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
