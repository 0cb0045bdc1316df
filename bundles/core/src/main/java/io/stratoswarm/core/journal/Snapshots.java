package io.stratoswarm.core.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.store.BlobStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the stored state from which a fold can go on: the nearest snapshot, else the state at the cut, else nothing. */
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private final LmdbJournal journal;
    private final BlobStore blobs;

    Snapshots(LmdbJournal journal, BlobStore blobs) {
        this.journal = journal;
        this.blobs = blobs;
    }

    /** A state, and how many events are in it. */
    record Start<S>(S state, long folded) {}

    /**
     * @param before only snapshots that are told of before this event
     * @param most only such of at most so many events
     * @param tries how many are looked at
     * @throws StratoswarmException of kind GONE where the state at the cut is of another version, which this one cannot read
     */
    <S> Start<S> find(Projection<S> projection, long before, long most, int tries) {
        long restored = restored();
        long below = before;
        // One at a time: to look further back may open a sealed segment, which is checked as a whole before it is
        // mapped.
        for (int tried = 0; tried < tries; tried++) {
            List<Event> found = journal.read(EventQuery.all()
                    .to(below)
                    .subject(Snapshot.subject(projection.id()))
                    .type(Snapshot.TYPE)
                    .newestFirst()
                    .limit(1));
            if (found.isEmpty() || found.getFirst().sequence() < restored) {
                break;
            }
            below = found.getFirst().sequence();
            Snapshot snapshot = Snapshot.of(found.getFirst());
            if (snapshot.version() == projection.version()
                    && snapshot.folded() <= most
                    && snapshot.folded() >= journal.first()) {
                Optional<S> state = load(projection, snapshot);
                if (state.isPresent()) {
                    return new Start<>(state.get(), snapshot.folded());
                }
            }
        }
        return atCut(projection);
    }

    /**
     * A restore moves every event by one place, and with it what a snapshot says of itself; so those of before are not used. It does not
     * where the first places were free, because the journal had been pruned.
     */
    private long restored() {
        Optional<Event> first = journal.get(0);
        if (first.isEmpty() || !first.get().type().equals("JournalRestored")) {
            return 0;
        }
        try {
            var json = new ObjectMapper().readTree(first.get().payload());
            return json.path("shift").asLong(1) == 0 ? 0 : json.path("oldSize").asLong() + 1;
        } catch (IOException e) {
            throw new StratoswarmException(Kind.DAMAGED, "event 0 of type JournalRestored is not valid JSON", e);
        }
    }

    private <S> Start<S> atCut(Projection<S> projection) {
        long cut = journal.first();
        if (cut == 0) {
            return new Start<>(projection.initial(), 0);
        }
        Optional<Snapshot> stored = cut(cut).flatMap(pruning -> pruning.snapshots().stream()
                .filter(it -> it.projection().equals(projection.id()))
                .findFirst());
        if (stored.isEmpty()) {
            LOG.warn(
                    "projection {} was not there when the events before {} were pruned; it begins with that event",
                    projection.id(),
                    cut);
            return new Start<>(projection.initial(), cut);
        }
        int version = stored.get().version();
        if (version != projection.version() && !projection.reads(version)) {
            throw new StratoswarmException(
                    Kind.GONE,
                    "projection " + projection.id() + " is of version " + projection.version()
                            + " and cannot read the state of version " + version
                            + " that was kept when the events before " + cut
                            + " were pruned; what it shows is unavailable until a version is installed that can");
        }
        return load(projection, stored.get())
                .map(state -> new Start<>(state, cut))
                .orElseThrow(() -> new StratoswarmException(
                        Kind.DAMAGED,
                        "the state of projection " + projection.id() + " at the cut, event " + cut + ", blob "
                                + stored.get().stateHash() + ", is missing or damaged; restore it from a backup"));
    }

    /** The event that announced this cut. */
    Optional<Pruning> cut(long cut) {
        return journal.read(EventQuery.all().type(Pruning.TYPE).newestFirst().limit(10)).stream()
                .map(Pruning::of)
                .filter(pruning -> pruning.cut() == cut)
                .findFirst();
    }

    private <S> Optional<S> load(Projection<S> projection, Snapshot snapshot) {
        try {
            return blobs.get(snapshot.stateHash()).map(projection::decode);
        } catch (RuntimeException e) {
            // A snapshot only saves time; without it the fold begins earlier.
            LOG.warn(
                    "snapshot {} of projection {} at event {} is not used: {}",
                    snapshot.stateHash(),
                    projection.id(),
                    snapshot.folded(),
                    e.toString());
            return Optional.empty();
        }
    }
}
