package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Event;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Decodes states of {@link AgentsProjection} and shows them as the live services show theirs. */
@Component(service = PastGraphs.class)
public final class AgentsPast implements PastGraphs {
    private final ZoneId zone;

    @Activate
    public AgentsPast() {
        this(ZoneId.systemDefault());
    }

    AgentsPast(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public View view(byte[] state, long timeNanos) {
        return new Decoded(StateCodec.decode(state), timeNanos, zone);
    }

    private record Decoded(AgentsState state, long now, ZoneId zone) implements View {
        @Override
        public List<AgentStatus> agents() {
            return state.inOrder()
                    .map(agent -> Reasons.status(state, agent, now, zone))
                    .toList();
        }

        @Override
        public Optional<AgentSpec> spec(String agent) {
            return Optional.ofNullable(state.agents.get(agent)).map(state::spec);
        }

        @Override
        public List<Graphs.Summary> graphs() {
            List<AgentStatus> all = agents();
            return new TreeMap<>(state.graphs)
                    .values().stream()
                            .map(graph -> new Graphs.Summary(
                                    graph.name(),
                                    graph.generation(),
                                    graph.description(),
                                    all.stream()
                                            .filter(agent -> agent.graph().equals(graph.name()))
                                            .toList()))
                            .toList();
        }

        @Override
        public Optional<Graphs.Declaration> declaration(String graph) {
            return Optional.ofNullable(state.graphs.get(graph)).map(found -> LiveGraphs.declaration(found, state));
        }
    }

    @Override
    public Optional<Ruling> ruling(byte[] before, Event end) {
        boolean exited = end.type().equals(Events.EXITED);
        if (!end.source().equals(Events.SOURCE)
                || !end.subject().startsWith(Events.AGENT)
                || !exited && !end.type().equals(Events.SETUP_FAILED)) {
            return Optional.empty();
        }
        AgentsState state = StateCodec.decode(before);
        AgentState agent = state.agents.get(end.subject().substring(Events.AGENT.length()));
        Fields fields = fields(end);
        boolean displaced = fields.exit.equals("displaced");
        if (agent == null
                || agent.then != AgentState.Then.NONE && agent.then != AgentState.Then.POLICY
                || agent.then == AgentState.Then.NONE && displaced
                || agent.lease != null
                || state.node(agent) == null) {
            return Optional.empty();
        }
        AgentSpec spec = state.spec(agent);
        // Who is displaced or lost counts as one that was well, as when it was decided.
        boolean unseen = displaced || fields.exit.equals("lost");
        long ran = unseen ? Long.MAX_VALUE : exited ? fields.ranMillis : 0;
        boolean success = fields.exit.equals("exit 0") && agent.then == AgentState.Then.NONE;
        RestartRules.Verdict least = RestartRules.afterEnd(agent, spec, success, ran, fields.at, () -> 0L);
        RestartRules.Verdict most = RestartRules.afterEnd(agent, spec, success, ran, fields.at, () -> -1L);
        int counted = counted(agent, RestartRules.keepFrom(spec.restart(), fields.at));
        return Optional.of(new Ruling(
                verdict(least),
                delay(least),
                delay(most),
                counted,
                spec.restart().intensity()));
    }

    private static int counted(AgentState agent, long keepFrom) {
        return (int) Arrays.stream(agent.recent).filter(t -> t >= keepFrom).count();
    }

    private static Verdict verdict(RestartRules.Verdict verdict) {
        return switch (verdict) {
            case RestartRules.Verdict.Now now -> Verdict.RESTART_NOW;
            case RestartRules.Verdict.Later later -> Verdict.RESTART_LATER;
            case RestartRules.Verdict.Quarantine quarantine -> Verdict.QUARANTINE;
            case RestartRules.Verdict.Complete complete -> Verdict.COMPLETE;
            case RestartRules.Verdict.Fail fail -> Verdict.FAIL;
        };
    }

    private static long delay(RestartRules.Verdict verdict) {
        return verdict instanceof RestartRules.Verdict.Later later ? later.delayMillis() : 0;
    }

    private static Fields fields(Event event) {
        try {
            return Fields.of(event.payload());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "event " + event.sequence() + " (" + event.type() + ") has a payload that cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }
}
