package io.stratoswarm.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.data.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Dbi;

class StoresTest {
    @TempDir
    Path folder;

    private static Kind kind(Runnable action) {
        return assertThrows(StratoswarmException.class, action::run).kind();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepTablesApartAndRefuseANewerVersion() {
        try (LmdbTableStore store = new LmdbTableStore(folder.resolve("tables"))) {
            TableStore.Table one = store.open("test.one", 2);
            assertEquals(0, one.storedVersion());
            one.write(Map.of(
                    "a1", Optional.of(bytes("x")), "a2", Optional.of(bytes("y")), "b", Optional.of(new byte[0])));
            store.open("test.one-more", 1).write(Map.of("a3", Optional.of(bytes("z"))));
            one.write(Map.of("a1", Optional.empty(), "a4", Optional.of(bytes("w"))));
        }
        try (LmdbTableStore store = new LmdbTableStore(folder.resolve("tables"))) {
            TableStore.Table one = store.open("test.one", 2);
            assertEquals(2, one.storedVersion());
            assertEquals(
                    List.of("a2", "a4"),
                    one.scan("a", "", 10).stream().map(Map.Entry::getKey).toList());
            assertEquals(
                    List.of("a4", "b"),
                    one.scan("", "a3", 10).stream().map(Map.Entry::getKey).toList());
            assertTrue(one.get("a1").isEmpty());
            assertEquals(0, one.get("b").orElseThrow().length);
            assertEquals(Kind.CONFLICT, kind(() -> store.open("test.one", 1)));
            assertEquals(Kind.INVALID, kind(() -> store.open("Bad Name", 1)));
            assertEquals(Kind.INVALID, kind(() -> one.get("k".repeat(401))));
        }
    }

    /** LMDB writes to its lock file through a map, which would end the process where there is no page left for it. */
    @Test
    void shouldBeRefusedOnAFullDisk() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()) == 0,
                "a small file system cannot be mounted here");
        try {
            for (int pages = 0; pages < 12; pages++) {
                Path filler = disk.resolve("filler");
                Files.write(filler, new byte[(64 - pages) * 4096]);
                try (Environment opened = new Environment(disk.resolve("e" + pages), 1 << 20)) {
                    assertTrue(pages > 3, "opened with room for " + pages + " pages");
                } catch (StratoswarmException e) {
                    assertEquals(Kind.FULL, e.kind(), e.getMessage());
                    assertTrue(pages < 11, e.getMessage());
                }
                Folders.delete(disk.resolve("e" + pages));
                Files.delete(filler);
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void shouldLetGoOfThePagesThatWereRead() throws Exception {
        try (Environment opened = new Environment(folder.resolve("large"), 1 << 26)) {
            Dbi<ByteBuffer> table = opened.table("t");
            opened.write(txn -> {
                for (byte each = 0; each < 64; each++) {
                    table.put(
                            txn, Environment.direct(new byte[] {each}), Environment.direct(bytes("x".repeat(1 << 16))));
                }
                return null;
            });
            assertEquals(64 << 16, read(opened, table));
            long before = resident("large/data.mdb");
            assertTrue(before > 3 << 10, before + " KiB");
            opened.releasePages();
            assertTrue(resident("large/data.mdb") < 256, resident("large/data.mdb") + " KiB");
            assertEquals(64 << 16, read(opened, table));
        }
    }

    private static int read(Environment opened, Dbi<ByteBuffer> table) {
        return opened.read(txn -> {
            int sum = 0;
            for (byte each = 0; each < 64; each++) {
                byte[] value =
                        Environment.copy(Objects.requireNonNull(table.get(txn, Environment.direct(new byte[] {each}))));
                for (byte b : value) {
                    sum += b == 'x' ? 1 : 0;
                }
            }
            return sum;
        });
    }

    /** What this process holds of a map of a file, in KiB. */
    private static long resident(String file) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        long sum = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).endsWith(file)) {
                sum += lines.subList(i, i + 6).stream()
                        .filter(line -> line.startsWith("Rss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            }
        }
        return sum;
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void shouldQueueUntilAcknowledgedWithinItsLimit() {
        try (LmdbQueueStore store = new LmdbQueueStore(folder.resolve("queues"))) {
            QueueStore.Queue queue = store.open("q", 10);
            assertEquals(0, queue.append(List.of(bytes("abc"), bytes("de"))));
            assertEquals(2, queue.append(List.of(bytes("fgh"))));
            assertEquals(Kind.FULL, kind(() -> queue.append(List.of(bytes("too long")))));
            assertEquals(8, queue.bytes());
            queue.acknowledge(1);
        }
        try (LmdbQueueStore store = new LmdbQueueStore(folder.resolve("queues"))) {
            QueueStore.Queue queue = store.open("q", 10);
            assertEquals(List.of(1L, 3L, 5L), List.of(queue.head(), queue.tail(), queue.bytes()));
            List<QueueStore.Entry> entries = queue.read(0, 10);
            assertEquals(
                    List.of(1L, 2L),
                    entries.stream().map(QueueStore.Entry::position).toList());
            assertArrayEquals(bytes("fgh"), entries.get(1).record());
            store.delete("q");
            assertEquals(Kind.NOT_FOUND, kind(queue::head));
            assertEquals(0, store.open("q", 10).tail());
        }
    }

    @Test
    void shouldChangeSeveralQueuesAtOnceOrNone() {
        try (LmdbQueueStore store = new LmdbQueueStore(folder.resolve("queues"))) {
            QueueStore.Queue one = store.open("one", 10);
            QueueStore.Queue two = store.open("two", 10);
            store.write(List.of(
                    new QueueStore.Change(one, 0, List.of(bytes("abc"), bytes("def"))),
                    new QueueStore.Change(two, 0, List.of(bytes("0123456789")))));
            assertEquals(List.of(2L, 1L), List.of(one.tail(), two.tail()));
            assertEquals(
                    Kind.FULL,
                    kind(() -> store.write(List.of(
                            new QueueStore.Change(one, 2, List.of(bytes("g"))),
                            new QueueStore.Change(two, 0, List.of(bytes("x")))))));
            assertEquals(List.of(0L, 2L, 6L), List.of(one.head(), one.tail(), one.bytes()));
            store.write(List.of(
                    new QueueStore.Change(one, 5, List.of(bytes("gh"))),
                    new QueueStore.Change(two, 1, List.of(bytes("x")))));
            assertEquals(List.of(2L, 3L, 2L), List.of(one.head(), one.tail(), one.bytes()));
            assertArrayEquals(bytes("x"), two.read(0, 5).getFirst().record());
        }
    }

    @Test
    void shouldCheckBlobsAgainstTheirHash() throws IOException {
        FileBlobStore store = new FileBlobStore(folder.resolve("blobs"));
        String hash = store.put(bytes("abc"));
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hash);
        assertEquals(hash, store.put(Files.newInputStream(Files.write(folder.resolve("in"), bytes("abc")))));
        assertArrayEquals(bytes("abc"), store.get(hash).orElseThrow());
        assertTrue(store.get("0".repeat(64)).isEmpty());
        assertEquals(Kind.INVALID, kind(() -> store.get("../../etc/passwd")));
        Files.write(folder.resolve("blobs/ba").resolve(hash), bytes("abd"));
        assertEquals(Kind.DAMAGED, kind(() -> store.get(hash)));
    }

    @Test
    void shouldRefuseADamagedDatabaseInsteadOfMappingIt() throws IOException {
        new LmdbTableStore(folder.resolve("tables")).close();
        Path file = folder.resolve("tables/data.mdb");
        byte[] content = Files.readAllBytes(file);
        content[16] ^= 1;
        Files.write(file, content);
        assertEquals(Kind.DAMAGED, kind(() -> new LmdbTableStore(folder.resolve("tables"))));
    }
}
