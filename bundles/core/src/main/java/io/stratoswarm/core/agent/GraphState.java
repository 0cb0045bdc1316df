package io.stratoswarm.core.agent;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.core.graph.GraphRules;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A declared graph.
 *
 * @param source hash of the manifest's text in the blob store; empty where none was kept
 * @param deleting a delete was requested and agents still stop
 * @param flows by id
 */
record GraphState(
        String name,
        long generation,
        String description,
        String source,
        boolean deleting,
        Map<String, NodeState> nodes,
        Map<String, FlowSpec> flows,
        GraphRules rules) {
    GraphState {
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
        flows = Collections.unmodifiableMap(new TreeMap<>(flows));
    }

    GraphState with(NodeState node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.put(node.id(), node);
        return new GraphState(name, generation, description, source, deleting, all, flows, rules);
    }

    GraphState without(String node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.remove(node);
        return new GraphState(name, generation, description, source, deleting, all, flows, rules);
    }

    GraphState with(FlowSpec flow) {
        Map<String, FlowSpec> all = new TreeMap<>(flows);
        all.put(flow.id(), flow);
        return new GraphState(name, generation, description, source, deleting, nodes, all, rules);
    }

    GraphState withoutFlow(String flow) {
        Map<String, FlowSpec> all = new TreeMap<>(flows);
        all.remove(flow);
        return new GraphState(name, generation, description, source, deleting, nodes, all, rules);
    }

    GraphState with(GraphRules changed) {
        return new GraphState(name, generation, description, source, deleting, nodes, flows, changed);
    }

    GraphState asDeleting() {
        return new GraphState(name, generation, description, source, true, nodes, flows, rules);
    }

    @Nullable
    NodeState node(String id) {
        return nodes.get(id);
    }
}
