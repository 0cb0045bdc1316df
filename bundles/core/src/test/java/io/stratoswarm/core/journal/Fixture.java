package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Receipt;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Journals for tests: a clock that the test moves, and small segments. */
final class Fixture {
    static final JournalOptions SMALL = new JournalOptions(64, 64L << 20, 1024, 1 << 30);

    /** Starts at a fixed moment and moves by a millisecond with each look. */
    static final class Clock implements InstantSource {
        final AtomicLong millis = new AtomicLong(1_700_000_000_000L);

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.incrementAndGet());
        }
    }

    private Fixture() {}

    static JournalTypes types(Path keys) {
        return new JournalTypes(new PersonKeys(keys, new SecureRandom()));
    }

    static LmdbJournal open(Path folder, JournalOptions options) {
        return open(folder, options, new Clock());
    }

    static LmdbJournal open(Path folder, JournalOptions options, InstantSource clock) {
        return LmdbJournal.open(
                folder.resolve("journal"), options, clock, new Random(7), types(folder.resolve("keys")));
    }

    static EventDraft draft(int n) {
        return EventDraft.json("Type" + n % 3, "test", "agent/" + n % 5, "system", List.of(), "{\"n\":" + n + "}");
    }

    /** Appends one event each and waits for all. */
    static List<Receipt> fill(LmdbJournal journal, int from, int to) {
        List<CompletableFuture<Receipt>> futures = new ArrayList<>();
        for (int n = from; n < to; n++) {
            futures.add(journal.append(Append.of(draft(n))));
        }
        return futures.stream().map(CompletableFuture::join).toList();
    }
}
