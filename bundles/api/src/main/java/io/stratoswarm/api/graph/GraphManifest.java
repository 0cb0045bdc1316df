package io.stratoswarm.api.graph;

import java.util.List;

/**
 * A declared application graph.
 *
 * @param name {@code [a-z0-9]([a-z0-9-]*[a-z0-9])?}, at most 63 characters
 * @param source the text it was parsed from, kept with the graph
 */
public record GraphManifest(String name, String description, List<NodeSpec> nodes, String source) {
    public GraphManifest {
        nodes = List.copyOf(nodes);
    }
}
