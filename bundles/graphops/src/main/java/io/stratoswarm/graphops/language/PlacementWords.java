package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.language.Syntax.Part;
import io.stratoswarm.graphops.language.Syntax.Phrase;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Syntax.Value;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;

/** The words of constraints and objectives. */
final class PlacementWords {
    private final Lowering lowering;
    private final Messages messages;
    private final Values values;

    PlacementWords(Lowering lowering, Messages messages, Values values) {
        this.lowering = lowering;
        this.messages = messages;
        this.values = values;
    }

    /**
     * {@code constraint spread api, web by zone { maxSkew 2 }}: the kind, nodes, and then {@code by LABEL}, {@code to PLACE} or
     * {@code to LABEL = VALUE}.
     */
    void constraint(Statement statement, Members out) {
        List<Part> parts = new ArrayList<>();
        for (Phrase phrase : statement.phrases()) {
            parts.addAll(phrase.parts());
        }
        if (parts.isEmpty()
                || !(parts.getFirst() instanceof Value kind)
                || statement.assigned().isPresent()
                || statement.condition().isPresent()) {
            lowering.misused(statement);
            return;
        }
        Members members = new Members(messages);
        String name = values.asText(kind).orElse("");
        members.put(kind.place(), "kind", new GraphTree.Text(kind.place(), name));
        int index = 1;
        List<GraphTree> nodes = new ArrayList<>();
        Place place = kind.place();
        while (index < parts.size() && parts.get(index) instanceof Value value && !joins(value)) {
            place = nodes.isEmpty() ? value.place() : place;
            values.asText(value).ifPresent(text -> nodes.add(new GraphTree.Text(value.place(), text)));
            index++;
        }
        if (!nodes.isEmpty()) {
            members.put(place, "nodes", new GraphTree.Arr(place, nodes));
        }
        if (!rest(name, parts.subList(index, parts.size()), members)) {
            lowering.misused(statement);
            return;
        }
        statement.block().ifPresent(block -> lowering.statements(block.statements(), Kind.PLAIN, members));
        out.add(statement.place(), "constraints", members.build(statement.place()));
    }

    private static boolean joins(Value value) {
        return value instanceof Syntax.Bare bare
                && (bare.text().equals("by") || bare.text().equals("to"));
    }

    private boolean rest(String kind, List<Part> parts, Members members) {
        if (parts.isEmpty()) {
            return true;
        }
        if (parts.size() < 2
                || !(parts.get(0) instanceof Syntax.Bare word)
                || !(parts.get(1) instanceof Value target)) {
            return false;
        }
        boolean to = word.text().equals("to");
        String key = !to ? "by" : kind.equals("pin") ? "place" : "label";
        members.put(word.place(), key, values.of(target, Kind.PLAIN));
        if (parts.size() == 2) {
            return true;
        }
        if (!to
                || parts.size() != 4
                || !(parts.get(2) instanceof Syntax.Join join)
                || !join.sign().equals("=")
                || !(parts.get(3) instanceof Value value)) {
            return false;
        }
        GraphTree found = values.of(value, Kind.PLAIN);
        members.put(
                value.place(),
                "values",
                found instanceof GraphTree.Arr ? found : new GraphTree.Arr(value.place(), List.of(found)));
        return true;
    }

    /** {@code objective latency 2, balance 1}. */
    void objective(Statement statement, Members out) {
        boolean good = !statement.phrases().isEmpty()
                && statement.assigned().isEmpty()
                && statement.block().isEmpty()
                && statement.condition().isEmpty();
        for (Phrase phrase : statement.phrases()) {
            List<Part> parts = phrase.parts();
            if (!good || parts.size() > 2 || !(parts.getFirst() instanceof Value goal)) {
                good = false;
                break;
            }
            GraphTree weight = parts.size() == 2 && parts.get(1) instanceof Value value
                    ? values.of(value, Kind.PLAIN)
                    : new GraphTree.Num(goal.place(), "1", true);
            values.asText(goal)
                    .ifPresent(
                            name -> out.object(statement.place(), "objectives").put(goal.place(), name, weight));
        }
        if (!good) {
            lowering.misused(statement);
        }
    }
}
