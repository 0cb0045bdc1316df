package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.tool.JournalTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a file system in memory of a few MiB. */
@Timeout(60)
class FullDiskTest {
    @TempDir
    Path folder;

    private static int run(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }

    private static EventDraft large(int n) {
        return EventDraft.json(
                "Large", "test", "s", "system", List.of(), "{\"n\":" + n + ",\"t\":\"" + "x".repeat(30_000) + "\"}");
    }

    @Test
    void shouldWriteNothingOnAFullDiskAndGoOnOnceThereIsRoom() throws Exception {
        assumeTrue(Linux.effectiveUser() == 0, "only root can mount a small file system");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString()) == 0, "mount is refused");
        try {
            fillAndFree(disk.resolve("data"), disk.resolve("filler"));
        } finally {
            assertEquals(0, run("umount", disk.toString()));
        }
    }

    private static void fillAndFree(Path data, Path filler) throws Exception {
        List<Long> acknowledged = new ArrayList<>();
        try (OpenJournal opened =
                new OpenJournal(data, JournalOptions.DEFAULT, new Fixture.Clock(), new SecureRandom())) {
            LmdbJournal journal = opened.journal();
            Files.write(filler, new byte[7 << 20]);
            @Nullable StratoswarmException full = null;
            for (int n = 0; full == null && n < 1_000; n++) {
                try {
                    acknowledged.add(journal.append(Append.of(large(n)))
                            .get(20, TimeUnit.SECONDS)
                            .firstSequence());
                } catch (java.util.concurrent.ExecutionException e) {
                    full = (StratoswarmException) Objects.requireNonNull(e.getCause());
                }
            }
            assertTrue(acknowledged.size() > 3, "the disk was full at once");
            Objects.requireNonNull(full, "the disk never became full");
            assertEquals(Kind.FULL, full.kind(), String.valueOf(full.getMessage()));
            assertTrue(
                    String.valueOf(full.getMessage()).contains("free some space"), String.valueOf(full.getMessage()));
            assertEquals(acknowledged.getLast() + 1, journal.size());
            String root = journal.checkpoint().rootHash();
            @Nullable Kind again = null;
            try {
                journal.append(Append.of(large(5_000), large(5_001))).join();
            } catch (CompletionException e) {
                again = ((StratoswarmException) Objects.requireNonNull(e.getCause())).kind();
            }
            assertEquals(Kind.FULL, again);
            assertEquals(root, journal.checkpoint().rootHash());

            Files.delete(filler);
            long next = journal.append(Append.of(large(9_999)))
                    .get(20, TimeUnit.SECONDS)
                    .firstSequence();
            assertEquals(acknowledged.getLast() + 1, next, "a refused event left a gap");
            assertAllThere(journal, acknowledged.size() + 1);
        }
        JournalTools.VerifyResult verified = JournalTools.verify(data);
        assertEquals(List.of(), verified.problems());
        assertTrue(verified.ok());
    }

    private static void assertAllThere(LmdbJournal journal, int expected) {
        List<Event> events = journal.read(EventQuery.all().type("Large").limit(2_000));
        assertEquals(expected, events.size());
        for (int n = 0; n + 1 < expected; n++) {
            assertTrue(events.get(n).payloadText().startsWith("{\"n\":" + n + ","), "event " + n);
        }
        assertTrue(events.getLast().payloadText().startsWith("{\"n\":9999,"));
    }
}
