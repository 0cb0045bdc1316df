package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.graph.NodeSpec.Dependency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The part of the fold that is about declarations. */
final class GraphFold {
    private GraphFold() {}

    static void apply(AgentsState state, String name, String type, long sequence, byte[] payload) throws IOException {
        GraphState graph = state.graphs.get(name);
        switch (type) {
            case Events.GRAPH_APPLIED -> {
                Fields f = Fields.of(payload);
                Map<String, NodeState> nodes = graph == null ? Map.of() : graph.nodes();
                state.graphs.put(name, new GraphState(name, f.generation, f.description, f.source, false, nodes));
            }
            case Events.NODE_DECLARED -> {
                if (graph != null) {
                    declared(state, graph, sequence, Json.tree(payload));
                }
            }
            case Events.NODE_REMOVED -> {
                String id = Fields.of(payload).node;
                NodeState node = graph == null ? null : graph.node(id);
                if (graph != null && node != null) {
                    boolean empty = state.membersOf(name, id).isEmpty();
                    state.graphs.put(name, empty ? graph.without(id) : graph.with(node.gone()));
                }
            }
            case Events.GRAPH_DELETE_REQUESTED -> {
                if (graph != null) {
                    state.graphs.put(name, graph.asDeleting());
                }
            }
            case Events.GRAPH_DELETED -> state.graphs.remove(name);
            default -> {
                // A later version may add facts about graphs.
            }
        }
    }

    private static void declared(AgentsState state, GraphState graph, long sequence, JsonNode json) {
        String id = json.path("node").textValue();
        int version = json.path("version").intValue();
        int replicas = json.path("replicas").intValue();
        AgentSpec spec = SpecCodec.read(json.path("spec"));
        NodeState old = graph.node(id);
        Map<Integer, AgentSpec> specs = new TreeMap<>(old == null ? Map.of() : old.specs());
        specs.put(version, spec);
        NodeState node = new NodeState(id, version, specs, replicas, dependencies(json.path("dependsOn")), false);
        state.graphs.put(graph.name(), graph.with(node));
        long at = json.path("at").longValue();
        for (int replica = 0; replica < replicas; replica++) {
            String agent = AgentsState.idOf(graph.name(), id, replica, replicas);
            AgentState known = state.agents.get(agent);
            if (known == null) {
                AgentState created = new AgentState(agent, graph.name(), id, replica);
                created.since = at;
                created.incarnation = state.incarnationFloor;
                created.sequence = sequence;
                state.put(created);
            } else if (known.then == AgentState.Then.REMOVE) {
                // It was on its way out and is wanted again.
                AgentState kept = known.copy();
                kept.then = AgentState.Then.RESTART;
                state.put(kept);
            }
        }
        dropUnusedSpecs(state, graph.name(), id);
    }

    static List<Dependency> dependencies(JsonNode array) {
        List<Dependency> dependencies = new ArrayList<>();
        array.forEach(d -> dependencies.add(new Dependency(
                d.path("node").textValue(),
                Condition.valueOf(d.path("condition").textValue()))));
        return dependencies;
    }

    static void afterRemoval(AgentsState state, AgentState agent) {
        GraphState graph = state.graphs.get(agent.graph);
        NodeState node = graph == null ? null : graph.node(agent.node);
        if (graph == null || node == null) {
            return;
        }
        if (node.removed() && state.membersOf(agent.graph, agent.node).isEmpty()) {
            state.graphs.put(agent.graph, graph.without(agent.node));
        } else {
            dropUnusedSpecs(state, agent.graph, agent.node);
        }
    }

    /** Forgets specs of earlier versions that no agent of the node was last started with. */
    static void dropUnusedSpecs(AgentsState state, String graphName, String id) {
        GraphState graph = state.graphs.get(graphName);
        NodeState node = graph == null ? null : graph.node(id);
        if (graph == null || node == null || node.specs().size() < 2) {
            return;
        }
        Set<Integer> used = new HashSet<>();
        used.add(node.version());
        state.agentsOf(graphName, id).forEach(agent -> used.add(agent.specVersion));
        if (!used.containsAll(node.specs().keySet())) {
            Map<Integer, AgentSpec> kept = new TreeMap<>(node.specs());
            kept.keySet().retainAll(used);
            state.graphs.put(graphName, graph.with(node.withSpecs(kept)));
        }
    }
}
