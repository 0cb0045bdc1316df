package io.stratoswarm.audit.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.core.journal.RetentionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrunedLogTest {
    @TempDir
    Path folder;

    /** In appends of a hundred, none of which spans two segments, so that these do not begin where bundles do. */
    private static void fill(LogFixture fixture, int hundreds) {
        for (int i = 0; i < hundreds; i++) {
            List<EventDraft> events = new ArrayList<>();
            for (int n = 0; n < 100; n++) {
                events.add(EventDraft.json("Type", "test", "agent/" + n % 5, "system", List.of(), "{\"n\":" + n + "}"));
            }
            fixture.opened
                    .journal()
                    .append(Append.of(events.toArray(new EventDraft[0])))
                    .join();
        }
    }

    @Test
    void shouldPublishAPrunedJournalThatExtendsWhatWasPublishedBefore() throws Exception {
        Path old = folder.resolve("old");
        Path fresh = folder.resolve("fresh");
        Path known = folder.resolve("known");
        String key;
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            fill(fixture, 10);
            fixture.publish(old);
            Files.copy(old.resolve("checkpoint"), known);
            key = fixture.key();
            fill(fixture, 6);
            fixture.opened
                    .retention()
                    .configure(
                            new RetentionSettings(0, 400, 0, Duration.ZERO, Duration.ofMinutes(1), Optional.empty()));
            long cut = fixture.opened
                    .retention()
                    .prune(OptionalLong.empty(), "x", "")
                    .orElseThrow()
                    .plan()
                    .cut();
            assertTrue(cut > 512 && cut % 256 != 0, "cut " + cut);
            fixture.publish(old);
            fixture.publish(fresh);
            assertEquals(
                    Long.toString(cut & ~255L),
                    Files.readString(fresh.resolve("minimum-index")).strip());
            assertEquals(Optional.empty(), fixture.log.get("tile/entries/000"));
            assertTrue(fixture.log.get("tile/0/000").isPresent());
        }
        assertFalse(Files.exists(fresh.resolve("tile/entries/000")));
        assertTrue(Files.exists(old.resolve("tile/entries/000")));
        for (Path each : List.of(old, fresh)) {
            LogVerifier.Report report = new io.stratoswarm.audit.verify.FolderVerifier()
                    .verify(new LogVerifier.Request(each, List.of(key), List.of(known), List.of(), 2));
            if (each.equals(old)) {
                assertEquals(List.of(), report.problems());
            } else {
                // The key was introduced by an entry that is kept, and whose bundle is not there; so it has to be
                // named.
                assertEquals(List.of(), report.problems());
                assertTrue(
                        report.notes().stream().anyMatch(note -> note.contains("pruned")),
                        report.notes().toString());
            }
            assertTrue(
                    report.notes().stream().anyMatch(note -> note.contains("is extended")),
                    report.notes().toString());
        }
        // What no event tells of is missing, not pruned.
        Files.delete(fresh.resolve("tile/entries/005"));
        LogVerifier.Report report = LogFixture.verify(fresh, key);
        assertTrue(
                report.problems().contains("tile/entries/005 is missing"),
                report.problems().toString());
        Path tile = fresh.resolve("tile/0/000");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[40] ^= 1;
        Files.write(tile, bytes);
        assertFalse(LogFixture.verify(fresh, key).ok());
    }
}
