package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.core.tool.JournalTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is left of a journal once it was pruned. */
class PruningTest extends PrunedJournal {
    /** As if the daemon had been killed at this step. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void shouldProveAllThatEverWasProvedAfterPruning() {
        List<Checkpoint> known = new ArrayList<>();
        List<String> early = new ArrayList<>();
        byte[] state;
        try (OpenJournal opened = filled(1500, step -> {})) {
            LmdbJournal journal = opened.journal();
            for (long size = 1; size <= journal.size(); size += 37) {
                ConsistencyProof proof = journal.proveConsistency(size, journal.size());
                known.add(new Checkpoint(journal.id(), size, proof.root1()));
            }
            for (long sequence = 0; sequence < 1500; sequence += 100) {
                early.add(JournalTools.toJson(journal.proveInclusion(sequence, 1500)));
            }
            JournalRetention.Pruned pruned =
                    opened.retention().prune(OptionalLong.empty(), "uid:0", "").orElseThrow();
            assertEquals(900, pruned.plan().cut());
            assertEquals(900, journal.first());
            assertEquals(List.of("script/a"), kept(journal));
            assertEquals(
                    pruned.rootHash(),
                    JournalTools.verify(folder.resolve("data")).problems().isEmpty()
                            ? journal.proveConsistency(900, journal.size()).root1()
                            : "");
            for (Checkpoint each : known) {
                assertEquals(
                        each.rootHash(),
                        journal.proveConsistency(each.size(), journal.size()).root1());
            }
            for (int i = 0; i < early.size(); i++) {
                assertEquals(early.get(i), JournalTools.toJson(journal.proveInclusion(i * 100L, 1500)));
            }
            state = opened.projections().state("counting");
            assertArrayEquals(state, opened.projections().refold("counting", journal.size()));
            assertEquals(
                    Kind.GONE,
                    assertThrows(StratoswarmException.class, () -> journal.follow(10, event -> {}))
                            .kind());
            assertEquals(Optional.empty(), journal.get(10));
            assertEquals("ScriptEnabled", journal.get(0).orElseThrow().type());
            assertEquals(
                    Kind.GONE,
                    assertThrows(StratoswarmException.class, () -> opened.past().stateAt("counting", 899))
                            .kind());
            assertEquals(900, opened.past().stateAt("counting", 900).events());
        }
        assertGood();
        try (OpenJournal opened = open()) {
            opened.projections().add(new ProjectionsTest.Counting(1));
            assertArrayEquals(
                    opened.projections().refold("counting", opened.journal().size()),
                    opened.projections().state("counting"));
        }
    }

    private static List<String> kept(LmdbJournal journal) {
        return journal.read(EventQuery.all().to(journal.first() & ~255L)).stream()
                .map(Event::subject)
                .toList();
    }

    @Test
    void shouldBeWholeWhereverItIsKilled() throws Exception {
        try (OpenJournal opened = filled(1500, step -> {})) {
            opened.projections().snapshot();
        }
        Path template = folder.resolve("template");
        Files.move(folder.resolve("data"), template);
        for (Pruner.Step at : Pruner.Step.values()) {
            boolean repeated = at == Pruner.Step.RENAMED || at == Pruner.Step.DELETED;
            for (int nth = 0; nth < (repeated ? 3 : 1); nth++) {
                copy(template, folder.resolve("data"));
                killed(at, nth);
                io.stratoswarm.core.data.Folders.delete(folder.resolve("data"));
            }
        }
    }

    private static void copy(Path from, Path to) throws java.io.IOException {
        try (var walk = Files.walk(from)) {
            for (Path each : (Iterable<Path>) walk::iterator) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private void killed(Pruner.Step at, int nth) {
        int[] left = {nth};
        long before;
        String root;
        try (OpenJournal opened = open(step -> {
            if (step == at && left[0]-- == 0) {
                throw new Killed();
            }
        })) {
            opened.retention().configure(KEEP_500);
            opened.projections().add(new ProjectionsTest.Counting(1));
            opened.projections().state("counting");
            before = opened.journal().size();
            root = opened.journal().checkpoint().rootHash();
            assertThrows(Killed.class, () -> opened.retention().prune(OptionalLong.empty(), "x", ""));
        }
        assertGood();
        try (OpenJournal opened = open()) {
            opened.projections().add(new ProjectionsTest.Counting(1));
            boolean announced =
                    !opened.journal().read(EventQuery.all().type(Pruning.TYPE)).isEmpty();
            assertEquals(at != Pruner.Step.REMNANT_WRITTEN, announced);
            assertEquals(announced ? 900 : 0, opened.journal().first(), at + " " + nth);
            assertEquals(
                    root,
                    opened.journal()
                            .proveConsistency(before, opened.journal().size())
                            .root1());
            assertArrayEquals(
                    opened.projections().refold("counting", opened.journal().size()),
                    opened.projections().state("counting"));
        }
        assertGood();
        String[] names = folder.resolve("data/journal").toFile().list();
        assertFalse(List.of(names).stream().anyMatch(name -> name.endsWith(".new") || name.endsWith(".dropped")));
    }

    @Test
    void shouldTellWhereKeptHashesOrStatesWereChanged() throws Exception {
        try (OpenJournal opened = filled(1500, step -> {})) {
            assertTrue(opened.retention().prune(OptionalLong.empty(), "x", "").isPresent());
        }
        Path remnant = folder.resolve("data/journal/pruned-000000000300/data.mdb");
        byte[] bytes = Files.readAllBytes(remnant);
        byte[] leaf;
        try (JournalReader reader = JournalReader.open(folder.resolve("data/journal"), JournalOptions.DEFAULT, false)) {
            leaf = reader.nodes(0, 400, 1);
        }
        int at = indexOf(bytes, leaf);
        bytes[at] ^= 1;
        Files.write(remnant, bytes);
        assertFalse(JournalTools.verify(folder.resolve("data")).problems().isEmpty());
        bytes[at] ^= 1;
        Files.write(remnant, bytes);
        assertGood();
        Path blob;
        try (var walk = Files.walk(folder.resolve("data/blobs"))) {
            blob = walk.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        try (var walk = Files.walk(folder.resolve("data/blobs"))) {
            walk.filter(Files::isRegularFile).forEach(file -> file.toFile().delete());
        }
        assertTrue(
                JournalTools.verify(folder.resolve("data"))
                        .problems()
                        .getFirst()
                        .contains("is missing"),
                blob.toString());
    }

    @Test
    void shouldBackUpAndRestoreWithAllInItsPlace() throws Exception {
        Path data = folder.resolve("data");
        Path backup = folder.resolve("backup");
        Path restored = folder.resolve("restored");
        String root;
        byte[] state;
        long size;
        List<String> events;
        try (OpenJournal opened = filled(1500, step -> {})) {
            assertTrue(opened.retention().prune(OptionalLong.empty(), "x", "").isPresent());
            opened.projections().snapshot();
            JournalTools.backup(data, backup);
            size = JournalTools.checkpoint(backup).size();
            root = opened.journal().proveConsistency(size, size).root1();
            state = opened.projections().refold("counting", size);
            events = texts(opened.journal(), size);
        }
        assertEquals(List.of(), JournalTools.verify(backup).problems());
        assertEquals(root, JournalTools.checkpoint(backup).rootHash());
        JournalTools.RestoreResult result = JournalTools.restore(backup, restored);
        assertEquals(root, result.oldRootHash());
        assertEquals(List.of(), JournalTools.verify(restored).problems());
        try (OpenJournal opened = new OpenJournal(
                restored, new JournalOptions(SEGMENT, 64L << 20, 1024, 100), clock, new SecureRandom())) {
            assertEquals(900, opened.journal().first());
            assertEquals(
                    "JournalRestored", opened.journal().get(0).orElseThrow().type());
            assertEquals(events, texts(opened.journal(), size));
            opened.projections().add(new ProjectionsTest.Counting(1));
            assertArrayEquals(state, opened.projections().refold("counting", size));
            assertArrayEquals(
                    opened.projections().refold("counting", opened.journal().size()),
                    opened.projections().state("counting"));
            opened.retention().configure(KEEP_500);
            fill(opened, 0, 900);
            opened.projections().state("counting");
            assertTrue(opened.retention().prune(OptionalLong.empty(), "x", "").isPresent());
        }
        assertEquals(List.of(), JournalTools.verify(restored).problems());
    }

    private static List<String> texts(LmdbJournal journal, long size) {
        return journal.read(EventQuery.all().from(journal.first()).to(size).limit(10_000)).stream()
                .map(event -> event.sequence() + event.type() + event.payloadText())
                .toList();
    }

    @Test
    void shouldSalvageWhatIsLeftOfAPrunedJournal() throws Exception {
        Path data = folder.resolve("data");
        long size;
        String root;
        try (OpenJournal opened = filled(1500, step -> {})) {
            assertTrue(opened.retention().prune(OptionalLong.empty(), "x", "").isPresent());
            size = opened.journal().size();
            root = opened.journal().checkpoint().rootHash();
        }
        size = JournalTools.checkpoint(data).size();
        root = JournalTools.checkpoint(data).rootHash();
        Path file = folder.resolve("data/journal/segment-000000001200/data.mdb");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < 8192; at++) {
            bytes[at] = 0;
        }
        Files.write(file, bytes);
        assertFalse(JournalTools.verify(data).ok());
        JournalTools.SalvageResult salvaged = JournalTools.salvage(data);
        assertTrue(salvaged.sameJournal());
        assertEquals(List.of(), salvaged.lost());
        assertEquals(List.of(), JournalTools.verify(data).problems());
        try (OpenJournal opened = open()) {
            assertEquals(900, opened.journal().first());
            assertEquals(
                    root,
                    opened.journal()
                            .proveConsistency(size, opened.journal().size())
                            .root1());
        }
    }

    @Test
    void shouldArchiveWhatGoesInFilesThatProveThemselves() throws Exception {
        Path archive = folder.resolve("archive");
        List<String> files;
        try (OpenJournal opened = filled(1500, step -> {})) {
            opened.retention()
                    .configure(new RetentionSettings(
                            0, 500, 0, Duration.ZERO, Duration.ofMinutes(1), Optional.of(archive)));
            files = opened.retention()
                    .prune(OptionalLong.empty(), "x", "")
                    .orElseThrow()
                    .archives();
            assertEquals(files, opened.retention().status().archives());
        }
        assertEquals(3, files.size());
        for (String file : files) {
            JournalTools.ArchiveResult result = JournalTools.verifyArchive(folder.resolve("data"), Path.of(file));
            assertEquals(List.of(), result.problems());
            assertTrue(result.known());
        }
        Path damaged = Path.of(files.get(1));
        byte[] content;
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(damaged))) {
            content = in.readAllBytes();
        }
        content[content.length / 2] ^= 1;
        try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(damaged))) {
            out.write(content);
        }
        assertFalse(JournalTools.verifyArchive(folder.resolve("data"), damaged).ok());
        Files.write(damaged, java.util.Arrays.copyOf(Files.readAllBytes(damaged), 5000));
        assertFalse(JournalTools.verifyArchive(folder.resolve("data"), damaged).ok());
        Files.write(damaged, new byte[] {1, 2, 3, 4});
        assertFalse(JournalTools.verifyArchive(folder.resolve("data"), damaged).ok());
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }
}
