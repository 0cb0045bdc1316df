package io.stratoswarm.core.agent;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A declared graph.
 *
 * @param source hash of the manifest's text in the blob store; empty where none was kept
 * @param deleting a delete was requested and agents still stop
 */
record GraphState(
        String name,
        long generation,
        String description,
        String source,
        boolean deleting,
        Map<String, NodeState> nodes) {
    GraphState {
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
    }

    GraphState with(NodeState node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.put(node.id(), node);
        return new GraphState(name, generation, description, source, deleting, all);
    }

    GraphState without(String node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.remove(node);
        return new GraphState(name, generation, description, source, deleting, all);
    }

    GraphState asDeleting() {
        return new GraphState(name, generation, description, source, true, nodes);
    }

    @Nullable
    NodeState node(String id) {
        return nodes.get(id);
    }
}
