package io.stratoswarm.cli;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A graph as boxes and arrows.
 *
 * @param arrows flows from source to target, and dependencies from what is waited for to what waits
 */
record GraphDrawing(String name, List<Box> boxes, List<Arrow> arrows) {
    /** @param type of the node, {@code process} for most */
    record Box(String id, String type, String label) {}

    /** @param flow whether records pass here; else it is a dependency */
    record Arrow(String from, String to, boolean flow, String label) {}

    static GraphDrawing of(GraphManifest manifest) {
        List<Box> boxes = new ArrayList<>();
        List<Arrow> arrows = new ArrayList<>();
        for (NodeSpec node : manifest.nodes()) {
            String times = node.replicas() > 1 ? " × " + node.replicas() : "";
            boxes.add(new Box(node.id(), node.kind().type(), node.id() + times));
            for (NodeSpec.Dependency dependency : node.dependsOn()) {
                arrows.add(new Arrow(
                        dependency.node(),
                        node.id(),
                        false,
                        dependency.condition().name().toLowerCase(Locale.ROOT)));
            }
        }
        for (FlowSpec flow : manifest.flows()) {
            String label = flow.data().name()
                    + (flow.delivery() instanceof FlowSpec.Delivery.AtLeastOnce ? ", at least once" : "");
            flow.to().forEach(to -> arrows.add(new Arrow(flow.from().node(), to.node(), true, label)));
        }
        return new GraphDrawing(manifest.name(), boxes, arrows);
    }

    /** For Graphviz. Names of graphs and nodes are letters, digits and hyphens; so quotes are all they need. */
    String dot() {
        StringBuilder out =
                new StringBuilder("digraph \"" + name + "\" {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n");
        for (Box box : boxes) {
            String shape = switch (box.type()) {
                case "process" -> "box";
                case "script" -> "component";
                case "source" -> "cds";
                case "sink" -> "cylinder";
                default -> "hexagon";
            };
            out.append("  \"%s\" [shape=%s, label=\"%s\"];\n".formatted(box.id(), shape, box.label()));
        }
        for (Arrow arrow : arrows) {
            out.append("  \"%s\" -> \"%s\" [%slabel=\"%s\"];\n"
                    .formatted(arrow.from(), arrow.to(), arrow.flow() ? "" : "style=dashed, ", arrow.label()));
        }
        return out.append("}\n").toString();
    }

    /** For Mermaid, which reads some words such as {@code end} as its own; so ids get a letter in front. */
    String mermaid() {
        StringBuilder out = new StringBuilder("flowchart LR\n");
        for (Box box : boxes) {
            String form = switch (box.type()) {
                case "process" -> "[\"%s\"]";
                case "script" -> "[[\"%s\"]]";
                case "source" -> "([\"%s\"])";
                case "sink" -> "[(\"%s\")]";
                default -> "{{\"%s\"}}";
            };
            out.append("  n_")
                    .append(box.id())
                    .append(form.formatted(box.label()))
                    .append('\n');
        }
        for (Arrow arrow : arrows) {
            out.append("  n_%s %s|\"%s\"| n_%s\n"
                    .formatted(arrow.from(), arrow.flow() ? "-->" : "-.->", arrow.label(), arrow.to()));
        }
        return out.toString();
    }
}
