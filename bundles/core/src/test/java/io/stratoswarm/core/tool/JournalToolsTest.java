package io.stratoswarm.core.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalToolsTest {
    private static final JournalOptions SMALL = new JournalOptions(200, 64L << 20, 1024, 1 << 30);
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_800_000_000_000L));

    @TempDir
    Path folder;

    Path data;

    @BeforeEach
    void name() {
        data = folder.resolve("data");
    }

    private OpenJournal open(Path root) {
        return new OpenJournal(root, SMALL, CLOCK, new SecureRandom());
    }

    static EventDraft draft(int n) {
        return EventDraft.json(
                "Type" + n % 3,
                "test",
                "agent/" + n % 7,
                "system",
                List.of(),
                "{\"n\":" + n + ",\"text\":\"" + "x".repeat(n % 400) + "\"}");
    }

    private static void fill(OpenJournal opened, int from, int to) {
        List<CompletableFuture<Receipt>> futures = new ArrayList<>();
        for (int n = from; n < to; n++) {
            futures.add(opened.journal().append(Append.of(draft(n)).withKey("key-" + n)));
        }
        futures.forEach(CompletableFuture::join);
    }

    @Test
    void shouldVerifyASoundJournalAlsoBesideARunningDaemon() {
        try (OpenJournal opened = open(data)) {
            fill(opened, 0, 1000);
            JournalTools.VerifyResult beside = JournalTools.verify(data);
            assertEquals(List.of(), beside.problems());
            assertEquals(opened.journal().checkpoint().rootHash(), beside.rootHash());
        }
        JournalTools.VerifyResult result = JournalTools.verify(data);
        assertEquals(List.of(), result.problems());
        assertTrue(result.ok());
        assertEquals(1000, result.size());
        assertEquals(JournalTools.checkpoint(data).rootHash(), result.rootHash());
        assertEquals(JournalTools.checkpoint(data).journal().toString(), result.journal());
    }

    @Test
    void shouldBackUpWhileAppendsGoOnAndRestoreAsANewJournal() throws Exception {
        JournalTools.BackupResult backup;
        String blob;
        UUID id;
        try (OpenJournal opened = open(data)) {
            fill(opened, 0, 700);
            id = opened.journal().id();
            opened.journal()
                    .append(Append.of(
                            EventDraft.json("Caused", "t", "s", "a", List.of(new Cause.OfEvent(id, 5)), "{}")))
                    .join();
            blob = opened.blobs().put("a blob".getBytes(StandardCharsets.UTF_8));
            opened.tables().open("test.table", 1).write(Map.of("k", Optional.of(new byte[] {1, 2})));
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                for (int i = 1_000; i < 1_300 && !over.get(); i += 10) {
                    fill(opened, i, i + 10);
                    LockSupport.parkNanos(20_000_000); // Few enough for the first keys to be known still.
                }
            });
            long before = opened.journal().checkpoint().size();
            backup = BackupProcess.run(data, folder.resolve("backup"));
            over.set(true);
            load.join();
            assertTrue(opened.journal().checkpoint().size() > before + 50, "appends went on meanwhile");
        }
        assertTrue(backup.size() >= 701);
        JournalTools.VerifyResult copied = JournalTools.verify(folder.resolve("backup"));
        assertEquals(List.of(), copied.problems());
        assertEquals(backup.rootHash(), copied.rootHash());
        assertEquals(backup.size(), copied.size());
        assertFalse(Files.exists(folder.resolve("backup/keys")));
        assertThrows(StratoswarmException.class, () -> JournalTools.backup(data, folder.resolve("backup")));

        Path restored = folder.resolve("restored");
        JournalTools.RestoreResult result = JournalTools.restore(folder.resolve("backup"), restored);
        assertEquals(backup.rootHash(), result.oldRootHash());
        assertNotEquals(backup.journal(), result.journal());
        JournalTools.VerifyResult verified = JournalTools.verify(restored);
        assertEquals(List.of(), verified.problems());
        assertEquals(backup.size() + 1, verified.size());
        try (OpenJournal opened = open(restored)) {
            Event first = opened.journal().get(0).orElseThrow();
            assertEquals("JournalRestored", first.type());
            assertTrue(first.payloadText().contains(backup.rootHash()));
            assertEquals(
                    new String(draft(3).payload(), StandardCharsets.UTF_8),
                    opened.journal().get(4).orElseThrow().payloadText());
            assertEquals(
                    List.of(new Cause.OfEvent(opened.journal().id(), 6)),
                    opened.journal().get(701).orElseThrow().causes());
            assertArrayEquals(
                    "a blob".getBytes(StandardCharsets.UTF_8),
                    opened.blobs().get(blob).orElseThrow());
            assertArrayEquals(
                    new byte[] {1, 2},
                    opened.tables().open("test.table", 1).get("k").orElseThrow());
            Receipt again = opened.journal()
                    .append(Append.of(draft(0)).withKey("key-" + 699))
                    .join();
            assertTrue(again.repeated());
            assertEquals(700, again.firstSequence());
        }
        assertThrows(StratoswarmException.class, () -> JournalTools.restore(folder.resolve("backup"), restored));
    }

    @Test
    void shouldExportOneCloudEventALine() throws Exception {
        try (OpenJournal opened = open(data)) {
            fill(opened, 0, 450);
            opened.journal()
                    .append(Append.of(new EventDraft(
                            "Binary",
                            3,
                            "t",
                            "s",
                            "uid:1000",
                            List.of(new Cause.OfEvent(opened.journal().id(), 5)),
                            "application/octet-stream",
                            new byte[] {0, 1, 2})))
                    .join();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(451, JournalTools.export(data, EventQuery.all(), out));
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertEquals(451, lines.length);
        ObjectMapper mapper = new ObjectMapper();
        JsonNode first = mapper.readTree(lines[7]);
        assertEquals("1.0", first.get("specversion").asText());
        assertEquals("7", first.get("id").asText());
        assertEquals("agent/0", first.get("subject").asText());
        assertEquals(7, first.get("data").get("n").asInt());
        assertEquals("2027-01-15T08:00:00Z", first.get("time").asText());
        JsonNode binary = mapper.readTree(lines[450]);
        assertArrayEquals(new byte[] {0, 1, 2}, binary.get("data_base64").binaryValue());
        assertEquals(3, binary.get("typeversion").asInt());
        assertTrue(binary.get("causes").asText().startsWith("event:"));
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        assertEquals(64, JournalTools.export(data, EventQuery.all().subject("agent/3"), some));
    }

    @Test
    void shouldGiveProofsAsJson() throws Exception {
        try (OpenJournal opened = open(data)) {
            fill(opened, 0, 300);
        }
        JsonNode inclusion = new ObjectMapper()
                .readTree(JournalTools.toJson(JournalTools.proveInclusion(data, 250, OptionalLong.empty())));
        assertEquals(300, inclusion.get("treeSize").asLong());
        assertEquals(
                JournalTools.checkpoint(data).rootHash(),
                inclusion.get("rootHash").asText());
        JsonNode consistency = new ObjectMapper()
                .readTree(JournalTools.toJson(JournalTools.proveConsistency(data, 100, OptionalLong.of(300))));
        assertEquals(inclusion.get("rootHash"), consistency.get("root2"));
    }

    @Test
    void shouldSayWhatToDoWithoutAJournal() {
        StratoswarmException e = assertThrows(StratoswarmException.class, () -> JournalTools.verify(data));
        assertEquals(StratoswarmException.Kind.NOT_FOUND, e.kind());
        assertTrue(String.valueOf(e.getMessage()).contains("--data"));
    }

    @Test
    void shouldRemoveWhatAFailedBackupCopiedAndSaySo() throws Exception {
        try (OpenJournal opened = open(data)) {
            fill(opened, 0, 100);
        }
        Files.delete(data.resolve("FORMAT"));
        StratoswarmException failure =
                assertThrows(StratoswarmException.class, () -> JournalTools.backup(data, folder.resolve("backup")));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("FORMAT"), message);
        assertTrue(message.endsWith("what was copied has been removed"), message);
        assertFalse(Files.exists(folder.resolve("backup.incomplete")));
        assertFalse(Files.exists(folder.resolve("backup")));
    }
}
