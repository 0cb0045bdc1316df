package io.stratoswarm.api.script;

import java.util.Optional;

/**
 * How a script is.
 *
 * @param header of the version that runs; of the file where none does, empty where its header cannot be read
 * @param name its name, or that of its file where the header cannot be read
 * @param file absolute path
 * @param shipped whether it came with the distribution
 * @param state running, loading, disabled, quarantined, failed or unavailable
 * @param reason one line: why it is in this state
 * @param hash SHA-256 of the version that runs; empty where none does
 * @param problem why the file's present content is not what runs, {@code file:line:column: message}; empty where it is
 * @param calls since it was loaded
 * @param failures of these, the ones that did not end well
 * @param lastError of the last call that did not end well, may be empty
 * @param lastErrorNanos its time since 1970-01-01T00:00Z; 0 where there was none
 */
public record ScriptStatus(
        Optional<ScriptHeader> header,
        String name,
        String file,
        boolean shipped,
        String state,
        String reason,
        String hash,
        String problem,
        long calls,
        long failures,
        String lastError,
        long lastErrorNanos) {}
