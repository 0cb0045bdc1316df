package io.stratoswarm.core.tool;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The commands {@code stratoswarm journal ...}. Each takes the data folder of a daemon. All but {@link #salvage} and
 * {@link #restore} may run while a daemon works on the folder: they read the same database through its own locks.
 *
 * <p>Failures are {@link StratoswarmException}s: NOT_FOUND where there is no journal, CONFLICT where a daemon holds a folder
 * that must not be in use, DAMAGED where what was asked for is lost.
 */
public final class JournalTools {
    private JournalTools() {}

    /** Sequences {@code from} inclusive to {@code to} exclusive. */
    public record SequenceRange(long from, long to) {}

    /**
     * What {@link #verify} found.
     *
     * @param journal journal id as text; empty where it could not be read
     * @param size number of events checked
     * @param rootHash recomputed root, lower-case hexadecimal
     * @param problems one line each: what is wrong and where; empty where all is well
     * @param damaged events that cannot be read or do not fit their hash
     */
    public record VerifyResult(
            boolean ok,
            String journal,
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
        throw new UnsupportedOperationException("not written yet");
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
        throw new UnsupportedOperationException("not written yet");
    }

    /** What a backup holds. */
    public record BackupResult(String journal, long size, String rootHash, Path target) {}

    /** Copies journal and blobs, consistently and while a daemon runs; keys are left out. The target must not exist. */
    public static BackupResult backup(Path data, Path target) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** What a restore made: a new journal that begins with the old one's events... named by its first event. */
    public record RestoreResult(String journal, String oldJournal, long oldSize, String oldRootHash) {}

    /**
     * Makes a data folder from a backup. The events are kept as they are under {@code archive/}; the new journal has a new id and
     * its first event, JournalRestored, names id, size and root of the old one. The target must not hold a journal.
     */
    public static RestoreResult restore(Path backup, Path data) {
        throw new UnsupportedOperationException("not written yet");
    }

    /**
     * Writes the matching events as JSON lines, each a CloudEvent 1.0 as {@code docs/journal-format.md} maps it; the query's
     * limit is not applied. Returns how many.
     */
    public static long export(Path data, EventQuery query, OutputStream out) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Size and root of the stored tree. */
    public static Checkpoint checkpoint(Path data) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Audit path of one event, in the tree of the given size or in the whole one. */
    public static InclusionProof proveInclusion(Path data, long sequence, OptionalLong treeSize) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** That the tree of {@code size2}, or the whole one, extends the one of {@code size1}. */
    public static ConsistencyProof proveConsistency(Path data, long size1, OptionalLong size2) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** The proof as the JSON document that {@code docs/journal-format.md} describes. */
    public static String toJson(InclusionProof proof) {
        throw new UnsupportedOperationException("not written yet");
    }

    public static String toJson(ConsistencyProof proof) {
        throw new UnsupportedOperationException("not written yet");
    }
}
