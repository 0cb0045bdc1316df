package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a selector names: an agent id, a node ({@code shop/api}) or a graph ({@code shop}). */
final class Selectors {
    private static final String FIRST = ".0";

    private Selectors() {}

    /**
     * Agent ids, dependencies first.
     *
     * @throws StratoswarmException kind NOT_FOUND
     */
    static List<String> resolve(AgentsState state, String selector) {
        GraphState graph = state.graphs.get(selector);
        if (graph != null) {
            return ofGraph(state, graph);
        }
        List<String> members = state.members.get(selector);
        if (members != null) {
            return members;
        }
        if (state.agents.containsKey(selector)) {
            return List.of(selector);
        }
        if (selector.endsWith(FIRST)) {
            // The first of a node that had one replica once is named like the node, which means all of them.
            String first = selector.substring(0, selector.length() - FIRST.length());
            AgentState agent = state.agents.get(first);
            if (agent != null && agent.replica == 0) {
                return List.of(first);
            }
        }
        List<String> names = new ArrayList<>(state.graphs.keySet());
        names.addAll(state.members.keySet());
        names.addAll(state.agents.keySet());
        throw unknown("agent, node or graph", selector, names);
    }

    static List<String> ofGraph(AgentsState state, GraphState graph) {
        return Dependencies.order(graph).stream()
                .flatMap(node -> state.membersOf(graph.name(), node).stream())
                .toList();
    }

    static StratoswarmException unknown(String what, String name, Collection<String> known) {
        String hint = nearest(name, known)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse(known.isEmpty() ? "none is declared; apply a manifest first" : "see: stratoswarm ps");
        return new StratoswarmException(
                StratoswarmException.Kind.NOT_FOUND, "no " + what + " is named \"" + name + "\"; " + hint);
    }

    static Optional<String> nearest(String name, Collection<String> known) {
        int most = Math.max(2, name.length() / 3);
        return known.stream()
                .distinct()
                .filter(candidate -> distance(name, candidate) <= most)
                .min(Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
