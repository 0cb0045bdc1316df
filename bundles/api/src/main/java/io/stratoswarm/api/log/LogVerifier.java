package io.stratoswarm.api.log;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Checks a published folder, alone, by code that shares nothing with the code that wrote it. Whoever works without OSGi gets it by
 * {@link java.util.ServiceLoader}.
 */
@ProviderType
public interface LogVerifier {
    /**
     * What to check.
     *
     * @param keys verifier keys of the log that are trusted; where there are none the key that the log names for itself is taken,
     *     and the report says so
     * @param known files with earlier checkpoints of the log, that the published one must extend
     * @param witnesses verifier keys of witnesses that must have cosigned
     * @param threads how many threads may work
     */
    record Request(Path folder, List<String> keys, List<Path> known, List<String> witnesses, int threads) {
        public Request {
            keys = List.copyOf(keys);
            known = List.copyOf(known);
            witnesses = List.copyOf(witnesses);
        }
    }

    /** Sequences {@code from} inclusive to {@code to} exclusive. */
    record Range(long from, long to) {}

    /**
     * What was found.
     *
     * @param ok whether the folder is what a trusted key signed
     * @param size of the tree that the checkpoint names
     * @param rootHash as computed from the entries; empty where they do not give one
     * @param notes what to know besides, for example which key was taken
     * @param problems one line each: what is wrong and where
     * @param damaged entries that do not fit the tree or are no events
     * @param lost entries that the log itself says were lost to damage
     */
    record Report(
            boolean ok,
            String origin,
            long size,
            String rootHash,
            List<String> notes,
            List<String> problems,
            List<Range> damaged,
            List<Range> lost) {
        public Report {
            notes = List.copyOf(notes);
            problems = List.copyOf(problems);
            damaged = List.copyOf(damaged);
            lost = List.copyOf(lost);
        }
    }

    Report verify(Request request);
}
