package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.merkle.TreeHasher;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps projections up to date on one background thread, and snapshots them now and then and at a clean end. */
public final class JournalProjections implements Projections, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalProjections.class);

    private final LmdbJournal journal;
    private final BlobStore blobs;
    private final int snapshotEvents;
    private final ConcurrentHashMap<String, ProjectionRunner<?>> runners = new ConcurrentHashMap<>();
    /** From the storing of a state to the event that names it. */
    private final ReentrantLock storing = new ReentrantLock();

    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean changed;

    public JournalProjections(LmdbJournal journal, BlobStore blobs, JournalOptions options) {
        this.journal = journal;
        this.blobs = blobs;
        this.snapshotEvents = options.snapshotEvents();
        this.thread = Thread.ofPlatform().name("journal-projections").daemon().start(this::run);
    }

    public void add(Projection<?> projection) {
        runners.put(projection.id(), ProjectionRunner.start(projection, journal, blobs));
        changed = true;
        journal.tail().wakeAll();
    }

    /** Lets go of a projection; a snapshot spares its successor of the same version the tail. */
    public void remove(Projection<?> projection) {
        ProjectionRunner<?> runner = runners.get(projection.id());
        if (runner != null && runner.projection == projection && runners.remove(projection.id(), runner)) {
            snapshotQuietly(runner, 1, journal.size());
        }
    }

    private void run() {
        long folded = 0;
        while (!closed) {
            try {
                journal.tail().await(folded, () -> closed || changed);
            } catch (InterruptedException e) {
                return;
            }
            changed = false;
            folded = journal.size();
            for (ProjectionRunner<?> runner : runners.values()) {
                if (!closed && !runner.failed()) {
                    step(runner, folded);
                }
            }
        }
    }

    private void step(ProjectionRunner<?> runner, long size) {
        try {
            advance(runner, size);
        } catch (RuntimeException e) {
            // A boundary: one projection's failure is its own.
            LOG.error("projection {} stopped: {}", runner.projection.id(), e.getMessage(), e);
        }
    }

    /**
     * Folds up to this size, with a snapshot on the way wherever one is due: those are what past states are made from, so they must
     * not lie far apart where a fold has much to make up for.
     */
    private void advance(ProjectionRunner<?> runner, long size) {
        while (runner.folded() < size && !closed) {
            long due = runner.folded() + Math.max(1, snapshotEvents - runner.sinceSnapshot());
            runner.catchUp(Math.min(size, due));
            snapshotQuietly(runner, snapshotEvents, runner.folded());
        }
    }

    /** @param size what it is of, at least; what is not folded yet is folded for it */
    private void snapshotQuietly(ProjectionRunner<?> runner, long least, long size) {
        if (runner.failed() || runner.sinceSnapshot() < least) {
            return;
        }
        try {
            snapshot(runner, size);
        } catch (RuntimeException e) {
            // It is taken again later; until then a start folds a longer tail.
            LOG.warn("no snapshot of projection {}: {}", runner.projection.id(), e.getMessage(), e);
        }
    }

    /** Runs something while no snapshot is taken. */
    void exclusively(Runnable body) {
        storing.lock();
        try {
            body.run();
        } finally {
            storing.unlock();
        }
    }

    private void snapshot(ProjectionRunner<?> runner, long size) {
        exclusively(() -> store(runner, size));
    }

    private void store(ProjectionRunner<?> runner, long size) {
        ProjectionRunner.Encoded encoded = runner.encodeForSnapshot(size);
        String hash = blobs.put(encoded.bytes());
        Snapshot snapshot = new Snapshot(runner.projection.id(), runner.projection.version(), encoded.folded(), hash);
        try {
            journal.append(Append.of(snapshot.draft())).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StratoswarmException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private ProjectionRunner<?> runner(String id) {
        ProjectionRunner<?> runner = runners.get(id);
        if (runner == null) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no projection '" + id + "'; known are "
                            + runners.keySet().stream().sorted().toList());
        }
        return runner;
    }

    @Override
    public List<Status> list() {
        long size = journal.size();
        return runners.values().stream()
                .sorted(Comparator.comparing((ProjectionRunner<?> runner) -> runner.projection.id()))
                .map(runner -> status(runner, size))
                .toList();
    }

    private static Status status(ProjectionRunner<?> runner, long size) {
        if (runner.failed()) {
            return runner.status(runner.folded(), "");
        }
        ProjectionRunner.Encoded encoded = runner.encode(size);
        return runner.status(encoded.folded(), LmdbJournal.hex(new TreeHasher().plain(encoded.bytes())));
    }

    @Override
    public byte[] state(String id) {
        ProjectionRunner<?> runner = runner(id);
        long size = journal.size();
        if (!runner.failed()) {
            advance(runner, size);
        }
        return runner.encode(size).bytes();
    }

    /** The projections whose state is known, and how far each has come at least. */
    java.util.Map<String, Long> folded() {
        java.util.Map<String, Long> folded = new java.util.TreeMap<>();
        runners.forEach((id, runner) -> {
            if (!runner.failed()) {
                folded.put(id, runner.folded());
            }
        });
        return folded;
    }

    /** The ids of those that are not available, in their order. */
    List<String> failed() {
        return runners.entrySet().stream()
                .filter(each -> each.getValue().failed())
                .map(java.util.Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The projection of this id, for a fold beside the running one. */
    Projection<?> projection(String id) {
        return runner(id).projection;
    }

    @Override
    public byte[] refold(String id, long events) {
        if (events < 0 || events > journal.size()) {
            throw new StratoswarmException(
                    Kind.INVALID, "the journal has " + journal.size() + " events, not " + events);
        }
        if (events < journal.first()) {
            throw Damage.pruned(Math.max(0, events - 1), journal.first());
        }
        return runner(id).refold(new Snapshots(journal, blobs), events);
    }

    @Override
    public void snapshot() {
        Collection<ProjectionRunner<?>> all = runners.values();
        all.forEach(runner -> snapshot(runner, journal.size()));
    }

    /** Ends the thread and snapshots what has changed. The journal must still be open. */
    @Override
    public void close() {
        closed = true;
        journal.tail().wakeAll();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        runners.values().forEach(runner -> snapshotQuietly(runner, 1, journal.size()));
        runners.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
