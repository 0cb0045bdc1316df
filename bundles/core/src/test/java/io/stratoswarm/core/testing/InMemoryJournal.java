package io.stratoswarm.core.testing;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory. Appends become durable at once, or, after {@link #hold}, one by one when the test says so; they may be
 * refused as by a full disk. It has no tree.
 */
public final class InMemoryJournal implements Journal {
    private static final int MAX_PAYLOAD = 65_000;

    private final UUID id;
    private final InstantSource clock;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final Map<String, Receipt> byKey = new HashMap<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private boolean holds;
    private @Nullable StratoswarmException refusal;
    private long appends;

    private record Held(Append append, CompletableFuture<Receipt> future) {}

    public InMemoryJournal(InstantSource clock) {
        this(new UUID(1, 1), clock);
    }

    public InMemoryJournal(UUID id, InstantSource clock) {
        this.id = id;
        this.clock = clock;
    }

    /** From now on appends wait for {@link #sync}. */
    public synchronized void hold() {
        holds = true;
    }

    /** Makes the oldest waiting append durable; false where none waits. */
    public boolean sync() {
        Held next;
        synchronized (this) {
            next = held.poll();
        }
        if (next != null) {
            finish(next);
        }
        return next != null;
    }

    /** Everything durable, and no more waiting from now on. */
    public void release() {
        synchronized (this) {
            holds = false;
        }
        while (sync()) {
            // Each makes one durable.
        }
    }

    /** A crash: what waits is never written. */
    public synchronized int loseHeld() {
        int lost = held.size();
        held.clear();
        return lost;
    }

    /** Refuses appends with this failure; null accepts again. */
    public synchronized void refuse(@Nullable StratoswarmException failure) {
        refusal = failure;
    }

    /** How many appends were made durable. */
    public synchronized long appends() {
        return appends;
    }

    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public synchronized long size() {
        return events.size();
    }

    @Override
    public CompletableFuture<Receipt> append(Append append) {
        Held one = new Held(append, new CompletableFuture<>());
        synchronized (this) {
            if (holds) {
                held.add(one);
                return one.future;
            }
        }
        finish(one);
        return one.future;
    }

    private void finish(Held one) {
        Receipt receipt;
        try {
            receipt = write(one.append);
        } catch (StratoswarmException e) {
            one.future.completeExceptionally(e);
            return;
        }
        one.future.complete(receipt);
    }

    private synchronized Receipt write(Append append) {
        if (refusal != null) {
            throw refusal;
        }
        Receipt known = append.idempotencyKey().map(byKey::get).orElse(null);
        if (known != null) {
            return new Receipt(id, known.firstSequence(), known.count(), known.treeSize(), known.timeNanos(), true);
        }
        append.expectedVersions().forEach((subject, expected) -> {
            long actual = version(subject);
            if (actual != expected) {
                throw new StratoswarmException(
                        Kind.CONFLICT, subject + " has version " + actual + ", not " + expected + "; read it again");
            }
        });
        Instant now = clock.instant();
        long time = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        if (!events.isEmpty()) {
            time = Math.max(time, events.getLast().timeNanos());
        }
        for (EventDraft draft : append.events()) {
            if (draft.payload().length > MAX_PAYLOAD) {
                throw new StratoswarmException(Kind.INVALID, "an event of " + draft.subject() + " is too large");
            }
        }
        long first = events.size();
        for (EventDraft draft : append.events()) {
            events.add(event(draft, first, time));
            versions.merge(draft.subject(), 1L, Long::sum);
        }
        Receipt receipt = new Receipt(id, first, append.events().size(), events.size(), time, false);
        append.idempotencyKey().ifPresent(key -> byKey.put(key, receipt));
        appends++;
        notifyAll();
        return receipt;
    }

    private Event event(EventDraft draft, long first, long time) {
        long sequence = events.size();
        List<Cause> causes = draft.causes().stream()
                .map(cause -> cause instanceof Cause.InSameAppend(int index)
                        ? (Cause) new Cause.OfEvent(id, first + index)
                        : cause)
                .toList();
        for (Cause cause : causes) {
            if (cause instanceof Cause.OfEvent(UUID journal, long of) && journal.equals(id) && of >= sequence) {
                throw new IllegalArgumentException(draft.type() + " names a cause that is not before it: " + of);
            }
        }
        return new Event(
                id,
                sequence,
                time,
                draft.type(),
                draft.typeVersion(),
                draft.source(),
                draft.subject(),
                draft.actor(),
                causes,
                draft.mediaType(),
                draft.payload());
    }

    @Override
    public synchronized Optional<Event> get(long sequence) {
        return sequence < 0 || sequence >= events.size() ? Optional.empty() : Optional.of(events.get((int) sequence));
    }

    @Override
    public synchronized List<Event> read(EventQuery query) {
        List<Event> source = query.descending() ? events.reversed() : events;
        Stream<Event> matching = source.stream()
                .filter(e -> e.sequence() >= query.fromSequence() && e.sequence() < query.toSequence())
                .filter(e -> e.timeNanos() >= query.fromNanos() && e.timeNanos() < query.toNanos())
                .filter(e -> query.subject().map(p -> matches(p, e.subject())).orElse(true))
                .filter(e -> query.type().map(p -> matches(p, e.type())).orElse(true));
        return matching.limit(query.limit()).toList();
    }

    private static boolean matches(String pattern, String value) {
        return pattern.endsWith("*")
                ? value.startsWith(pattern.substring(0, pattern.length() - 1))
                : value.equals(pattern);
    }

    @Override
    public synchronized long version(String subject) {
        return versions.getOrDefault(subject, 0L);
    }

    @Override
    public Subscription follow(long fromSequence, Consumer<Event> consumer) {
        Following following = new Following(fromSequence, consumer);
        following.thread.start();
        return following;
    }

    private final class Following implements Subscription {
        private final Thread thread;
        private final Consumer<Event> consumer;
        private volatile long position;
        private volatile boolean closed;

        Following(long from, Consumer<Event> consumer) {
            this.position = from;
            this.consumer = consumer;
            this.thread = Thread.ofVirtual().name("follow").unstarted(this::run);
        }

        private void run() {
            while (!closed) {
                Event event;
                synchronized (InMemoryJournal.this) {
                    while (!closed && position >= events.size()) {
                        try {
                            InMemoryJournal.this.wait();
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                    if (closed) {
                        return;
                    }
                    event = events.get((int) position);
                }
                consumer.accept(event);
                position++;
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void close() {
            closed = true;
            synchronized (InMemoryJournal.this) {
                InMemoryJournal.this.notifyAll();
            }
            if (Thread.currentThread() != thread) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public Checkpoint checkpoint() {
        // It keeps no tree; who writes a root down gets one that cannot be mistaken for a real one.
        return new Checkpoint(id(), size(), "");
    }

    @Override
    public InclusionProof proveInclusion(long sequence, long treeSize) {
        throw noTree();
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        throw noTree();
    }

    private static UnsupportedOperationException noTree() {
        return new UnsupportedOperationException("the in-memory journal has no tree");
    }
}
