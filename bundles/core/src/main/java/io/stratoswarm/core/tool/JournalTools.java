package io.stratoswarm.core.tool;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.OpenDataFolder;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.JournalReader;
import io.stratoswarm.core.verify.ArchiveVerifier;
import io.stratoswarm.core.verify.JournalVerifier;
import io.stratoswarm.core.verify.Window;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The commands {@code stratoswarm journal ...}. Each takes the data folder of a daemon. All but {@link #salvage} and
 * {@link #restore} may run while a daemon works on the folder: they read the same database through its own locks.
 *
 * <p>Failures are {@link StratoswarmException}s: NOT_FOUND where there is no journal, CONFLICT where a daemon holds a folder
 * that must not be in use, DAMAGED where what was asked for is lost.
 */
public final class JournalTools {
    private static final int CHUNK = 2_000;

    private JournalTools() {}

    private static Path journal(Path data) {
        Path journal = new DataFolder(data).journal();
        if (!Files.isDirectory(journal)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "there is no journal in " + data + "; name the data folder with --data");
        }
        return journal;
    }

    /** Whether a daemon is at work on the folder. */
    private static boolean beside(Path data) {
        return OpenDataFolder.holder(data) != null;
    }

    private static JournalReader open(Path data) {
        return JournalReader.open(journal(data), JournalOptions.DEFAULT, beside(data));
    }

    private static long size(JournalReader reader, OptionalLong wanted) {
        long size = wanted.orElse(reader.size());
        if (size > reader.size()) {
            throw new StratoswarmException(
                    Kind.INVALID, "the journal has " + reader.size() + " events, fewer than the tree size " + size);
        }
        return size;
    }

    private static void pinned(JournalReader reader, Window.Step step) throws IOException {
        try {
            reader.pinned(() -> {
                try {
                    step.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static UUID newId(RandomGenerator random) {
        return JournalReader.newId(random);
    }

    /** Sequences {@code from} inclusive to {@code to} exclusive. */
    public record SequenceRange(long from, long to) {}

    /**
     * What {@link #verify} found.
     *
     * @param journal journal id as text; empty where it could not be read
     * @param first the first event that is there; what came before was pruned, and its hashes were checked
     * @param size number of events checked
     * @param rootHash recomputed root, lower-case hexadecimal
     * @param problems one line each: what is wrong and where; empty where all is well
     * @param damaged events that cannot be read or do not fit their hash
     */
    public record VerifyResult(
            boolean ok,
            String journal,
            long first,
            long size,
            String rootHash,
            List<String> problems,
            List<SequenceRange> damaged) {
        public VerifyResult {
            problems = List.copyOf(problems);
            damaged = List.copyOf(damaged);
        }
    }

    /** Checks every byte that matters, by code that shares nothing with the writer. */
    public static VerifyResult verify(Path data) {
        Path journal = journal(data);
        boolean beside = beside(data);
        try (JournalReader pin = beside ? JournalReader.open(journal, JournalOptions.DEFAULT, true) : null) {
            Window newest = pin == null ? Window.STILL : (file, step) -> pinned(pin, step);
            JournalVerifier.Report report = JournalVerifier.verify(journal, newest);
            return new VerifyResult(
                    report.problems().isEmpty(),
                    report.journal(),
                    report.first(),
                    report.size(),
                    report.rootHash(),
                    report.problems(),
                    report.damaged().stream()
                            .map(range -> new SequenceRange(range[0], range[1]))
                            .toList());
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read the journal in " + journal + ": " + e, e);
        }
    }

    /**
     * What {@link #verifyArchive} found.
     *
     * @param known whether the journal in the data folder is the same one and has the same root there
     */
    public record ArchiveResult(
            boolean ok, String journal, long first, long end, String rootHash, boolean known, List<String> problems) {
        public ArchiveResult {
            problems = List.copyOf(problems);
        }
    }

    /** Checks a file of events that were archived when they were pruned, and compares it with the journal if that is the one. */
    public static ArchiveResult verifyArchive(Path data, Path file) {
        try {
            ArchiveVerifier.Report report = ArchiveVerifier.verify(file);
            List<String> problems = new ArrayList<>(report.problems());
            boolean known = false;
            if (Files.isDirectory(new DataFolder(data).journal()) && problems.isEmpty()) {
                try (JournalReader reader = open(data)) {
                    known = reader.id().toString().equals(report.journal());
                    if (known
                            && (report.end() > reader.size()
                                    || !reader.proveConsistency(report.end(), report.end())
                                            .root1()
                                            .equals(report.rootHash()))) {
                        problems.add("the journal in " + data + " has another root over its first " + report.end()
                                + " events: the archive is not of its history");
                    }
                }
            }
            return new ArchiveResult(
                    problems.isEmpty(),
                    report.journal(),
                    report.first(),
                    report.end(),
                    report.rootHash(),
                    known,
                    problems);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no file " + file, e);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read " + file + ": " + e, e);
        }
    }

    /**
     * What {@link #salvage} did.
     *
     * @param journal id of the journal that is now in place
     * @param sameJournal whether the id and every recoverable hash were kept; otherwise a new journal was begun whose first
     *     event names the old one
     * @param recovered number of events in the new folder that came from the old one
     * @param lost sequences of the old journal that could not be read
     * @param kept where the damaged folder was put aside
     */
    public record SalvageResult(
            String journal, boolean sameJournal, long recovered, List<SequenceRange> lost, Path kept) {
        public SalvageResult {
            lost = List.copyOf(lost);
        }
    }

    /** Rebuilds a damaged journal from what can be read; the daemon must not run. The old folder is kept aside. */
    public static SalvageResult salvage(Path data) {
        journal(data);
        SecureRandom random = new SecureRandom();
        return new Salvage(data, JournalOptions.DEFAULT, newId(random), InstantSource.system()).run();
    }

    /** What a backup holds. */
    public record BackupResult(String journal, long size, String rootHash, Path target) {}

    /** Copies journal and blobs, consistently and while a daemon runs; keys are left out. The target must not exist. */
    public static BackupResult backup(Path data, Path target) {
        journal(data);
        return Backup.run(data, target, beside(data));
    }

    /** What a restore made: the new journal's id, and id, size and root of the old one, which its first event names. */
    public record RestoreResult(String journal, String oldJournal, long oldSize, String oldRootHash) {}

    /**
     * Makes a data folder from a backup. The new journal has a new id; its first event, JournalRestored, names id, size and root
     * of the old one, and the old events follow, each one place later. The target must not hold a journal.
     */
    public static RestoreResult restore(Path backup, Path data) {
        return restore(backup, data, false);
    }

    /**
     * As {@link #restore(Path, Path)}.
     *
     * @param stopped whether the agents are to stay down until an operator starts them, so that a second copy of those that the
     *     first daemon still runs does not start
     */
    public static RestoreResult restore(Path backup, Path data, boolean stopped) {
        return Restore.run(backup, data, newId(new SecureRandom()), InstantSource.system(), stopped);
    }

    /**
     * Writes the matching events as JSON lines, each a CloudEvent 1.0 as {@code docs/journal-format.md} maps it; the query's
     * limit is not applied. Returns how many.
     */
    public static long export(Path data, EventQuery query, OutputStream out) {
        long written = 0;
        try (JournalReader reader = open(data);
                CloudEvents events = new CloudEvents(out)) {
            long end = Math.min(reader.size(), query.toSequence());
            long from = query.fromSequence();
            List<Event> chunk;
            do {
                EventQuery next = new EventQuery(
                        from, end, query.subject(), query.type(), query.fromNanos(), query.toNanos(), CHUNK, false);
                chunk = from < end ? reader.read(next) : List.of();
                for (Event event : chunk) {
                    events.write(event);
                    from = event.sequence() + 1;
                }
                written += chunk.size();
            } while (chunk.size() == CHUNK);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "the export stopped after " + written + " events: " + e, e);
        }
        return written;
    }

    /**
     * Lends the journal as the bytes that are hashed.
     *
     * @throws StratoswarmException of kind CONFLICT where a daemon works on it, which is to be asked instead
     */
    public static <T> T tiles(Path data, Function<JournalTiles, T> body) {
        Path journal = journal(data);
        if (beside(data)) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "a daemon works on " + data + " and does not answer; wait until it is up, or stop it");
        }
        try (JournalReader reader = JournalReader.open(journal, JournalOptions.DEFAULT, false)) {
            return body.apply(reader);
        }
    }

    /** The first event that is there; what came before was pruned. */
    public static long first(Path data) {
        try (JournalReader reader = open(data)) {
            return reader.first();
        }
    }

    /** Size and root of the stored tree. */
    public static Checkpoint checkpoint(Path data) {
        try (JournalReader reader = open(data)) {
            return reader.checkpoint();
        }
    }

    /** Audit path of one event, in the tree of the given size or in the whole one. */
    public static InclusionProof proveInclusion(Path data, long sequence, OptionalLong treeSize) {
        try (JournalReader reader = open(data)) {
            return reader.proveInclusion(sequence, size(reader, treeSize));
        }
    }

    /** That the tree of {@code size2}, or the whole one, extends the one of {@code size1}. */
    public static ConsistencyProof proveConsistency(Path data, long size1, OptionalLong size2) {
        try (JournalReader reader = open(data)) {
            return reader.proveConsistency(size1, size(reader, size2));
        }
    }

    /** The proof as the JSON document that {@code docs/journal-format.md} describes. */
    public static String toJson(InclusionProof proof) {
        return Proofs.toJson(proof);
    }

    public static String toJson(ConsistencyProof proof) {
        return Proofs.toJson(proof);
    }
}
