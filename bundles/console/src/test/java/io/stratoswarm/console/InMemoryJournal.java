package io.stratoswarm.console;

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
import io.stratoswarm.api.journal.Receipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A journal in a list. Its hashes are not hashes: what proofs are worth is tested where they are made. */
public final class InMemoryJournal implements Journal {
    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private final List<Event> events = new ArrayList<>();

    public void append(String type, String subject, String json) {
        append(Append.of(EventDraft.json(type, "test", subject, "system", List.of(), json)));
    }

    @Override
    public UUID id() {
        return ID;
    }

    @Override
    public synchronized long size() {
        return events.size();
    }

    @Override
    public synchronized CompletableFuture<Receipt> append(Append append) {
        long first = events.size();
        for (EventDraft draft : append.events()) {
            events.add(new Event(
                    ID,
                    events.size(),
                    InMemoryAgents.NOON + events.size(),
                    draft.type(),
                    draft.typeVersion(),
                    draft.source(),
                    draft.subject(),
                    draft.actor(),
                    draft.causes(),
                    draft.mediaType(),
                    draft.payload()));
        }
        notifyAll();
        return CompletableFuture.completedFuture(
                new Receipt(ID, first, append.events().size(), events.size(), InMemoryAgents.NOON, false));
    }

    @Override
    public synchronized Optional<Event> get(long sequence) {
        return sequence < events.size() ? Optional.of(events.get((int) sequence)) : Optional.empty();
    }

    @Override
    public synchronized List<Event> read(EventQuery query) {
        List<Event> ordered = new ArrayList<>(events);
        if (query.descending()) {
            Collections.reverse(ordered);
        }
        return ordered.stream()
                .filter(event -> event.sequence() >= query.fromSequence() && event.sequence() < query.toSequence())
                .filter(event ->
                        query.type().map(type -> fits(type, event.type())).orElse(true))
                .filter(event -> query.subject()
                        .map(subject -> fits(subject, event.subject()))
                        .orElse(true))
                .filter(event -> event.timeNanos() >= query.fromNanos() && event.timeNanos() < query.toNanos())
                .limit(query.limit())
                .toList();
    }

    private static boolean fits(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    @Override
    public long version(String subject) {
        return read(EventQuery.all().subject(subject)).size();
    }

    @Override
    public Subscription follow(long fromSequence, Consumer<Event> consumer) {
        return new Following(fromSequence, consumer);
    }

    private synchronized Event await(long sequence) throws InterruptedException {
        while (sequence >= events.size()) {
            wait();
        }
        return events.get((int) sequence);
    }

    private final class Following implements Subscription {
        private final Thread thread;
        private volatile long position;

        Following(long from, Consumer<Event> consumer) {
            position = from;
            thread = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        consumer.accept(await(position));
                        position++;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    @Override
    public Checkpoint checkpoint() {
        return new Checkpoint(ID, size(), "ab".repeat(32));
    }

    @Override
    public InclusionProof proveInclusion(long sequence, long treeSize) {
        if (sequence >= treeSize || treeSize > size()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "event " + sequence + " is not in a tree of " + treeSize + " events");
        }
        return new InclusionProof(sequence, treeSize, "cd".repeat(32), List.of("ef".repeat(32)), "ab".repeat(32));
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        return new ConsistencyProof(size1, size2, "cd".repeat(32), "ab".repeat(32), List.of());
    }
}
