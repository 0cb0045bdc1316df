package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.core.process.ProcessHost;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** The service over a supervisor: reads what is durable, hands commands to the owner. */
final class LiveAgents implements Agents {
    private final Supervisor supervisor;
    private final ProcessHost host;
    private final InstantSource clock;
    private final ZoneId zone;

    LiveAgents(Supervisor supervisor, ProcessHost host, InstantSource clock, ZoneId zone) {
        this.supervisor = supervisor;
        this.host = host;
        this.clock = clock;
        this.zone = zone;
    }

    private <T> T read(Function<AgentsState, T> what) {
        return supervisor.context.ledger.read(what);
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * Texts.SECOND + now.getNano();
    }

    /** What a probe last said is no event and so not in the state; it is put behind the reason while the agent is not ready. */
    private AgentStatus status(AgentsState state, AgentState agent, long now) {
        AgentStatus s = Reasons.status(state, agent, now, zone);
        Context.Answer answer = supervisor.context.answers.get(agent.id);
        if (answer == null || answer.incarnation() != s.incarnation() || s.phase() != AgentPhase.RUNNING) {
            return s;
        }
        return new AgentStatus(
                s.id(),
                s.graph(),
                s.node(),
                s.replica(),
                s.phase(),
                s.reason() + "; last answer: " + answer.detail(),
                s.sinceNanos(),
                s.pid(),
                s.startedNanos(),
                s.incarnation(),
                s.restarts(),
                s.lastExit(),
                s.command(),
                s.lease());
    }

    @Override
    public List<AgentStatus> list() {
        long now = now();
        return read(
                state -> state.inOrder().map(agent -> status(state, agent, now)).toList());
    }

    List<AgentStatus> ofGraph(String graph) {
        long now = now();
        return read(state -> state.inOrder()
                .filter(agent -> agent.graph.equals(graph))
                .map(agent -> status(state, agent, now))
                .toList());
    }

    @Override
    public Optional<AgentStatus> get(String id) {
        return read(state -> Optional.ofNullable(state.agent(id)).map(agent -> status(state, agent, now())));
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        return read(state -> Optional.ofNullable(state.agent(id))
                .flatMap(agent -> Optional.ofNullable(state.node(agent)))
                .map(NodeState::declared));
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        return supervisor.command(done -> supervisor.commands.start(selector, actor, done));
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        return supervisor.command(done -> supervisor.commands.stop(selector, actor, done));
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        return supervisor.command(done -> supervisor.commands.restart(selector, actor, done));
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        return supervisor.command(done -> supervisor.commands.kill(selector, actor, done));
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        return supervisor.command(done -> supervisor.commands.signal(selector, signal, actor, done));
    }

    @Override
    public List<LogLine> log(String id, int lines) {
        return host.log(known(id), lines);
    }

    @Override
    public AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
        return host.followLog(known(id), lines, consumer);
    }

    private String known(String id) {
        AgentsState state = supervisor.context.ledger.durable;
        if (!state.agents.containsKey(id)) {
            throw Selectors.unknown("agent", id, state.agents.keySet());
        }
        return id;
    }

    @Override
    public CompletableFuture<List<String>> stopAll(String actor) {
        CompletableFuture<List<String>> stopped = supervisor.command(done -> supervisor.commands.stopAll(actor, done));
        return stopped.thenApply(agents -> {
            host.endWithAgents();
            return agents;
        });
    }

    @Override
    public CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor) {
        return supervisor.command(done -> supervisor.inputs.end(id, incarnation, channel, actor, done));
    }
}
