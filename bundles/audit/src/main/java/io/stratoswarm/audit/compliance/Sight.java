package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.graph.Graphs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Agents and graphs as values of CEL. */
final class Sight {
    private final Supplier<Optional<Agents>> agents;
    private final Supplier<Optional<Graphs>> graphs;

    Sight(Supplier<Optional<Agents>> agents, Supplier<Optional<Graphs>> graphs) {
        this.agents = agents;
        this.graphs = graphs;
    }

    /** {@code agents} and {@code graphs}; empty lists while those who know them are not there. */
    Map<String, Object> state() {
        List<Map<String, Object>> all = new ArrayList<>();
        agents.get().ifPresent(known -> known.list().forEach(agent -> all.add(agent(agent))));
        List<Map<String, Object>> declared = new ArrayList<>();
        graphs.get().ifPresent(known -> known.list().forEach(graph -> declared.add(graph(graph))));
        return Map.of("agents", all, "graphs", declared);
    }

    /** Whether anything can be said of agents and graphs now. */
    boolean there() {
        return agents.get().isPresent() && graphs.get().isPresent();
    }

    private static Map<String, Object> agent(AgentStatus agent) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", agent.id());
        view.put("graph", agent.graph());
        view.put("node", agent.node());
        view.put("replica", (long) agent.replica());
        view.put("phase", agent.phase().name().toLowerCase(Locale.ROOT));
        view.put("reason", agent.reason());
        view.put("since", Instant.ofEpochSecond(0, agent.sinceNanos()));
        view.put("incarnation", agent.incarnation());
        view.put("restarts", agent.restarts());
        view.put("lastExit", agent.lastExit().orElse(""));
        view.put("command", agent.command());
        return view;
    }

    private static Map<String, Object> graph(Graphs.Summary graph) {
        return Map.of(
                "name",
                graph.name(),
                "generation",
                graph.generation(),
                "agents",
                graph.agents().stream().map(Sight::agent).toList());
    }
}
