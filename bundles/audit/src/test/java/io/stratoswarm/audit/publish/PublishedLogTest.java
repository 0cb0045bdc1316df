package io.stratoswarm.audit.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.SigningKey;
import io.stratoswarm.audit.note.TreeHead;
import io.stratoswarm.audit.note.VerifierKey;
import io.stratoswarm.audit.verify.FolderVerifier;
import io.stratoswarm.core.tool.JournalTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedLogTest {
    @TempDir
    Path folder;

    private static Note note(String text) {
        return Note.parse(text.getBytes(UTF_8));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldSignWhatTheJournalHoldsAndNothingTwice() throws IOException {
        try (LogFixture fixture = LogFixture.open(folder)) {
            fixture.fill(1000);
            String first = fixture.log.sign();
            TreeHead head = TreeHead.parse(note(first).text());
            Checkpoint now = fixture.opened.journal().checkpoint();
            assertEquals("stratoswarm/" + now.journal(), head.origin());
            assertEquals(now.size(), head.size());
            assertEquals(now.rootHash(), head.root());
            VerifierKey key = VerifierKey.parse(fixture.key());
            assertEquals(head.origin(), key.name());
            assertEquals(List.of(key), note(first).signers(List.of(key)));
            assertEquals(first, fixture.log.sign());
            fixture.fill(1);
            assertNotEquals(first, fixture.log.sign());
            try (Stream<Path> keys = Files.list(folder.resolve("keys"))) {
                Path file = keys.findFirst().orElseThrow();
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                assertFalse(first.contains(Files.readString(file).strip()));
            }
        }
    }

    @Test
    void shouldGoOnWithKeyAndCheckpointAfterARestart() {
        String key;
        String checkpoint;
        try (LogFixture fixture = LogFixture.open(folder)) {
            fixture.fill(300);
            checkpoint = fixture.log.sign();
            key = fixture.key();
        }
        try (LogFixture fixture = LogFixture.open(folder)) {
            assertEquals(key, fixture.key());
            assertEquals("", fixture.log.status().problem());
            assertEquals(
                    checkpoint,
                    new String(fixture.log.get("checkpoint").orElseThrow().bytes(), UTF_8));
            assertEquals(checkpoint, fixture.log.sign());
        }
    }

    @Test
    void shouldServeTheTilesOfTheSignedTreeOnly() {
        try (LogFixture fixture = LogFixture.open(folder)) {
            fixture.fill(600 - 1);
            fixture.log.sign();
            fixture.fill(500);
            TransparencyLog.Resource full = fixture.log.get("tile/0/001").orElseThrow();
            assertEquals(8192, full.bytes().length);
            assertTrue(full.lasting());
            assertEquals(
                    32 * 88, fixture.log.get("tile/0/002.p/88").orElseThrow().bytes().length);
            assertTrue(fixture.log.get("tile/0/002.p/89").isEmpty());
            assertTrue(fixture.log.get("tile/0/002").isEmpty());
            assertTrue(fixture.log.get("tile/1/000.p/2").isPresent());
            assertTrue(fixture.log.get("tile/entries/002.p/88").isPresent());
            assertTrue(fixture.log.get("tile/entries/003").isEmpty());
            assertTrue(fixture.log.get("something").isEmpty());
            assertFalse(fixture.log.get("checkpoint").orElseThrow().lasting());
        }
    }

    @Test
    void shouldRefuseToSignAJournalThatWasRolledBack() throws IOException {
        Path copy = folder.resolve("copy");
        Path data = folder.resolve("data");
        try (LogFixture fixture = LogFixture.open(data)) {
            fixture.fill(100);
            fixture.log.sign();
        }
        copy(data.resolve("journal"), copy);
        String newer;
        try (LogFixture fixture = LogFixture.open(data)) {
            fixture.fill(100);
            newer = fixture.log.sign();
        }
        delete(data.resolve("journal"));
        copy(copy, data.resolve("journal"));
        for (int start = 0; start < 2; start++) {
            try (LogFixture fixture = LogFixture.open(data)) {
                assertTrue(fixture.log.status().problem().contains("rolled back"));
                assertFalse(fixture.log.capability().available());
                fixture.fill(500);
                StratoswarmException refused = assertThrows(StratoswarmException.class, fixture.log::sign);
                assertEquals(Kind.CONFLICT, refused.kind());
                fixture.log.step();
                assertEquals(
                        newer,
                        new String(fixture.log.get("checkpoint").orElseThrow().bytes(), UTF_8));
                assertThrows(StratoswarmException.class, () -> fixture.log.get("tile/0/000"));
                assertEquals(
                        1,
                        fixture.opened
                                .journal()
                                .read(EventQuery.all().type(LogEvents.CONFLICT_FOUND))
                                .size());
            }
        }
        LogSettings renamed =
                new LogSettings("other", LogSettings.DEFAULT.interval(), LogSettings.DEFAULT.overlap(), List.of());
        try (LogFixture fixture = new LogFixture(data, new LogFixture.Clock(), renamed)) {
            assertTrue(fixture.log.sign().startsWith("other/"));
        }
    }

    @Test
    void shouldFindARollbackByANewerCheckpointThatAWitnessBrings() throws IOException {
        Path data = folder.resolve("data");
        Path copy = folder.resolve("copy");
        try (LogFixture fixture = LogFixture.open(data)) {
            fixture.fill(50);
            fixture.log.sign();
        }
        copy(data, copy);
        String newer;
        try (LogFixture fixture = LogFixture.open(data)) {
            fixture.fill(50);
            newer = fixture.log.sign();
        }
        // The whole folder is old, so nothing in it tells.
        try (LogFixture fixture = LogFixture.open(copy)) {
            fixture.log.sign();
            assertEquals("", fixture.log.status().problem());
            assertThrows(StratoswarmException.class, () -> fixture.log.cosign(newer, "uid:0"));
            assertTrue(fixture.log.status().problem().contains("rolled back"));
            assertThrows(StratoswarmException.class, fixture.log::sign);
        }
    }

    @Test
    void shouldRotateKeysSoThatTheOldOneVouchesForTheNew() throws IOException {
        LogFixture.Clock clock = new LogFixture.Clock();
        Path published = folder.resolve("published");
        Path data = folder.resolve("data");
        String old;
        String now;
        try (LogFixture fixture = new LogFixture(data, clock, LogFixture.settings())) {
            fixture.fill(300);
            old = fixture.key();
            fixture.publish(published);
            assertThrows(StratoswarmException.class, () -> fixture.log.rotate(true, "uid:0"));
            now = fixture.log.rotate(false, "uid:0").verifierKey();
            assertNotEquals(old, now);
            Note both = note(fixture.log.sign());
            List<VerifierKey> keys = List.of(VerifierKey.parse(old), VerifierKey.parse(now));
            assertEquals(keys, both.signers(keys));
            clock.millis.addAndGet(3_600_000);
            fixture.fill(1);
            assertEquals(List.of(keys.get(1)), note(fixture.log.sign()).signers(keys));
        }
        try (LogFixture fixture = new LogFixture(data, clock, LogFixture.settings())) {
            assertEquals(now, fixture.key());
            fixture.publish(published);
            try (Stream<Path> files = Files.list(data.resolve("keys"))) {
                assertEquals(
                        1, files.filter(it -> it.toString().contains("log-")).count());
            }
        }
        // Whoever trusts the first key alone follows it to the second.
        LogVerifier.Report report = LogFixture.verify(published, old);
        assertEquals(List.of(), report.problems());
        assertTrue(report.notes().stream().anyMatch(it -> it.contains(now) && it.contains("vouched for")));
        assertTrue(LogFixture.verify(published, now).ok());
        String stranger = SigningKey.generate("stranger", VerifierKey.ED25519, new SecureRandom())
                .verifier()
                .toString();
        assertFalse(LogFixture.verify(published, stranger).ok());
    }

    @Test
    void shouldSayThatAKeyIsGoneAndBeginAnewWhenAsked() throws IOException {
        String old;
        try (LogFixture fixture = LogFixture.open(folder)) {
            fixture.log.sign();
            old = fixture.key();
        }
        try (Stream<Path> files = Files.list(folder.resolve("keys"))) {
            for (Path file : files.filter(it -> it.toString().contains("log-")).toList()) {
                Files.delete(file);
            }
        }
        try (LogFixture fixture = LogFixture.open(folder)) {
            assertTrue(fixture.log.status().problem().contains("--lost"));
            fixture.fill(1);
            assertThrows(StratoswarmException.class, fixture.log::sign);
            assertThrows(StratoswarmException.class, () -> fixture.log.rotate(false, "uid:0"));
            fixture.log.rotate(true, "uid:0");
            fixture.publish(folder.resolve("published"));
            assertFalse(LogFixture.verify(folder.resolve("published"), old).ok());
            assertTrue(LogFixture.verify(folder.resolve("published"), fixture.key())
                    .ok());
        }
    }

    @Test
    void shouldTakeCosignaturesOfConfiguredWitnessesOnly() {
        SigningKey witness = SigningKey.generate("witness.example/w", VerifierKey.COSIGNATURE, new SecureRandom());
        SigningKey stranger = SigningKey.generate("stranger.example/w", VerifierKey.COSIGNATURE, new SecureRandom());
        Path published = folder.resolve("published");
        LogSettings settings = LogFixture.settings(witness.verifier().toString());
        try (LogFixture fixture = new LogFixture(folder.resolve("data"), new LogFixture.Clock(), settings)) {
            fixture.fill(10);
            Note signed = note(fixture.log.sign());
            Note cosigned = signed.with(witness.cosign(signed.text(), 1_700_000_100));
            assertThrows(StratoswarmException.class, () -> fixture.log.cosign(signed.toString(), "uid:0"));
            Note strange = signed.with(stranger.cosign(signed.text(), 1));
            assertThrows(StratoswarmException.class, () -> fixture.log.cosign(strange.toString(), "uid:0"));
            Note unsigned = new Note(signed.text(), List.of(witness.cosign(signed.text(), 1)));
            assertThrows(StratoswarmException.class, () -> fixture.log.cosign(unsigned.toString(), "uid:0"));
            assertEquals(List.of("witness.example/w"), fixture.log.cosign(cosigned.toString(), "uid:0"));
            assertEquals(
                    cosigned.toString(),
                    new String(fixture.log.get("checkpoint").orElseThrow().bytes(), UTF_8));
            fixture.fill(10);
            fixture.publish(published);
        }
        LogVerifier verifier = new FolderVerifier();
        String key = witness.verifier().toString();
        LogVerifier.Report report =
                verifier.verify(new LogVerifier.Request(published, List.of(), List.of(), List.of(key), 1));
        assertEquals(List.of(), report.problems());
        assertTrue(report.notes().stream().anyMatch(it -> it.startsWith("cosigned by witness.example/w")));
        assertFalse(verifier.verify(new LogVerifier.Request(
                        published,
                        List.of(),
                        List.of(),
                        List.of(stranger.verifier().toString()),
                        1))
                .ok());
    }

    @Test
    void shouldPublishAStoppedJournalAsItWasSigned() {
        String key;
        try (LogFixture fixture = LogFixture.open(folder.resolve("data"))) {
            fixture.fill(700);
            fixture.log.sign();
            key = fixture.key();
        }
        try (io.stratoswarm.core.journal.JournalReader reader = io.stratoswarm.core.journal.JournalReader.open(
                folder.resolve("data").resolve("journal"), LogFixture.SMALL, false)) {
            Folders folders = new Folders();
            folders.publish(folders.stopped(folder.resolve("data"), reader), folder.resolve("published"));
        }
        assertTrue(LogFixture.verify(folder.resolve("published"), key).ok());
    }

    @Test
    void shouldTellARestoreFromARollback() throws IOException {
        Path data = folder.resolve("data");
        Path before = folder.resolve("before");
        Path after = folder.resolve("after");
        try (LogFixture fixture = LogFixture.open(data)) {
            fixture.fill(20);
            Files.writeString(before, fixture.log.sign());
            JournalTools.backup(data, folder.resolve("backup"));
            fixture.fill(20);
            Files.writeString(after, fixture.log.sign());
        }
        JournalTools.restore(folder.resolve("backup"), folder.resolve("restored"));
        try (LogFixture fixture = LogFixture.open(folder.resolve("restored"))) {
            assertEquals("", fixture.log.status().problem());
            fixture.publish(folder.resolve("published"));
        }
        FolderVerifier verifier = new FolderVerifier();
        LogVerifier.Report good = verifier.verify(
                new LogVerifier.Request(folder.resolve("published"), List.of(), List.of(before), List.of(), 1));
        assertEquals(List.of(), good.problems());
        assertTrue(good.notes().stream().anyMatch(it -> it.contains("restored from a backup")));
        LogVerifier.Report lost = verifier.verify(
                new LogVerifier.Request(folder.resolve("published"), List.of(), List.of(after), List.of(), 1));
        assertTrue(
                lost.problems().getFirst().contains("the later ones are lost"),
                lost.problems().toString());
    }
}
