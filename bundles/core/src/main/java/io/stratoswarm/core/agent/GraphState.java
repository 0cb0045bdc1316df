package io.stratoswarm.core.agent;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.core.graph.GraphRules;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A declared graph.
 *
 * @param source hash of the manifest's text in the blob store; empty where none was kept
 * @param deleting a delete was requested and agents still stop
 * @param flows by id
 * @param diverged by item of {@link io.stratoswarm.core.graph.Items}, what the manifest says of it where something else runs; no
 *     properties where it has no such item
 * @param held ids of flows that take nothing for now
 */
record GraphState(
        String name,
        long generation,
        String description,
        String source,
        boolean deleting,
        Map<String, NodeState> nodes,
        Map<String, FlowSpec> flows,
        GraphRules rules,
        Map<String, SortedMap<String, String>> diverged,
        Set<String> held) {
    GraphState {
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
        flows = Collections.unmodifiableMap(new TreeMap<>(flows));
        diverged = Collections.unmodifiableMap(new TreeMap<>(diverged));
        held = Collections.unmodifiableSortedSet(new TreeSet<>(held));
    }

    /** Before its first generation. */
    static GraphState none(String name) {
        return new GraphState(name, 0, "", "", false, Map.of(), Map.of(), GraphRules.NONE, Map.of(), Set.of());
    }

    GraphState with(NodeState node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.put(node.id(), node);
        return new GraphState(name, generation, description, source, deleting, all, flows, rules, diverged, held);
    }

    GraphState without(String node) {
        Map<String, NodeState> all = new TreeMap<>(nodes);
        all.remove(node);
        return new GraphState(name, generation, description, source, deleting, all, flows, rules, diverged, held);
    }

    GraphState with(FlowSpec flow) {
        Map<String, FlowSpec> all = new TreeMap<>(flows);
        all.put(flow.id(), flow);
        return new GraphState(name, generation, description, source, deleting, nodes, all, rules, diverged, held);
    }

    GraphState withoutFlow(String flow) {
        Map<String, FlowSpec> all = new TreeMap<>(flows);
        all.remove(flow);
        return new GraphState(name, generation, description, source, deleting, nodes, all, rules, diverged, held);
    }

    GraphState with(GraphRules changed) {
        return new GraphState(name, generation, description, source, deleting, nodes, flows, changed, diverged, held);
    }

    /** The next generation of it. */
    GraphState next(long number, String text, String hash) {
        return new GraphState(name, number, text, hash, false, nodes, flows, rules, Map.of(), held);
    }

    GraphState withDiverged(String item, SortedMap<String, String> manifest) {
        Map<String, SortedMap<String, String>> all = new TreeMap<>(diverged);
        all.put(item, Collections.unmodifiableSortedMap(manifest));
        return new GraphState(name, generation, description, source, deleting, nodes, flows, rules, all, held);
    }

    GraphState asDeleting() {
        return new GraphState(name, generation, description, source, true, nodes, flows, rules, diverged, held);
    }

    @Nullable
    NodeState node(String id) {
        return nodes.get(id);
    }

    GraphState withHeld(Set<String> ids) {
        return new GraphState(name, generation, description, source, deleting, nodes, flows, rules, diverged, ids);
    }

    /** Whether it is between two states that a manifest could say. */
    boolean transforming() {
        return !held.isEmpty()
                || nodes.values().stream()
                        .anyMatch(node -> node.members().values().stream().anyMatch(member -> !member.settled()));
    }
}
