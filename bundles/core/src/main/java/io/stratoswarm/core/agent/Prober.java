package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.util.concurrent.CompletableFuture;

/** Asks once whether something answers, over the network. */
interface Prober {
    /** How one probe went; the detail is one line. */
    record Result(boolean well, String detail) {}

    /** Completes with a result, never exceptionally, on any thread. */
    CompletableFuture<Result> tcp(ProbeAction.Tcp action, long timeoutMillis);

    CompletableFuture<Result> http(ProbeAction.Http action, long timeoutMillis);
}
