package io.stratoswarm.core.graph;

import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Order of nodes by dependency. */
public final class Topology {
    private Topology() {}

    /**
     * Node ids with dependencies before those that depend on them, else by name. Dependencies on unknown nodes are ignored.
     * Nodes on a cycle, and those behind it, are left out.
     */
    public static List<String> order(Map<String, ? extends Collection<NodeSpec.Dependency>> dependsOn) {
        return order(dependsOn, Map.of());
    }

    /**
     * The same, with a second wish that yields where it contradicts a dependency: what a node is to come after, if it can.
     *
     * @param after by node
     */
    public static List<String> order(
            Map<String, ? extends Collection<NodeSpec.Dependency>> dependsOn,
            Map<String, ? extends Collection<String>> after) {
        Map<String, Integer> open = new TreeMap<>();
        Map<String, List<String>> dependants = new LinkedHashMap<>();
        new TreeMap<String, Collection<NodeSpec.Dependency>>(dependsOn).forEach((node, dependencies) -> {
            List<String> known = dependencies.stream()
                    .map(NodeSpec.Dependency::node)
                    .distinct()
                    .filter(dependsOn::containsKey)
                    .toList();
            open.put(node, known.size());
            known.forEach(
                    d -> dependants.computeIfAbsent(d, k -> new ArrayList<>()).add(node));
        });
        Map<String, Integer> wishes = new HashMap<>();
        Map<String, List<String>> wishing = new HashMap<>();
        after.forEach((node, others) -> others.stream()
                .filter(other -> open.containsKey(node) && open.containsKey(other))
                .forEach(other -> {
                    wishes.merge(node, 1, Integer::sum);
                    wishing.computeIfAbsent(other, k -> new ArrayList<>()).add(node);
                }));
        Deque<String> free = new ArrayDeque<>();
        // Nodes without an unmet dependency whose wish is unmet: they come only where nothing else can.
        Set<String> held = new LinkedHashSet<>();
        open.forEach((node, count) -> {
            if (count == 0) {
                (wishes.getOrDefault(node, 0) == 0 ? free : held).add(node);
            }
        });
        List<String> order = new ArrayList<>();
        while (!free.isEmpty() || !held.isEmpty()) {
            String node = free.isEmpty() ? held.iterator().next() : free.remove();
            held.remove(node);
            order.add(node);
            for (String dependant : dependants.getOrDefault(node, List.of())) {
                if (open.merge(dependant, -1, Integer::sum) == 0) {
                    (wishes.getOrDefault(dependant, 0) == 0 ? free : held).add(dependant);
                }
            }
            for (String other : wishing.getOrDefault(node, List.of())) {
                if (wishes.merge(other, -1, Integer::sum) == 0 && held.remove(other)) {
                    free.add(other);
                }
            }
        }
        return order;
    }

    /** One cycle as {@code a -> b -> a}, or empty where there is none. */
    public static List<String> cycle(Map<String, ? extends Collection<NodeSpec.Dependency>> dependsOn) {
        List<String> order = order(dependsOn);
        Map<String, Collection<NodeSpec.Dependency>> left = new TreeMap<>(dependsOn);
        order.forEach(left::remove);
        if (left.isEmpty()) {
            return List.of();
        }
        // Every node that is left depends on another that is left, so walking on must come back.
        List<String> path = new ArrayList<>();
        String node = left.keySet().iterator().next();
        while (!path.contains(node)) {
            path.add(node);
            node = left.getOrDefault(node, List.of()).stream()
                    .map(NodeSpec.Dependency::node)
                    .filter(left::containsKey)
                    .findFirst()
                    .orElseThrow();
        }
        List<String> cycle = new ArrayList<>(path.subList(path.indexOf(node), path.size()));
        cycle.add(node);
        return cycle;
    }
}
