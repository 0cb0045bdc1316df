package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.merkle.TreeHasher;
import io.stratoswarm.core.store.StorageFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.LmdbException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer, used by one thread at a time. {@link #step} takes what is waiting, decides each append against all that came before it, writes all in
 * one transaction with one sync, and only then answers. A test may call it without a thread.
 */
final class JournalWriter {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    /** A clock that is back by less is held without a word; ordinary clock discipline does that. */
    private static final long STEP_NANOS = 1_000_000;

    private final UUID id;
    private final Path folder;
    private final Segments segments;
    private final SegmentFactory factory;
    private final JournalOptions options;
    private final InstantSource clock;
    private final LongConsumer durable;
    private final Consumer<List<Pending>> answers;
    private final TreeHasher hasher;
    private final LeafHashes leafHashes = new LeafHashes();
    private SegmentWriter active;
    /** The time of the first event of the active segment; the greatest value where it has none. */
    private long since;

    private boolean stepped;
    private @Nullable StratoswarmException broken;

    JournalWriter(
            UUID id,
            Path folder,
            Segments segments,
            SegmentFactory factory,
            JournalOptions options,
            InstantSource clock,
            LongConsumer durable,
            Consumer<List<Pending>> answers,
            TreeHasher hasher,
            SegmentWriter active,
            long since) {
        this.id = id;
        this.folder = folder;
        this.segments = segments;
        this.factory = factory;
        this.options = options;
        this.clock = clock;
        this.durable = durable;
        this.answers = answers;
        this.hasher = hasher;
        this.active = active;
        this.since = since;
        active.hashWith(leafHashes);
    }

    /** Ends what runs beside the writer. */
    void end() {
        leafHashes.end();
    }

    /** Writes these appends and completes their futures, in order. */
    void step(List<Pending> batch) {
        if (broken != null) {
            refuse(batch, broken);
            return;
        }
        int done = 0;
        while (done < batch.size()) {
            int start = done;
            try {
                if (rollDue()) {
                    roll();
                }
                done = write(batch, start);
            } catch (StratoswarmException e) {
                abandon(batch.subList(start, batch.size()), e);
                return;
            } catch (LmdbException e) {
                abandon(batch.subList(start, batch.size()), StorageFailure.of(e, folder, "cannot append"));
                return;
            } catch (RuntimeException | Error e) {
                abandon(
                        batch.subList(start, batch.size()),
                        new StratoswarmException(Kind.SYSTEM, "the journal's writer failed: " + e, e));
                throw e;
            }
            acknowledge(batch.subList(start, done));
        }
    }

    /** Whether the next append begins a new segment. */
    boolean rollDue() {
        return active.size() - active.segment.first >= options.segmentEvents()
                || since != Long.MAX_VALUE
                        && active.lastTime() - since >= options.segmentAge().toNanos();
    }

    /** Writes from this index on until the batch or the segment ends; returns the index after the last one written. */
    private int write(List<Pending> batch, int start) {
        long now = nanos();
        active.begin();
        int at = start;
        for (; at < batch.size() && active.size() - active.segment.first < options.segmentEvents(); at++) {
            Pending pending = batch.get(at);
            try {
                pending.receipt = one(pending, now);
            } catch (StratoswarmException e) {
                // One is thrown before the first event of its append is written, so the others are untouched.
                pending.refusal = e;
            }
        }
        active.commit();
        return at;
    }

    private Receipt one(Pending pending, long now) {
        String key = pending.idempotencyKey;
        if (key != null) {
            StoredReceipt known = active.receipt(key);
            if (known != null) {
                return receipt(known.firstSequence(), known.count(), known.timeNanos(), true);
            }
        }
        for (Map.Entry<String, Long> expected : pending.expectedVersions.entrySet()) {
            long version = active.version(expected.getKey());
            if (version != expected.getValue()) {
                throw new StratoswarmException(
                        Kind.CONFLICT,
                        "subject " + expected.getKey() + " has " + version + " events, the append expected "
                                + expected.getValue() + "; read its state again and decide anew");
            }
        }
        long time = time(now);
        long first = active.size();
        since = Math.min(since, time);
        for (Leaf.Draft draft : pending.drafts) {
            active.append(draft, time, first);
        }
        if (key != null) {
            active.remember(key, new StoredReceipt(first, pending.drafts.size(), time));
        }
        return receipt(first, pending.drafts.size(), time, false);
    }

    private Receipt receipt(long first, int count, long time, boolean repeated) {
        return new Receipt(id, first, count, first + count, time, repeated);
    }

    /** The time for the next append: never before the last one, and an event tells of a clock that was set back. */
    private long time(long now) {
        long last = active.lastTime();
        if (now >= last) {
            stepped = false;
            return now;
        }
        if (!stepped && last - now >= STEP_NANOS) {
            stepped = true;
            String json = "{\"fromNanos\":" + last + ",\"toNanos\":" + now + "}";
            EventDraft event = EventDraft.json("ClockStepped", "core.journal", "clock", "system", List.of(), json);
            active.append(Leaf.encode(event, id, 0), last, active.size());
        }
        return last;
    }

    private void roll() {
        SegmentWriter next = factory.createNext(id, active, hasher);
        next.hashWith(leafHashes);
        segments.add(next.segment);
        active = next;
        since = Long.MAX_VALUE;
    }

    private void acknowledge(List<Pending> decided) {
        durable.accept(active.size());
        answers.accept(decided);
    }

    /** Takes back what was not committed. A full disk passes; after any other failure nothing more is written. */
    private void abandon(List<Pending> batch, StratoswarmException failure) {
        active.abort();
        stepped = false;
        if (failure.kind() == Kind.FULL) {
            LOG.warn("{} of {} appends refused: {}", batch.size(), batch.size(), failure.getMessage());
        } else {
            broken = new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "the journal takes no more events until the daemon is restarted, because: " + failure.getMessage(),
                    failure);
            LOG.error("{}", broken.getMessage(), failure);
        }
        refuse(batch, failure);
    }

    private void refuse(List<Pending> batch, StratoswarmException failure) {
        for (Pending pending : batch) {
            pending.refusal = pending.refusal != null ? pending.refusal : failure;
        }
        answers.accept(batch);
    }

    private long nanos() {
        Instant now = clock.instant();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }
}
