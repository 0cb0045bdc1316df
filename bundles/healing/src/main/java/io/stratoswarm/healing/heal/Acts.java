package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.healing.strategy.Act;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Does what was chosen. Each gives one line that says what was done, and throws {@link StratoswarmException} where it was not. */
final class Acts {
    static final String ACTOR = "healing";
    private static final long PATIENCE_SECONDS = 60;

    private final Agents agents;
    private final Supplier<Optional<Graphs>> graphs;

    Acts(Agents agents, Supplier<Optional<Graphs>> graphs) {
        this.agents = agents;
        this.graphs = graphs;
    }

    /** Whether it makes sense for the agent as it is now. */
    boolean possible(Act act, AgentStatus agent, Set<String> needed) {
        return switch (act) {
            case WAIT, ASK -> true;
            // What its policy brings back by itself is not started twice, and what it put into quarantine stays there
            // until something is another than it was.
            case RESTART -> restartable(agent);
            case RESTART_DEPENDENCIES ->
                agents.list().stream().anyMatch(other -> depends(agent, needed, other) && !well(other));
            case ROLLBACK ->
                graphs.get()
                        .flatMap(it -> it.declaration(agent.graph()))
                        .map(graph -> graph.generation() > 1 && !graph.deleting())
                        .orElse(false);
            case RECLAIM, THROTTLE, RENICE_NEIGHBOUR, MOVE, SCALE, CAPTURE -> false;
        };
    }

    private boolean restartable(AgentStatus agent) {
        boolean allowed = agents.spec(agent.id())
                .map(spec -> spec.restart().mode() != RestartMode.NEVER)
                .orElse(false);
        return allowed && (agent.phase() == AgentPhase.FAILED || agent.phase() == AgentPhase.READY);
    }

    private static boolean depends(AgentStatus agent, Set<String> needed, AgentStatus other) {
        return other.graph().equals(agent.graph()) && needed.contains(other.node());
    }

    static boolean well(AgentStatus agent) {
        return agent.phase() == AgentPhase.READY || agent.phase() == AgentPhase.COMPLETED;
    }

    String perform(Act act, AgentStatus agent, Set<String> needed) {
        return switch (act) {
            case RESTART -> "started anew: " + String.join(", ", await(agents.restart(agent.id(), ACTOR)));
            case RESTART_DEPENDENCIES -> dependencies(agent, needed);
            case ROLLBACK -> rollback(agent);
            default -> throw new StratoswarmException(Kind.UNAVAILABLE, act.word() + " cannot be done on this host");
        };
    }

    private String dependencies(AgentStatus agent, Set<String> needed) {
        List<String> done = new ArrayList<>();
        for (AgentStatus other : agents.list()) {
            // What a person stopped stays stopped.
            if (depends(agent, needed, other)
                    && !well(other)
                    && other.phase() != AgentPhase.STOPPED
                    && other.phase() != AgentPhase.STOPPING) {
                done.addAll(await(agents.restart(other.id(), ACTOR)));
            }
        }
        if (done.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "what it needs is well by now, or was stopped by somebody; nothing was started anew");
        }
        AgentStatus now = agents.get(agent.id()).orElse(agent);
        if (!now.phase().running() && now.phase() != AgentPhase.STARTING && now.phase() != AgentPhase.WAITING) {
            done.addAll(await(agents.restart(agent.id(), ACTOR)));
        }
        return "started anew: " + String.join(", ", done);
    }

    private String rollback(AgentStatus agent) {
        Graphs known =
                graphs.get().orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there"));
        Graphs.Applied applied =
                await(known.rollback(agent.graph(), OptionalLong.empty(), OptionalLong.empty(), ACTOR));
        AgentStatus now = agents.get(agent.id()).orElse(agent);
        if (now.phase() == AgentPhase.QUARANTINED || now.phase() == AgentPhase.FAILED) {
            await(agents.start(agent.id(), ACTOR));
        }
        return "graph " + applied.name() + " is generation " + applied.generation() + ", as it was before";
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StratoswarmException known
                    ? known
                    : new StratoswarmException(Kind.SYSTEM, String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, "not done within " + PATIENCE_SECONDS + " s; it goes on", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before it was done", e);
        }
    }
}
