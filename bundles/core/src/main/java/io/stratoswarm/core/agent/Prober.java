package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.util.concurrent.CompletableFuture;

/** Asks once whether something answers, over the network. */
interface Prober {
    /**
     * How one probe went.
     *
     * @param detail one line
     * @param nanos how long the answer took, or for how long none came; negative where that is not known
     */
    record Result(boolean well, String detail, long nanos) {
        Result(boolean well, String detail) {
            this(well, detail, -1);
        }
    }

    /** Completes with a result, never exceptionally, on any thread. */
    CompletableFuture<Result> tcp(ProbeAction.Tcp action, long timeoutMillis);

    CompletableFuture<Result> http(ProbeAction.Http action, long timeoutMillis);
}
