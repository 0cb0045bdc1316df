package io.stratoswarm.api.agent;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Controls of running agents. A control is for all processes that belong to the agent, its children and what daemonised included,
 * and for those that they start later. It lasts for the present incarnation: the next start is as declared.
 */
@ProviderType
public interface AgentControls {
    /**
     * What came of a control.
     *
     * @param done false where this host cannot do it, or could not do it whole
     * @param detail one line: what was done, or why it is unavailable
     * @param before as it was: a niceness, a list of processors such as {@code 0-3,8}, a number of cores or {@code max}, or for a
     *     reclaim the resident bytes; empty where it is not known
     * @param after the same thing, read back afterwards
     */
    record Outcome(boolean done, String detail, String before, String after) {
        /** What this host cannot do, and why. */
        public static Outcome unavailable(String detail) {
            return new Outcome(false, detail, "", "");
        }

        public boolean unavailable() {
            return !done;
        }
    }

    /**
     * Carries out a control and records what came of it; completes when that is durable. What the host cannot do is an outcome and no
     * failure.
     *
     * <p>Kinds of failure: NOT_FOUND for an unknown agent, INVALID for a value that cannot be, CONFLICT where the agent does not run.
     */
    CompletableFuture<Outcome> apply(String id, Control control, String actor);
}
