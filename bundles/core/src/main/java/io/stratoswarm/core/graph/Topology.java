package io.stratoswarm.core.graph;

import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Order of nodes by dependency. */
public final class Topology {
    private Topology() {}

    /**
     * Node ids with dependencies before those that depend on them, else by name. Dependencies on unknown nodes are ignored.
     * Nodes on a cycle, and those behind it, are left out.
     */
    public static List<String> order(Map<String, ? extends Collection<NodeSpec.Dependency>> dependsOn) {
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
        Deque<String> free = new ArrayDeque<>();
        open.forEach((node, count) -> {
            if (count == 0) {
                free.add(node);
            }
        });
        List<String> order = new ArrayList<>();
        while (!free.isEmpty()) {
            String node = free.remove();
            order.add(node);
            for (String dependant : dependants.getOrDefault(node, List.of())) {
                if (open.merge(dependant, -1, Integer::sum) == 0) {
                    free.add(dependant);
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
