package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.graph.NodeSpec.Dependency;
import io.stratoswarm.core.graph.Topology;
import io.stratoswarm.core.graph.Wiring;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Conditions between nodes, judged over all replicas. */
final class Dependencies {
    private Dependencies() {}

    /** Why the agent may not start yet; names the first agent that holds it back. */
    static Optional<String> unmet(AgentsState state, AgentState agent) {
        GraphState graph = state.graphs.get(agent.graph);
        NodeState node = state.node(agent);
        if (graph == null || node == null) {
            return Optional.of("its node is not declared");
        }
        for (Dependency dependency : node.dependsOn()) {
            NodeState on = graph.node(dependency.node());
            String name = agent.graph + "/" + dependency.node();
            List<String> members = state.membersOf(agent.graph, dependency.node());
            if (on == null || on.removed() || members.isEmpty()) {
                return Optional.of("waits for " + name + ", which is not declared; apply the graph with it");
            }
            for (String id : members) {
                AgentState other = state.agents.get(id);
                MemberState member = other == null ? null : on.members().get(other.replica);
                if (other != null
                        && !(member != null && member.draining())
                        && !met(other, on, dependency.condition())) {
                    return Optional.of(waiting(other, dependency.condition()));
                }
            }
        }
        return Optional.empty();
    }

    static boolean met(AgentState on, NodeState node, Condition condition) {
        if (on.completed) {
            // What has run to its good end cannot come nearer to any condition.
            return true;
        }
        return switch (condition) {
            case STARTED -> on.phase.running() && on.phase != AgentPhase.STOPPING;
            case READY -> on.phase == AgentPhase.READY;
            case HEALTHY ->
                on.phase == AgentPhase.READY
                        && (on.healthy || node.spec(on.specVersion).liveness().isEmpty());
            case COMPLETED -> false;
        };
    }

    private static String waiting(AgentState on, Condition condition) {
        String wanted = switch (condition) {
            case STARTED -> " to run";
            case READY -> " to be ready";
            case HEALTHY -> " to be healthy";
            case COMPLETED -> " to complete";
        };
        String phase = on.phase.name().toLowerCase(Locale.ROOT);
        // A process that runs says no more by its reason; of every other state the reason is worth knowing.
        String why = on.phase == AgentPhase.RUNNING ? "" : ": " + on.reason;
        return "waits for " + on.id + wanted + "; it is " + phase + why;
    }

    /** An agent that must be down before this one is stopped; empty where none must. */
    static Optional<String> stopsAfter(AgentsState state, AgentState agent) {
        GraphState graph = state.graphs.get(agent.graph);
        if (graph == null || agent.then == AgentState.Then.POLICY) {
            return Optional.empty();
        }
        return graph.nodes().values().stream()
                .filter(node -> node.dependsOn().stream().anyMatch(d -> d.node().equals(agent.node)))
                .flatMap(node -> state.agentsOf(agent.graph, node.id()))
                .filter(dependant -> dependant.phase == AgentPhase.STOPPING)
                .map(dependant -> dependant.id)
                .findFirst();
    }

    /** Node ids of a graph, dependencies first; else those that records go to before those that they come from. */
    static List<String> order(GraphState graph) {
        Map<String, List<Dependency>> dependsOn = new TreeMap<>();
        graph.nodes().values().forEach(node -> dependsOn.put(node.id(), node.dependsOn()));
        return Topology.order(dependsOn, Wiring.receivers(graph.flows().values()));
    }
}
