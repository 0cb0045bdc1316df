package io.stratoswarm.api.graph;

import java.util.List;
import java.util.Map;

/**
 * A declared application graph.
 *
 * @param name {@code [a-z0-9]([a-z0-9-]*[a-z0-9])?}, at most 63 characters
 * @param labels free text by name
 * @param constraints that a placement must keep
 * @param objectives that a placement is measured by
 * @param source the text it was parsed from, kept with the graph; for other syntaxes than JSON all of its files, as
 *     {@link Graphs#source} gives them back
 */
public record GraphManifest(
        String name,
        String description,
        Map<String, String> labels,
        List<NodeSpec> nodes,
        List<FlowSpec> flows,
        List<Constraint> constraints,
        List<Objective> objectives,
        String source) {
    public GraphManifest {
        labels = Map.copyOf(labels);
        nodes = List.copyOf(nodes);
        flows = List.copyOf(flows);
        constraints = List.copyOf(constraints);
        objectives = List.copyOf(objectives);
    }

    /** A graph of nodes alone. */
    public GraphManifest(String name, String description, List<NodeSpec> nodes, String source) {
        this(name, description, Map.of(), nodes, List.of(), List.of(), List.of(), source);
    }
}
