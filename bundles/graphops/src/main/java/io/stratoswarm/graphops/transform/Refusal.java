package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.Collection;
import java.util.List;

/** What is said of requests that make no sense, and what is asked of a graph that may not have it. */
final class Refusal {
    private static final int SHOWN = 20;

    private Refusal() {}

    static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }

    static StratoswarmException conflict(String message) {
        return new StratoswarmException(Kind.CONFLICT, message);
    }

    static NodeSpec node(Graphs.Declaration graph, String id) {
        return graph.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> missing(
                        "node",
                        graph.name(),
                        id,
                        graph.nodes().stream().map(NodeSpec::id).toList()));
    }

    static FlowSpec flow(Graphs.Declaration graph, String id) {
        return graph.flows().stream()
                .filter(flow -> flow.id().equals(id))
                .findFirst()
                .orElseThrow(() -> missing(
                        "flow",
                        graph.name(),
                        id,
                        graph.flows().stream().map(FlowSpec::id).toList()));
    }

    private static StratoswarmException missing(String what, String graph, String id, Collection<String> known) {
        List<String> some = known.stream().sorted().limit(SHOWN).toList();
        return new StratoswarmException(
                Kind.NOT_FOUND,
                "graph " + graph + " has no " + what + " '" + id + "'; it has "
                        + (some.isEmpty() ? "none" : String.join(", ", some)));
    }
}
