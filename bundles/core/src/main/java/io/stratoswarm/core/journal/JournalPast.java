package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.store.BlobStore;
import java.time.Instant;

/** Folds past states anew, beside the running projections, from the snapshots that those have stored. */
public final class JournalPast implements PastStates {
    private static final int CHUNK = 1024;
    /** A snapshot is told of by an event that comes after the last one that is in it, on a busy journal a good deal after. */
    private static final long TOLD_WITHIN = 1 << 16;
    /** Of another version, or with bytes that are gone; then the fold begins earlier, in the end with nothing. */
    private static final int SNAPSHOTS_TRIED = 10_000;

    private final LmdbJournal journal;
    private final Snapshots snapshots;
    private final JournalProjections projections;

    JournalPast(LmdbJournal journal, BlobStore blobs, JournalProjections projections) {
        this.journal = journal;
        this.snapshots = new Snapshots(journal, blobs);
        this.projections = projections;
    }

    @Override
    public long eventsAt(long timeNanos) {
        long events = timeNanos == Long.MAX_VALUE ? journal.size() : journal.firstNotBefore(timeNanos + 1);
        if (events == journal.first() && timeNanos < journal.store().timeBeforeCut()) {
            throw new StratoswarmException(
                    Kind.GONE,
                    "what was before event " + events
                            + " has been pruned, so nothing is known of that moment any more; the journal"
                            + " tells of the time from "
                            + Instant.ofEpochSecond(0, journal.store().timeBeforeCut()) + " on");
        }
        return events;
    }

    @Override
    public State stateAt(String projection, long events) {
        Fold<?> fold = begun(projections.projection(projection), checked(events));
        fold.to(events);
        return new State(projection, fold.projection.version(), events, fold.state(), fold.snapshot);
    }

    @Override
    public Walk walk(String projection, long events) {
        Fold<?> fold = begun(projections.projection(projection), checked(events));
        fold.to(events);
        return fold;
    }

    private long checked(long events) {
        if (events < 0 || events > journal.size()) {
            throw new StratoswarmException(
                    Kind.INVALID, "the journal has " + journal.size() + " events, not " + events);
        }
        if (events < journal.first()) {
            throw Damage.pruned(Math.max(0, events - 1), journal.first());
        }
        return events;
    }

    /** At the nearest snapshot of this version that is not beyond the moment and whose bytes are there, else at the beginning. */
    private <S> Fold<S> begun(Projection<S> projection, long events) {
        Snapshots.Start<S> start = snapshots.find(projection, events + TOLD_WITHIN, events, SNAPSHOTS_TRIED);
        return new Fold<>(projection, start.state(), start.folded());
    }

    private final class Fold<S> implements Walk {
        final Projection<S> projection;
        final long snapshot;
        private S state;

        Fold(Projection<S> projection, S state, long snapshot) {
            this.projection = projection;
            this.state = state;
            this.snapshot = snapshot;
        }

        void to(long events) {
            long at = snapshot;
            while (at < events) {
                for (Event event : journal.chunk(at, events, CHUNK)) {
                    apply(event);
                    at = event.sequence() + 1;
                }
            }
        }

        @Override
        public void apply(Event event) {
            state = projection.apply(state, event);
        }

        @Override
        public byte[] state() {
            return projection.encode(state);
        }
    }
}
