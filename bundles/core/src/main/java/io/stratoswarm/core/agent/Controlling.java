package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.Control;
import java.util.concurrent.CompletableFuture;

/** Controls of running agents: the host tries, then it is recorded what came of it. See {@link AgentControls}. */
final class Controlling {
    /** The kernel's shortest quota, 1 ms in a period of 100 ms. */
    private static final double LEAST_CORES = 0.01;

    private static final int MOST_CORES = 8192;

    private final Context context;

    Controlling(Context context) {
        this.context = context;
    }

    void apply(String id, Control control, String actor, CompletableFuture<Outcome> done) {
        check(control);
        AgentState agent = context.decided().agent(id);
        if (agent == null) {
            throw Selectors.unknown("agent", id, context.decided().agents.keySet());
        }
        if (!agent.phase.running() || agent.phase == AgentPhase.STOPPING) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "agent " + id + " does not run, so that nothing of it can be controlled: " + agent.reason);
        }
        long incarnation = agent.incarnation;
        context.inBackground(id, () -> {
            try {
                Outcome outcome = context.host.control(id, incarnation, control);
                context.post(() -> record(id, incarnation, control, actor, outcome, done));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
    }

    private void record(
            String id,
            long incarnation,
            Control control,
            String actor,
            Outcome outcome,
            CompletableFuture<Outcome> done) {
        if (context.decided().agent(id) == null) {
            done.completeExceptionally(
                    new StratoswarmException(Kind.CONFLICT, "agent " + id + " was removed meanwhile"));
            return;
        }
        Ledger.Decision d = context.ledger.decide(actor);
        ObjectNode fields = d.at().put("incarnation", incarnation);
        fields.set("control", shape(control));
        fields.put("outcome", outcome.done() ? "done" : "unavailable")
                .put("detail", outcome.detail())
                .put("before", outcome.before())
                .put("after", outcome.after());
        d.agent(Events.CONTROLLED, id, fields);
        d.then(() -> done.complete(outcome));
        d.commit(done::completeExceptionally);
    }

    private static ObjectNode shape(Control control) {
        ObjectNode json = Json.object();
        switch (control) {
            case Control.Nice nice -> json.put("nice", nice.value());
            case Control.Affinity affinity -> {
                ArrayNode cpus = json.putArray("cpus");
                affinity.cpus().forEach(cpus::add);
            }
            case Control.Throttle throttle -> json.put("cpuCores", throttle.cores());
            case Control.Reclaim reclaim -> json.put("reclaimBytes", reclaim.bytes());
        }
        return json;
    }

    private static void check(Control control) {
        String wrong = switch (control) {
            case Control.Nice nice -> nice.value() < -20 || nice.value() > 19 ? "a niceness is -20 to 19" : "";
            case Control.Affinity affinity ->
                affinity.cpus().isEmpty() || affinity.cpus().stream().anyMatch(cpu -> cpu < 0 || cpu >= MOST_CORES)
                        ? "processors are given by their numbers, at least one"
                        : "";
            case Control.Throttle throttle ->
                throttle.cores() == 0 || throttle.cores() >= LEAST_CORES && throttle.cores() <= MOST_CORES
                        ? ""
                        : "a limit of processor time is " + LEAST_CORES + " to " + MOST_CORES
                                + " cores, or 0 for what was declared";
            case Control.Reclaim reclaim -> reclaim.bytes() < 1 ? "what is reclaimed is 1 byte or more" : "";
        };
        if (!wrong.isEmpty()) {
            throw new StratoswarmException(Kind.INVALID, wrong);
        }
    }
}
