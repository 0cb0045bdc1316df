package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Control;
import java.util.concurrent.CompletableFuture;

/** The service over a supervisor. */
record LiveControls(Supervisor supervisor) implements AgentControls {
    @Override
    public CompletableFuture<Outcome> apply(String id, Control control, String actor) {
        return supervisor.command(done -> supervisor.controls.apply(id, control, actor, done));
    }
}
