package io.stratoswarm.api.script;

import java.util.List;

/**
 * What came of one call.
 *
 * @param status how it ended
 * @param output JSON that the script returned; empty where it did not
 * @param error one line; empty where it went well
 * @param stack frames of the script's own code, innermost first, each {@code function (file:line:column)}
 * @param log lines that it printed, oldest first
 * @param durationNanos of the call itself, without the time it waited
 */
public record ScriptOutcome(
        Status status, String output, String error, List<String> stack, List<String> log, long durationNanos) {
    /** How a call ended. */
    public enum Status {
        OK,
        /** The script threw. */
        THREW,
        /** The output does not have the shape that its kind asks for; the error names the field. */
        WRONG_OUTPUT,
        /** It went over a limit; the error names it. */
        BREACHED,
        /** Its queue was full, or it is disabled or in quarantine. */
        REFUSED,
        /** The worker ended through no fault that could be put on this script, twice. */
        LOST,
        /** Scripts of this language cannot be run here; the error says why. */
        UNAVAILABLE
    }

    public ScriptOutcome {
        stack = List.copyOf(stack);
        log = List.copyOf(log);
    }

    public boolean ok() {
        return status == Status.OK;
    }
}
