package io.stratoswarm.core.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.CursorIterable.KeyVal;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * A data folder as format 1 wrote it, table by table in a text: later versions must open it, verify it and go on with it. The text
 * is never made again for format 1; {@code -Dstratoswarm.fixture=FILE} writes one, for the first release of another format.
 */
class FormatOneTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_800_000_000_000L));
    private static final String SEGMENT = "segment-000000000000";
    private static final List<String> TABLES = List.of("events", "hashes", "index", "keys", "meta", "names");

    @TempDir
    Path folder;

    private static Env<ByteBuffer> env(Path segment, EnvFlags... flags) {
        return Env.create().setMapSize(64L << 20).setMaxDbs(8).open(segment.toFile(), 0600, flags);
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    private static ByteBuffer bytes(String hex) {
        byte[] all = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocateDirect(all.length).put(all).flip();
    }

    private OpenJournal open(Path data) {
        return new OpenJournal(data, JournalOptions.DEFAULT, CLOCK, new SecureRandom());
    }

    private static List<String> fixture() throws IOException {
        try (InputStream in = Objects.requireNonNull(FormatOneTest.class.getResourceAsStream("/format-1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Makes the folder with nothing but the text and LMDB. */
    private static String build(Path data, List<String> lines) throws IOException {
        Path segment = Files.createDirectories(data.resolve("journal").resolve(SEGMENT));
        Files.writeString(data.resolve("FORMAT"), "stratoswarm data format 1\n");
        String root = "";
        try (Env<ByteBuffer> env = env(segment)) {
            for (String table : TABLES) {
                env.openDbi(table, DbiFlags.MDB_CREATE);
            }
            for (String line : lines) {
                String[] words = line.split(" ");
                if (words[0].equals("root")) {
                    root = words[1];
                } else if (!line.startsWith("#")) {
                    env.openDbi(words[0]).put(bytes(words[1]), bytes(words[2]));
                }
            }
        }
        return root;
    }

    @Test
    void shouldOpenVerifyAndGoOnWithAFolderOfFormatOne() throws IOException {
        if (System.getProperty("stratoswarm.fixture") != null) {
            write(Path.of(System.getProperty("stratoswarm.fixture")));
        }
        Path data = folder.resolve("data");
        String root = build(data, fixture());
        JournalTools.VerifyResult verified = JournalTools.verify(data);
        assertEquals(List.of(), verified.problems());
        assertEquals(5, verified.size());
        assertEquals(root, verified.rootHash());
        try (OpenJournal opened = open(data)) {
            List<Event> events = opened.journal().read(EventQuery.all());
            assertEquals(
                    List.of("First", "Größe", "First", "First", "Caused"),
                    events.stream().map(Event::type).toList());
            assertEquals("{\"n\":3}", events.get(3).payloadText());
            assertEquals(List.of(events.get(0).asCause()), events.get(4).causes());
            assertEquals(3, opened.journal().version("agent/a"));
            assertTrue(opened.journal()
                    .append(Append.of(EventDraft.json("First", "t", "agent/a", "system", List.of(), "{}"))
                            .withKey("once"))
                    .join()
                    .repeated());
            assertEquals(root, opened.journal().checkpoint().rootHash());
            opened.journal()
                    .append(Append.of(EventDraft.json("New", "t", "agent/a", "system", List.of(), "{}")))
                    .join();
        }
        assertTrue(JournalTools.verify(data).ok());
    }

    private void write(Path target) throws IOException {
        Path data = folder.resolve("made");
        List<String> lines = new ArrayList<>();
        lines.add(
                "# A journal of data format 1 with leaves of format 1: table, key and value, in hexadecimal; then its root.");
        try (OpenJournal opened = open(data)) {
            var journal = opened.journal();
            journal.append(Append.of(EventDraft.json("First", "t", "agent/a", "system", List.of(), "{\"n\":0}")))
                    .join();
            journal.append(Append.of(EventDraft.json("Größe", "s", "日本", "uid:0", List.of(), "{\"n\":1}")))
                    .join();
            journal.append(Append.of(
                                    EventDraft.json("First", "t", "agent/a", "system", List.of(), "{\"n\":2}"),
                                    EventDraft.json("First", "t", "agent/a", "system", List.of(), "{\"n\":3}"))
                            .withKey("once"))
                    .join();
            journal.append(Append.of(EventDraft.json(
                            "Caused", "t", "agent/b", "uid:0", List.of(new Cause.OfEvent(journal.id(), 0)), "{}")))
                    .join();
            lines.add("root " + journal.checkpoint().rootHash());
        }
        try (Env<ByteBuffer> env = env(data.resolve("journal").resolve(SEGMENT), EnvFlags.MDB_RDONLY_ENV)) {
            for (String table : TABLES) {
                Dbi<ByteBuffer> dbi = env.openDbi(table);
                try (Txn<ByteBuffer> txn = env.txnRead();
                        var all = dbi.iterate(txn)) {
                    for (KeyVal<ByteBuffer> each : all) {
                        lines.add(table + " " + hex(each.key()) + " " + hex(each.val()));
                    }
                }
            }
        }
        Files.write(target, lines);
    }
}
