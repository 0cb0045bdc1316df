package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a graph is to be.
 *
 * @param renewed nodes all of whose agents are to be others, though their declaration may stay
 * @param places by node and number of one of its members, where the agent that follows it is to be; only those are renewed then, but
 *     for state by key, which all of a node hand over at once
 * @param ordered whether records must not overtake each other: old agents have given everything before new ones get anything
 * @param effect what is expected of it, one line each
 */
record Target(
        Map<String, NodeSpec> nodes,
        Map<String, FlowSpec> flows,
        Set<String> renewed,
        Map<String, Map<Integer, String>> places,
        boolean ordered,
        List<String> effect) {
    Target {
        effect = List.copyOf(effect);
        renewed = Set.copyOf(renewed);
        places = Map.copyOf(places);
    }

    /** A graph that is changed step by step, and then is a target. */
    static final class Draft {
        final Map<String, NodeSpec> nodes = new LinkedHashMap<>();
        final Map<String, FlowSpec> flows = new LinkedHashMap<>();
        final Set<String> renewed = new TreeSet<>();
        final Map<String, Map<Integer, String>> places = new TreeMap<>();
        boolean ordered = true;

        Draft(Graphs.Declaration graph) {
            graph.nodes().forEach(node -> nodes.put(node.id(), node));
            graph.flows().forEach(flow -> flows.put(flow.id(), flow));
        }

        void put(FlowSpec flow) {
            flows.put(flow.id(), flow);
        }

        /** Flows that lead to the node, as they are now. */
        List<FlowSpec> into(String node) {
            return flows.values().stream()
                    .filter(flow ->
                            flow.to().stream().anyMatch(end -> end.node().equals(node)))
                    .toList();
        }

        List<FlowSpec> from(String node) {
            return flows.values().stream()
                    .filter(flow -> flow.from().node().equals(node))
                    .toList();
        }

        void removeFlows(Collection<FlowSpec> gone) {
            gone.forEach(flow -> flows.remove(flow.id()));
        }

        Target target(String... effect) {
            return new Target(nodes, flows, renewed, places, ordered, List.of(effect));
        }
    }
}
