package io.stratoswarm.healing.trial;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Receipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Keeps what is appended, and a key once; folds it as it comes. */
final class InMemoryJournal implements Journal, Projections {
    private static final UUID ID = new UUID(1, 1);

    private final List<Event> events = new ArrayList<>();
    private final Map<String, Receipt> keys = new HashMap<>();
    private final Map<String, Folded<?>> folds = new HashMap<>();
    private final LongSupplier nanos;

    private static final class Folded<S> {
        private final Projection<S> of;
        private S state;

        Folded(Projection<S> of) {
            this.of = of;
            state = of.initial();
        }

        void apply(Event event) {
            state = of.apply(state, event);
        }

        byte[] state() {
            return of.encode(state);
        }

        Folded<S> anew() {
            return new Folded<>(of);
        }
    }

    InMemoryJournal(LongSupplier nanos, Projection<?>... projections) {
        this.nanos = nanos;
        for (Projection<?> each : projections) {
            folds.put(each.id(), new Folded<>(each));
        }
    }

    @Override
    public CompletableFuture<Receipt> append(Append append) {
        Receipt known = append.idempotencyKey().map(keys::get).orElse(null);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        long first = events.size();
        for (EventDraft draft : append.events()) {
            Event event = new Event(
                    ID,
                    events.size(),
                    nanos.getAsLong(),
                    draft.type(),
                    draft.typeVersion(),
                    draft.source(),
                    draft.subject(),
                    draft.actor(),
                    draft.causes(),
                    draft.mediaType(),
                    draft.payload());
            events.add(event);
            folds.values().forEach(fold -> fold.apply(event));
        }
        Receipt receipt = new Receipt(ID, first, append.events().size(), events.size(), first, false);
        append.idempotencyKey().ifPresent(key -> keys.put(key, receipt));
        return CompletableFuture.completedFuture(receipt);
    }

    @Override
    public UUID id() {
        return ID;
    }

    @Override
    public long size() {
        return events.size();
    }

    @Override
    public Optional<Event> get(long sequence) {
        return sequence < events.size() ? Optional.of(events.get((int) sequence)) : Optional.empty();
    }

    @Override
    public List<Event> read(EventQuery query) {
        Stream<Event> found = (query.descending() ? events.reversed() : events)
                .stream()
                        .filter(event -> event.sequence() >= query.fromSequence()
                                && event.sequence() < query.toSequence()
                                && query.type().map(event.type()::equals).orElse(true)
                                && query.subject().map(event.subject()::equals).orElse(true));
        return found.limit(query.limit()).toList();
    }

    private Folded<?> fold(String id) {
        return Optional.<Folded<?>>ofNullable(folds.get(id)).orElseThrow();
    }

    @Override
    public byte[] state(String id) {
        return fold(id).state();
    }

    @Override
    public byte[] refold(String id, long count) {
        Folded<?> anew = fold(id).anew();
        events.subList(0, (int) count).forEach(anew::apply);
        return anew.state();
    }

    @Override
    public List<Status> list() {
        return Collections.emptyList();
    }

    @Override
    public void snapshot() {}

    @Override
    public long version(String subject) {
        throw new UnsupportedOperationException(subject);
    }

    @Override
    public Subscription follow(long fromSequence, Consumer<Event> consumer) {
        throw new UnsupportedOperationException("nobody follows here");
    }

    @Override
    public Checkpoint checkpoint() {
        throw new UnsupportedOperationException("there is no tree here");
    }

    @Override
    public InclusionProof proveInclusion(long sequence, long treeSize) {
        throw new UnsupportedOperationException("there is no tree here");
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        throw new UnsupportedOperationException("there is no tree here");
    }
}
