package io.stratoswarm.audit.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.log.LogFolders;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.api.log.LogVerifier.Range;
import io.stratoswarm.audit.publish.Folders;
import io.stratoswarm.audit.publish.LogFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderVerifierTest {
    @TempDir
    Path folder;

    private Path published() {
        return folder.resolve("published");
    }

    private Path file(String name) {
        return published().resolve(name);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private String publish(int events) {
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            fixture.fill(events);
            fixture.publish(published());
            return fixture.key();
        }
    }

    @Test
    void shouldFindFoldersOfEverySizeGoodWhileTheyGrow() throws IOException {
        Path known = folder.resolve("known");
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            for (int more : new int[] {0, 1, 253, 1, 1, 255, 1, 700}) {
                fixture.fill(more);
                fixture.publish(published());
                LogVerifier.Report report = new FolderVerifier()
                        .verify(new LogVerifier.Request(
                                published(),
                                List.of(fixture.key()),
                                Files.exists(known) ? List.of(known) : List.of(),
                                List.of(),
                                2));
                assertEquals(List.of(), report.problems());
                assertTrue(report.ok());
                assertEquals(fixture.opened.journal().size(), report.size());
                assertEquals(fixture.opened.journal().checkpoint().rootHash(), report.rootHash());
                Files.write(known, Files.readAllBytes(file("checkpoint")));
            }
        }
    }

    @Test
    void shouldNameWhatIsDamaged() throws IOException {
        // 70 k events would have a third level; two are enough to have every kind of file.
        String key = publish(1_000);
        assertTrue(LogFixture.verify(published(), key).ok());

        byte[] entries = Files.readAllBytes(file("tile/entries/001"));
        flip(file("tile/entries/001"), entries.length - 1);
        LogVerifier.Report report = LogFixture.verify(published(), key);
        assertEquals(List.of("tile/entries/001: entry 511 is not the one that was hashed"), report.problems());
        assertEquals(List.of(new Range(511, 512)), report.damaged());
        assertFalse(report.ok());
        Files.write(file("tile/entries/001"), entries);

        flip(file("tile/0/002"), 32 * 7);
        assertEquals(
                List.of("tile/0/002: hash 7, of entry 519, is wrong"),
                LogFixture.verify(published(), key).problems());
        flip(file("tile/0/002"), 32 * 7);

        flip(file("tile/1/000.p/3"), 32 * 2);
        assertEquals(
                List.of("tile/1/000.p/3: hash 2 is wrong"),
                LogFixture.verify(published(), key).problems());
        flip(file("tile/1/000.p/3"), 32 * 2);

        Files.delete(file("tile/entries/002"));
        report = LogFixture.verify(published(), key);
        assertEquals(List.of("tile/entries/002 is missing"), report.problems());
        assertEquals(List.of(new Range(512, 768)), report.damaged());
        assertThrows(
                StratoswarmException.class,
                () -> new Folders().publish(path -> java.util.Optional.empty(), published()));
    }

    @Test
    void shouldNameTheCheckpointWhereItsRootOrSignatureIsWrong() throws IOException {
        String key = publish(300);
        String good = Files.readString(file("checkpoint"));
        String[] lines = good.split("\n", -1);

        Files.writeString(file("checkpoint"), good.replace(lines[1], "200"));
        assertTrue(LogFixture.verify(published(), key).problems().stream()
                .anyMatch(it -> it.contains("checkpoint bears a wrong signature")));

        char other = lines[2].charAt(0) == 'A' ? 'B' : 'A';
        Files.writeString(file("checkpoint"), good.replace(lines[2], other + lines[2].substring(1)));
        assertTrue(LogFixture.verify(published(), key).problems().stream()
                .anyMatch(it -> it.startsWith("the root of the tree is")));

        Files.writeString(file("checkpoint"), "nothing");
        assertFalse(LogFixture.verify(published(), key).ok());
        Files.delete(file("checkpoint"));
        assertEquals(
                List.of("checkpoint is missing"),
                LogFixture.verify(published(), key).problems());
    }

    @Test
    void shouldFindEveryFlippedBitAndEveryCutFile() throws IOException {
        String key = publish(600);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Path> files;
        try (Stream<Path> all = Files.walk(published())) {
            files = all.filter(Files::isRegularFile)
                    .filter(it -> !it.getFileName().toString().startsWith("."))
                    .toList();
        }
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < 12; i++) {
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                if (i % 3 == 2) {
                    bad = java.util.Arrays.copyOf(good, random.nextInt(good.length));
                }
                Files.write(file, bad);
                LogVerifier.Report report = LogFixture.verify(published(), key);
                assertFalse(report.ok(), file + " at " + at + ", seed " + seed);
                String name = published().relativize(file).toString().replaceAll("\\.p/.*", "");
                assertTrue(
                        report.problems().stream().anyMatch(it -> it.contains(name) || it.contains("entry")),
                        name + ": " + report.problems() + ", seed " + seed);
            }
            Files.write(file, good);
        }
        assertTrue(LogFixture.verify(published(), key).ok());
    }

    @Test
    void shouldRefuseAHistoryThatAKnownCheckpointContradicts() throws IOException {
        publish(100);
        Path known = folder.resolve("known");
        Files.write(known, Files.readAllBytes(file("checkpoint")));
        Path other = folder.resolve("other");
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            fixture.publish(other);
            LogVerifier.Request older =
                    new LogVerifier.Request(published(), List.of(), List.of(other.resolve("checkpoint")), List.of(), 1);
            assertTrue(new FolderVerifier().verify(older).ok());
            fixture.fill(10);
            fixture.publish(other);
            LogVerifier.Report report = new FolderVerifier().verify(older);
            assertTrue(
                    report.problems().getFirst().contains("rolled back"),
                    report.problems().toString());
            // And the publisher does not go back in a folder that is ahead.
        }
        LogFolders.Source behind = path -> {
            Path from = published().resolve(path);
            return Files.exists(from) ? java.util.Optional.of(Files.readAllBytes(from)) : java.util.Optional.empty();
        };
        assertThrows(StratoswarmException.class, () -> new Folders().publish(behind, other));
    }

    @Test
    void shouldLeaveAWholeFolderWhereverPublishingIsCutOff() throws IOException {
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            fixture.fill(300);
            fixture.publish(published());
            fixture.fill(1_500);
            fixture.log.sign();
            for (int limit = 0; ; limit++) {
                int[] left = {limit};
                LogFolders.Source source = path -> {
                    if (left[0]-- == 0) {
                        throw new IOException("cut off");
                    }
                    return fixture.source().get(path);
                };
                try {
                    new Folders().publish(source, published());
                    assertTrue(limit > 3);
                    break;
                } catch (StratoswarmException e) {
                    assertEquals(
                            List.of(),
                            LogFixture.verify(published(), fixture.key()).problems());
                }
            }
            LogVerifier.Report report = LogFixture.verify(published(), fixture.key());
            assertEquals(List.of(), report.problems());
            assertEquals(fixture.log.status().size(), report.size());
        }
    }
}
