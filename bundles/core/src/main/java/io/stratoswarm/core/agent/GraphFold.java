package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.graph.BuiltinCodec;
import io.stratoswarm.core.graph.FlowCodec;
import io.stratoswarm.core.graph.GraphRules;
import io.stratoswarm.core.graph.NodeCodec;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The part of the fold that is about declarations. */
final class GraphFold {
    private GraphFold() {}

    static void apply(AgentsState state, String name, String type, long sequence, byte[] payload) throws IOException {
        GraphState graph = state.graphs.get(name);
        switch (type) {
            case Events.GRAPH_APPLIED -> {
                Fields f = Fields.of(payload);
                GraphState old = graph == null ? GraphState.none(name) : graph;
                state.graphs.put(name, old.next(f.generation, f.description, f.source));
            }
            case Events.GRAPH_EDITED -> {
                if (graph != null) {
                    long generation = Fields.of(payload).generation;
                    state.graphs.put(name, graph.next(generation, graph.description(), graph.source()));
                }
            }
            case Events.DECLARATION_DIVERGED -> {
                if (graph != null) {
                    JsonNode json = Json.tree(payload);
                    SortedMap<String, String> manifest = new TreeMap<>();
                    json.path("manifest")
                            .properties()
                            .forEach(e -> manifest.put(e.getKey(), e.getValue().textValue()));
                    state.graphs.put(name, graph.withDiverged(json.path("item").textValue(), manifest));
                }
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
            case Events.NODE_MEMBERS_CHANGED -> {
                JsonNode json = Json.tree(payload);
                NodeState node =
                        graph == null ? null : graph.node(json.path("node").textValue());
                if (graph != null && node != null) {
                    NodeState changed = node.with(MemberState.read(json.path("members"), node.replicas()));
                    state.graphs.put(name, graph.with(changed));
                    agents(state, name, changed, sequence, json.path("at").longValue());
                    dropUnusedSpecs(state, name, node.id());
                }
            }
            case Events.FLOWS_HELD -> {
                if (graph != null) {
                    Set<String> held = new HashSet<>();
                    Json.tree(payload).path("flows").forEach(flow -> held.add(flow.textValue()));
                    state.graphs.put(name, graph.withHeld(held));
                }
            }
            case Events.FLOW_DECLARED -> {
                if (graph != null) {
                    state.graphs.put(
                            name, graph.with(FlowCodec.read(Json.tree(payload).path("flow"))));
                }
            }
            case Events.FLOW_REMOVED -> {
                if (graph != null) {
                    state.graphs.put(
                            name,
                            graph.withoutFlow(Json.tree(payload).path("flow").textValue()));
                }
            }
            case Events.GRAPH_RULES_DECLARED -> {
                if (graph != null) {
                    JsonNode json = Json.tree(payload);
                    GraphRules rules = GraphRules.read(json.path("rules"));
                    boolean first = json.path("part").intValue() == 0;
                    state.graphs.put(
                            name, graph.with(first ? rules : graph.rules().and(rules.constraints())));
                }
            }
            case Events.GRAPH_DELETE_REQUESTED -> {
                if (graph != null) {
                    state.graphs.put(name, graph.asDeleting());
                }
            }
            case Events.GRAPH_DELETED -> {
                if (graph != null) {
                    state.retired.put(name, graph.generation());
                    state.graphs.remove(name);
                }
            }
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
        NodeSpec declared = new NodeSpec(
                id,
                spec,
                replicas,
                NodeCodec.dependsOn(json),
                BuiltinCodec.read(spec),
                NodeCodec.channels(json),
                NodeCodec.request(json),
                NodeCodec.policies(json));
        SortedMap<Integer, MemberState> members = MemberState.read(json.path("members"), replicas);
        NodeState node = new NodeState(declared, version, json.path("born").longValue(), specs, members, false);
        state.graphs.put(graph.name(), graph.with(node));
        agents(state, graph.name(), node, sequence, json.path("at").longValue());
        dropUnusedSpecs(state, graph.name(), id);
    }

    /** Makes the agents of members that are not there. */
    private static void agents(AgentsState state, String graph, NodeState node, long sequence, long at) {
        Map<Integer, String> ids = state.idsOf(graph, node.id(), node.members().keySet(), node.replicas());
        ids.forEach((number, agent) -> {
            AgentState known = state.agents.get(agent);
            if (known == null) {
                AgentState created = new AgentState(agent, graph, node.id(), number);
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
        });
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
        node.members().values().forEach(member -> used.add(node.versionOf(member.number())));
        state.agentsOf(graphName, id).forEach(agent -> used.add(agent.specVersion));
        if (!used.containsAll(node.specs().keySet())) {
            Map<Integer, AgentSpec> kept = new TreeMap<>(node.specs());
            kept.keySet().retainAll(used);
            state.graphs.put(graphName, graph.with(node.withSpecs(kept)));
        }
    }
}
