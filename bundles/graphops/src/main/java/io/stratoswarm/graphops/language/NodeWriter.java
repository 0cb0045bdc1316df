package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Nodes by the words that are made for them. */
final class NodeWriter {
    private static final Set<String> AMOUNTS = Set.of("cpu", "memory", "pids");

    private NodeWriter() {}

    static Optional<String> node(Obj object) {
        Optional<String> id = Writer.textOf(object, "id");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> type = Writer.textOf(object, "type")
                .filter(it -> List.of("script", "source", "sink").contains(it));
        StringBuilder out = new StringBuilder();
        out.append(type.orElse("node"))
                .append(' ')
                .append(Writer.quote(id.get()))
                .append(" {\n");
        for (Member member : object.members()) {
            if (!member.key().equals("id") && !(type.isPresent() && member.key().equals("type"))) {
                out.append(member(member)).append('\n');
            }
        }
        return Optional.of(out.append("}\n").toString());
    }

    private static String member(Member member) {
        Optional<String> special = switch (member.key()) {
            case "command" -> Writer.run(member, Kind.NODE);
            case "dependsOn" -> after(member.value());
            case "resources" -> resources(member.value());
            case "restart" -> first(member, "policy");
            case "stop" -> first(member, "signal");
            default -> Optional.empty();
        };
        return special.orElseGet(() -> Writer.generic(member, Kind.NODE));
    }

    private static Optional<String> after(GraphTree value) {
        if (!(value instanceof GraphTree.Arr array) || array.items().isEmpty()) {
            return Optional.empty();
        }
        List<String> phrases = new ArrayList<>();
        for (GraphTree item : array.items()) {
            if (item instanceof GraphTree.Text text) {
                phrases.add(Writer.quote(text.value()));
            } else if (item instanceof Obj object
                    && object.members().size() == 2
                    && Writer.textOf(object, "node").isPresent()
                    && Writer.textOf(object, "condition").isPresent()) {
                phrases.add(Writer.quote(Writer.textOf(object, "node").get()) + " "
                        + Writer.quote(Writer.textOf(object, "condition").get()));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of("after " + String.join(", ", phrases));
    }

    private static Optional<String> resources(GraphTree value) {
        boolean plain = value instanceof Obj object
                && !object.members().isEmpty()
                && object.members().stream()
                        .allMatch(it -> AMOUNTS.contains(it.key())
                                && !(it.value() instanceof Obj)
                                && !(it.value() instanceof GraphTree.Arr));
        if (!plain || !(value instanceof Obj amounts)) {
            return Optional.empty();
        }
        StringBuilder out = new StringBuilder();
        amounts.members()
                .forEach(it -> out.append(it.key())
                        .append(' ')
                        .append(Writer.value(it.value(), Kind.PLAIN))
                        .append('\n'));
        return Optional.of(out.toString().stripTrailing());
    }

    /** The word is taken, so that even an odd value keeps its meaning only in quotes. */
    private static Optional<String> first(Member member, String key) {
        if (!(member.value() instanceof Obj object)) {
            return Optional.empty();
        }
        Optional<String> value = Writer.textOf(object, key);
        String block = Writer.rest(object, value.isPresent() ? List.of(key) : List.of(), Kind.PLAIN);
        return Optional.of(member.key()
                + value.map(it -> " " + Writer.quote(it)).orElse("")
                + (value.isEmpty() && block.isEmpty() ? " {}" : block));
    }
}
