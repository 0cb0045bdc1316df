package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.store.BlobStore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folds events into the state of one projection, from the newest snapshot of its version on. */
final class ProjectionRunner<S> {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionRunner.class);
    private static final int SNAPSHOTS_TRIED = 20;
    private static final int CHUNK = 1024;

    final Projection<S> projection;
    private final LmdbJournal journal;
    private final ReentrantLock lock = new ReentrantLock();
    private S state;
    private volatile long folded;
    private volatile long sinceSnapshot;
    private @Nullable StratoswarmException failure;

    private ProjectionRunner(Projection<S> projection, LmdbJournal journal, S state, long folded) {
        this.projection = projection;
        this.journal = journal;
        this.state = state;
        this.folded = folded;
    }

    /** Starts at the newest snapshot of this id and version whose bytes are still there, else at the cut or from zero. */
    static <S> ProjectionRunner<S> start(Projection<S> projection, LmdbJournal journal, BlobStore blobs) {
        try {
            Snapshots.Start<S> start =
                    new Snapshots(journal, blobs).find(projection, Long.MAX_VALUE, Long.MAX_VALUE, SNAPSHOTS_TRIED);
            return new ProjectionRunner<>(projection, journal, start.state(), start.folded());
        } catch (StratoswarmException e) {
            // It is unavailable; the others are not.
            LOG.error("{}", e.getMessage());
            ProjectionRunner<S> failed =
                    new ProjectionRunner<>(projection, journal, projection.initial(), journal.first());
            failed.failure = e;
            return failed;
        }
    }

    /** Folds everything up to this size. */
    void catchUp(long size) {
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            while (folded < size) {
                for (Event event : journal.chunk(folded, size, CHUNK)) {
                    apply(event);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void apply(Event event) {
        try {
            state = projection.apply(state, event);
        } catch (RuntimeException e) {
            failure = new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "projection " + projection.id() + " failed at event " + event.sequence() + " (" + event.type()
                            + "): " + e + "; it stays unavailable until its bundle is updated",
                    e);
            throw failure;
        }
        folded = event.sequence() + 1;
        if (!event.type().equals(Snapshot.TYPE)) {
            sinceSnapshot++;
        }
    }

    long folded() {
        return folded;
    }

    /** Events folded since the last snapshot, not counting the events that tell of snapshots. */
    long sinceSnapshot() {
        return sinceSnapshot;
    }

    boolean failed() {
        return failure != null;
    }

    /** The encoded state once everything up to this size is folded, and how far that is. */
    Encoded encode(long size) {
        lock.lock();
        try {
            catchUp(size);
            return new Encoded(projection.encode(state), folded);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #encode} of what is folded at least, and counts what is folded from here on anew. */
    Encoded encodeForSnapshot(long size) {
        lock.lock();
        try {
            Encoded encoded = encode(Math.max(size, folded));
            sinceSnapshot = 0;
            return encoded;
        } finally {
            lock.unlock();
        }
    }

    record Encoded(byte[] bytes, long folded) {}

    Projections.Status status(long folded, String hash) {
        return new Projections.Status(projection.id(), projection.version(), folded, hash);
    }

    /** Folds from zero, or from the state at the cut, apart from the running state. */
    byte[] refold(Snapshots snapshots, long events) {
        Snapshots.Start<S> start = snapshots.find(projection, 0, 0, 0);
        S fresh = start.state();
        long at = start.folded();
        while (at < events) {
            for (Event event : journal.chunk(at, events, CHUNK)) {
                fresh = projection.apply(fresh, event);
                at = event.sequence() + 1;
            }
        }
        return projection.encode(fresh);
    }
}
