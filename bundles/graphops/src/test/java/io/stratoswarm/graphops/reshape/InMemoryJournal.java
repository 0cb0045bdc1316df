package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps what is appended, and a key once. */
final class InMemoryJournal implements Journal {
    private static final UUID ID = new UUID(1, 1);

    final List<Event> events = new CopyOnWriteArrayList<>();
    private final Map<String, Receipt> keys = new HashMap<>();

    @Override
    public synchronized CompletableFuture<Receipt> append(Append append) {
        Receipt known = append.idempotencyKey().map(keys::get).orElse(null);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        long first = events.size();
        for (EventDraft draft : append.events()) {
            events.add(new Event(
                    ID,
                    events.size(),
                    events.size(),
                    draft.type(),
                    draft.typeVersion(),
                    draft.source(),
                    draft.subject(),
                    draft.actor(),
                    draft.causes(),
                    draft.mediaType(),
                    draft.payload()));
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
        throw new UnsupportedOperationException();
    }

    @Override
    public long version(String subject) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription follow(long fromSequence, Consumer<Event> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Checkpoint checkpoint() {
        throw new UnsupportedOperationException();
    }

    @Override
    public InclusionProof proveInclusion(long sequence, long treeSize) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        throw new UnsupportedOperationException();
    }
}
