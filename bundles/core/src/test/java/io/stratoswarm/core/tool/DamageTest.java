package io.stratoswarm.core.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.lmdbfile.LmdbCheck;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages the files of a journal in many ways. The test's own JVM opens and reads them, so it would die if a daemon would. */
class DamageTest {
    private static final JournalOptions SMALL = new JournalOptions(400, 64L << 20, 1024, 1 << 30);
    private static final int EVENTS = 1000;
    private static final int PAGE = 4096;

    @TempDir
    static Path shared;

    private static Path original;
    private static String root = "";
    private static final List<String> payloads = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void build() {
        original = shared.resolve("original");
        try (OpenJournal opened = open(original)) {
            List<CompletableFuture<Receipt>> futures = new ArrayList<>();
            for (int n = 0; n < EVENTS; n++) {
                // Single commits now and then leave old pages and a list of free ones in the file.
                futures.add(opened.journal()
                        .append(Append.of(JournalToolsTest.draft(n)).withKey("key-" + n)));
                payloads.add(new String(JournalToolsTest.draft(n).payload(), java.nio.charset.StandardCharsets.UTF_8));
                if (n % 10 == 0) {
                    futures.getLast().join();
                }
            }
            futures.forEach(CompletableFuture::join);
            root = opened.journal().checkpoint().rootHash();
        }
    }

    @AfterAll
    static void keepNothing() throws IOException {
        Folders.delete(original);
    }

    private static OpenJournal open(Path data) {
        return new OpenJournal(data, SMALL, InstantSource.system(), new SecureRandom());
    }

    private Path copy(String name) throws IOException {
        Path target = folder.resolve(name);
        try (Stream<Path> walk = Files.walk(original)) {
            for (Path each : walk.sorted().toList()) {
                Files.copy(each, target.resolve(original.relativize(each).toString()));
            }
        }
        return target;
    }

    private static List<Path> files(Path data) throws IOException {
        try (Stream<Path> walk = Files.walk(data.resolve("journal"))) {
            return walk.filter(path -> path.endsWith("data.mdb")).sorted().toList();
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(at);
            int old = open.read();
            open.seek(at);
            open.write(old ^ 1 << bit);
        }
    }

    /** What a daemon does with the folder: it opens it, reads all, and appends. True where all that was read was right. */
    private static boolean useAsADaemonDoes(Path data) {
        try (OpenJournal opened = open(data)) {
            for (int n = 0; n < EVENTS; n += 50) {
                try {
                    for (Event event :
                            opened.journal().read(EventQuery.all().from(n).limit(50))) {
                        if (event.sequence() < EVENTS) {
                            assertEquals(payloads.get((int) event.sequence()), event.payloadText());
                        }
                    }
                    opened.journal()
                            .read(EventQuery.all().subject("agent/1").from(n).limit(20));
                } catch (StratoswarmException e) {
                    assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
                    assertTrue(String.valueOf(e.getMessage()).matches("(?s).*[0-9].*"), e.getMessage());
                }
            }
            try {
                opened.journal().append(Append.of(JournalToolsTest.draft(1))).join();
            } catch (java.util.concurrent.CompletionException e) {
                assertTrue(e.getCause() instanceof StratoswarmException, e.toString());
            }
            return true;
        } catch (StratoswarmException e) {
            assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
            assertTrue(String.valueOf(e.getMessage()).contains("salvage"), e.getMessage());
            return false;
        }
    }

