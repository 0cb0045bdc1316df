package io.stratoswarm.audit.publish;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.api.log.LogFolders;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.verify.FolderVerifier;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A real journal in a folder, and its log. */
public final class LogFixture implements AutoCloseable {
    public static final JournalOptions SMALL = new JournalOptions(512, 256L << 20, 4096, 1 << 30);

    /** Moves by a millisecond with each look, and as the test says. */
    static final class Clock implements InstantSource {
        final AtomicLong millis = new AtomicLong(1_700_000_000_000L);

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.incrementAndGet());
        }
    }

    final Clock clock;
    public final OpenJournal opened;
    public final PublishedLog log;

    LogFixture(Path data, Clock clock, LogSettings settings) {
        this.clock = clock;
        this.opened = new OpenJournal(data, SMALL, clock, new SecureRandom());
        this.log = new PublishedLog(data, opened.journal(), opened.journal(), settings, clock, new SecureRandom());
    }

    public static LogFixture open(Path data) {
        return new LogFixture(data, new Clock(), LogSettings.DEFAULT);
    }

    public void fill(int count) {
        List<CompletableFuture<Receipt>> futures = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            futures.add(opened.journal()
                    .append(Append.of(EventDraft.json(
                            "Type" + n % 3, "test", "agent/" + n % 5, "system", List.of(), "{\"n\":" + n + "}"))));
        }
        futures.forEach(CompletableFuture::join);
    }

    public LogFolders.Source source() {
        return path -> log.get(path).map(TransparencyLog.Resource::bytes);
    }

    public LogFolders.Published publish(Path folder) {
        log.sign();
        return new Folders().publish(source(), folder);
    }

    public String key() {
        return log.status().keys().getFirst().verifierKey();
    }

    public static LogVerifier.Report verify(Path folder, String... keys) {
        return new FolderVerifier().verify(new LogVerifier.Request(folder, List.of(keys), List.of(), List.of(), 2));
    }

    static LogSettings settings(String... witnesses) {
        return new LogSettings(
                "stratoswarm",
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                java.util.Arrays.stream(witnesses)
                        .map(io.stratoswarm.audit.note.VerifierKey::parse)
                        .toList());
    }

    @Override
    public void close() {
        opened.close();
    }
}
