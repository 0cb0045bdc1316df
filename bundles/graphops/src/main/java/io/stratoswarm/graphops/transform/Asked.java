package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Transforms.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A request with the graph that it is about, and which of its arguments were looked at.
 *
 * <p>Those that nobody looked at are mistakes, which {@link #done} tells.
 */
final class Asked {
    private final Request request;
    private final Graphs.Declaration graph;
    private final Optional<GraphManifest> fragment;
    private final Function<GraphSource, ManifestResult> parser;
    private final Set<String> seen = new HashSet<>();

    Asked(
            Request request,
            Graphs.Declaration graph,
            Optional<GraphManifest> fragment,
            Function<GraphSource, ManifestResult> parser) {
        this.parser = parser;
        this.request = request;
        this.graph = graph;
        this.fragment = fragment;
    }

    Graphs.Declaration graph() {
        return graph;
    }

    Function<GraphSource, ManifestResult> parser() {
        return parser;
    }

    Target.Draft draft() {
        return new Target.Draft(graph);
    }

    Optional<String> text(String name) {
        seen.add(name);
        return Optional.ofNullable(request.arguments().get(name));
    }

    String need(String name) {
        return text(name)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> Refusal.invalid(request.kind() + " needs '" + name + "'"));
    }

    List<String> list(String name) {
        return Arrays.stream(need(name).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }

    int count(String name, int least, int most) {
        String text = need(name);
        try {
            int count = Integer.parseInt(text);
            if (count >= least && count <= most) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw Refusal.invalid(
                    "'" + name + "' must be a number from " + least + " to " + most + ", not '" + text + "'");
        }
        throw Refusal.invalid("'" + name + "' must be " + least + " to " + most + ", not " + text);
    }

    /** Arguments whose names begin so, without that beginning. */
    Map<String, String> all(String prefix) {
        Map<String, String> all = new TreeMap<>();
        request.arguments().forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                seen.add(name);
                all.put(name.substring(prefix.length()), value);
            }
        });
        return all;
    }

    GraphManifest fragment() {
        return fragment.orElseThrow(() -> Refusal.invalid(request.kind() + " needs a file that declares the node"));
    }

    boolean hasFragment() {
        return fragment.isPresent();
    }

    /** The only node of the file. */
    NodeSpec fragmentNode() {
        List<NodeSpec> nodes = fragment().nodes();
        if (nodes.size() != 1) {
            throw Refusal.invalid("the file must declare one node, and declares " + nodes.size());
        }
        return nodes.getFirst();
    }

    /** A node of the file that the graph does not have yet. */
    NodeSpec fresh(NodeSpec node) {
        if (graph.nodes().stream().anyMatch(each -> each.id().equals(node.id()))) {
            throw Refusal.conflict(
                    "graph " + graph.name() + " has a node '" + node.id() + "' already; give the new one another id");
        }
        return node;
    }

    /** Refuses arguments that the kind does not have. */
    void done() {
        List<String> unknown = new ArrayList<>(request.arguments().keySet());
        unknown.removeAll(seen);
        if (!unknown.isEmpty()) {
            throw Refusal.invalid(request.kind() + " has no argument '" + unknown.getFirst() + "'; it has "
                    + String.join(", ", seen.stream().sorted().toList()));
        }
    }
}
