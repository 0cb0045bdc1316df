package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Finds cycles in a graph of names. Depth-first and without recursion, since a chain may be ten thousand long. Each node is in at
 * most one report.
 */
final class Cycles<N> {
    private static final int SHOWN = 12;

    private record Edge<N>(N to, GraphTree.Place place) {}

    private final Map<N, Map<N, Edge<N>>> edges = new LinkedHashMap<>();

    /** Where two edges join the same nodes, the first counts. */
    void edge(N from, N to, GraphTree.Place place) {
        edges.computeIfAbsent(from, key -> new LinkedHashMap<>()).putIfAbsent(to, new Edge<>(to, place));
    }

    /** Gives the place of the edge that closes each cycle, and the cycle as {@code a -> b -> a}. */
    void report(BiConsumer<GraphTree.Place, String> found) {
        Map<N, Boolean> done = new HashMap<>();
        for (N start : edges.keySet()) {
            if (!done.containsKey(start)) {
                walk(start, done, found);
            }
        }
    }

    private List<Edge<N>> from(N node) {
        return List.copyOf(edges.getOrDefault(node, Map.of()).values());
    }

    private void walk(N start, Map<N, Boolean> done, BiConsumer<GraphTree.Place, String> found) {
        List<N> path = new ArrayList<>(List.of(start));
        List<List<Edge<N>>> left = new ArrayList<>(List.of(from(start)));
        List<Integer> next = new ArrayList<>(List.of(0));
        done.put(start, false);
        while (!path.isEmpty()) {
            int top = path.size() - 1;
            int index = next.get(top);
            if (index == left.get(top).size()) {
                done.put(path.removeLast(), true);
                left.removeLast();
                next.removeLast();
                continue;
            }
            next.set(top, index + 1);
            Edge<N> edge = left.get(top).get(index);
            Boolean seen = done.get(edge.to());
            if (seen == null) {
                path.add(edge.to());
                left.add(from(edge.to()));
                next.add(0);
                done.put(edge.to(), false);
            } else if (!seen) {
                found.accept(edge.place(), shown(path.subList(path.indexOf(edge.to()), path.size()), edge.to()));
            }
        }
    }

    private static <N> String shown(List<N> cycle, N end) {
        List<String> names = new ArrayList<>();
        cycle.forEach(node -> names.add(String.valueOf(node)));
        if (names.size() > SHOWN) {
            List<String> middle = names.subList(SHOWN / 2, names.size() - SHOWN / 2);
            int hidden = middle.size();
            middle.clear();
            names.add(SHOWN / 2, "… " + hidden + " more …");
        }
        names.add(String.valueOf(end));
        return String.join(" -> ", names);
    }
}