    @Test
    void shouldSurviveBitFlipsInPageHeaders() throws IOException {
        Random random = new Random(11);
        Path data = copy("flipped");
        List<Path> files = files(data);
        int refused = 0;
        for (int round = 0; round < Integer.getInteger("stratoswarm.damage.rounds", 300); round++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] before = Files.readAllBytes(file);
            long page = random.nextInt(before.length / PAGE);
            flip(file, page * PAGE + random.nextInt(page < 2 ? 160 : 32), random.nextInt(8));
            refused += useAsADaemonDoes(data) ? 0 : 1;
            restore(data, files);
        }
        assertTrue(refused > 0, "not one flip in the newest segment was noticed");
    }

    private void restore(Path data, List<Path> files) throws IOException {
        for (Path file : files) {
            Path source = original.resolve(data.relativize(file).toString());
            Files.write(file, Files.readAllBytes(source));
        }
        // The daemon may have begun another segment.
        for (Path file : files(data)) {
            if (!files.contains(file)) {
                Folders.delete(file.resolveSibling(".").normalize());
            }
        }
    }

    @Test
    void shouldSurviveBitFlipsAnywhereAndLoseNothingOutsideThem() throws IOException {
        Random random = new Random(12);
        for (int round = 0; round < 12; round++) {
            Path data = copy("any-" + round);
            List<Path> files = files(data);
            for (int flips = 0; flips < 5; flips++) {
                Path file = files.get(random.nextInt(files.size()));
                flip(file, random.nextLong(Files.size(file)), random.nextInt(8));
            }
            useAsADaemonDoes(copyOf(data, "used-" + round));
            // Each flip damages at most the one event that it lies in.
            salvageAndCheck(data, 5);
            Folders.delete(data);
        }
    }

    private Path copyOf(Path data, String name) throws IOException {
        Path target = folder.resolve(name);
        try (Stream<Path> walk = Files.walk(data)) {
            for (Path each : walk.sorted().toList()) {
                Files.copy(each, target.resolve(data.relativize(each).toString()));
            }
        }
        return target;
    }

    private static JournalTools.SalvageResult salvageAndCheck(Path data, long mostLost) {
        JournalTools.SalvageResult result = JournalTools.salvage(data);
        long lost = result.lost().stream()
                .mapToLong(range -> range.to() - range.from())
                .sum();
        assertTrue(lost <= mostLost, "lost " + result.lost());
        assertEquals(EVENTS - lost, result.recovered());
        assertTrue(Files.isDirectory(result.kept()));
        JournalTools.VerifyResult verified = JournalTools.verify(data);
        assertEquals(List.of(), verified.problems());
        try (OpenJournal opened = open(data)) {
            if (result.sameJournal()) {
                assertEquals(result.lost(), verified.damaged());
                for (int n = 0; n < EVENTS; n++) {
                    long sequence = n;
                    if (result.lost().stream().anyMatch(range -> sequence >= range.from() && sequence < range.to())) {
                        assertEquals(
                                Kind.DAMAGED,
                                assertThrows(
                                                StratoswarmException.class,
                                                () -> opened.journal().get(sequence))
                                        .kind());
                    } else {
                        assertEquals(
                                payloads.get(n),
                                opened.journal().get(n).orElseThrow().payloadText());
                    }
                }
                assertEquals(
                        "JournalSalvaged",
                        opened.journal().get(EVENTS).orElseThrow().type());
            }
            opened.journal().append(Append.of(JournalToolsTest.draft(1))).join();
        }
        return result;
    }

    @Test
    void shouldKeepTheTreeWhereOneEventIsLost() throws IOException {
        Path data = copy("one");
        Path file = files(data).getFirst();
        byte[] bytes = Files.readAllBytes(file);
        int flipped = 0;
        byte[] wanted = "{\"n\":137,".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                bytes[at + 5] ^= 1;
                flipped++;
            }
        }
        Files.write(file, bytes);
        assertTrue(flipped > 0);
        assertFalse(JournalTools.verify(data).ok());
        assertEquals(
                List.of(new JournalTools.SequenceRange(137, 138)),
                JournalTools.verify(data).damaged());
        JournalTools.SalvageResult result = salvageAndCheck(data, 1);
        assertTrue(result.sameJournal());
        assertEquals(List.of(new JournalTools.SequenceRange(137, 138)), result.lost());
        assertEquals(
                root,
                JournalTools.proveConsistency(data, EVENTS, java.util.OptionalLong.empty())
                        .root1());
    }

    private static final int MAGIC = 0x53574A31;

    /** Places of all frames that begin as one of a sequence, by sequence. */
    private static java.util.TreeMap<Long, List<Integer>> framePlaces(byte[] bytes) {
        java.util.TreeMap<Long, List<Integer>> places = new java.util.TreeMap<>();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        for (int at = 0; at + 20 < bytes.length; at += 2) {
            if (all.getInt(at) == MAGIC && all.getLong(at + 8) >= 0 && all.getLong(at + 8) < EVENTS) {
                places.computeIfAbsent(all.getLong(at + 8), k -> new ArrayList<>())
                        .add(at);
            }
        }
        return places;
    }

    @Test
    void shouldNameTheEventsOfADamagedPage() throws IOException {
        for (int segment : new int[] {1, 2}) {
            Path data = copy("pages-" + segment);
            Path file = files(data).get(segment);
            byte[] bytes = Files.readAllBytes(file);
            var places = framePlaces(bytes);
            long wanted = segment * 400 + 90;
            List<Integer> holders = java.util.Objects.requireNonNull(places.get(wanted));
            // The flags of every page that ever held this event: none can be followed, and nothing on it is lost.
            for (int at : holders) {
                bytes[at / PAGE * PAGE + 10] ^= 0x40;
            }
            Files.write(file, bytes);
            JournalTools.VerifyResult unread = JournalTools.verify(data);
            assertFalse(unread.ok());
            assertEquals(List.of(), unread.damaged(), "all frames are there");
            String told = String.join("\n", unread.problems());
            assertTrue(
                    told.matches("(?s).*events [0-9]+ to " + (segment == 1 ? "799" : "999 and what came after them")
                            + " could not be checked; the file still holds all of them.*"),
                    told);

            for (int at : holders) {
                Arrays.fill(bytes, at / PAGE * PAGE, at / PAGE * PAGE + PAGE, (byte) 0);
            }
            Files.write(file, bytes);
            var left = framePlaces(bytes);
            List<Long> lost = places.keySet().stream()
                    .filter(each -> !left.containsKey(each))
                    .toList();
            assertTrue(lost.size() > 1 && lost.contains(wanted), lost.toString());
            JournalTools.VerifyResult gone = JournalTools.verify(data);
            assertEquals(
                    lost,
                    gone.damaged().stream()
                            .flatMap(range -> java.util.stream.LongStream.range(range.from(), range.to())
                                    .boxed())
                            .toList());
            told = String.join("\n", gone.problems());
            assertTrue(told.contains(lost.size() + " of "), told);
        }
    }

    @Test
    void shouldReadOtherSegmentsWhileASealedOneIsDamaged() throws IOException {
        Path data = copy("sealed");
        Path sealed = files(data).get(1);
        flip(sealed, 16, 6);
        try (OpenJournal opened = open(data)) {
            assertEquals(payloads.get(3), opened.journal().get(3).orElseThrow().payloadText());
            assertEquals(
                    payloads.get(900), opened.journal().get(900).orElseThrow().payloadText());
            StratoswarmException e = assertThrows(
                    StratoswarmException.class, () -> opened.journal().get(500));
            assertEquals(Kind.DAMAGED, e.kind());
            assertTrue(String.valueOf(e.getMessage()).contains("events 400 to 799"), e.getMessage());
            assertEquals(root, opened.journal().checkpoint().rootHash());
            opened.journal().append(Append.of(JournalToolsTest.draft(1))).join();
        }
    }

    @Test
    void shouldSalvageATruncatedFile() throws IOException {
        for (double part : new double[] {0, 0.02, 0.5, 0.9}) {
            Path data = copy("cut-" + part);
            Path file = files(data).get(1);
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength((long) (open.length() * part));
            }
            assertFalse(JournalTools.verify(data).ok());
            useAsADaemonDoes(copyOf(data, "cut-used-" + part));
            JournalTools.SalvageResult result = JournalTools.salvage(data);
            assertEquals(EVENTS - lost(result), result.recovered());
            assertEquals(List.of(), JournalTools.verify(data).problems(), "part " + part);
            assertTrue(result.lost().stream().allMatch(range -> range.from() >= 400 && range.to() <= 800), "" + result);
            assertTrue(result.sameJournal(), "the next segment's start would have told the tree: " + result);
        }
        Path newest = copy("cut-newest");
        try (RandomAccessFile open =
                new RandomAccessFile(files(newest).getLast().toFile(), "rw")) {
            open.setLength(open.length() / 2);
        }
        useAsADaemonDoes(copyOf(newest, "cut-newest-used"));
        JournalTools.SalvageResult result = JournalTools.salvage(newest);
        assertEquals(List.of(), JournalTools.verify(newest).problems());
        assertTrue(result.recovered() >= 800);
    }

    private static long lost(JournalTools.SalvageResult result) {
        return result.lost().stream()
                .mapToLong(range -> range.to() - range.from())
                .sum();
    }

    @Test
    void shouldBeginANewJournalWhereTheTreeCannotGoOn() throws IOException {
        Path data = copy("anew");
        Path file = files(data).getLast();
        // Neither the last event nor its hash can be found any more.
        byte[] bytes = Files.readAllBytes(file);
        wipe(bytes, ByteBuffer.allocate(12).putInt(0x53574A31).array(), 4, 995);
        Files.write(file, bytes);
        String old = JournalTools.verify(data).journal();
        JournalTools.SalvageResult result = JournalTools.salvage(data);
        assertFalse(result.sameJournal());
        assertNotEquals(old, result.journal());
        assertEquals(List.of(new JournalTools.SequenceRange(995, 996)), result.lost());
        assertEquals(List.of(), JournalTools.verify(data).problems());
        try (OpenJournal opened = open(data)) {
            Event first = opened.journal().get(0).orElseThrow();
            assertEquals("JournalSalvaged", first.type());
            assertTrue(first.payloadText().contains(old));
            assertEquals(payloads.get(0), opened.journal().get(1).orElseThrow().payloadText());
            assertEquals(
                    payloads.get(999), opened.journal().get(999).orElseThrow().payloadText());
        }
    }

    /** Damages every copy of the frame of this sequence and of all tree nodes stored with it and above it. */
    private static void wipe(byte[] bytes, byte[] magic, int magicBytes, long sequence) {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        long firstNode = 2 * sequence - Long.bitCount(sequence);
        for (int at = 0; at + 48 < bytes.length; at += 2) {
            boolean frame =
                    Arrays.equals(bytes, at, at + magicBytes, magic, 0, magicBytes) && all.getLong(at + 8) == sequence;
            boolean node = all.getLong(at) == 0x2000000000000800L && all.getLong(at + 8) >= firstNode;
            if (frame) {
                bytes[at + 30] ^= 1;
            } else if (node) {
                bytes[at] ^= 1;
            }
        }
    }

    @Test
    void shouldFindNothingWrongWithSoundFiles() throws IOException {
        for (Path file : files(original)) {
            assertEquals(null, LmdbCheck.problem(file));
        }
        assertEquals(null, LmdbCheck.problem(original.resolve("tables/data.mdb")));
        assertEquals(null, LmdbCheck.problem(original.resolve("queues/data.mdb")));
    }
}
