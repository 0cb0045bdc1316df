package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Flows by the words that are made for them. */
final class FlowWriter {
    private static final Map<String, String> COMPARISONS = Map.of(
            "equals", "==",
            "notEquals", "!=",
            "less", "<",
            "lessOrEqual", "<=",
            "greater", ">",
            "greaterOrEqual", ">=",
            "matches", "matches");

    /** As many as the parser takes in a row. */
    private static final int MAX_NEGATIONS = 12;

    private FlowWriter() {}

    static Optional<String> flow(Obj object) {
        Optional<String> from = Writer.textOf(object, "from");
        Optional<List<String>> to = Writer.get(object, "to")
                .flatMap(value -> value instanceof GraphTree.Text text
                        ? Optional.of(List.of(text.value()))
                        : Writer.texts(value).filter(names -> names.size() > 1));
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        List<String> done = new ArrayList<>(List.of("from", "to"));
        StringBuilder block = new StringBuilder();
        delivery(object, block, done);
        route(object, block, done);
        for (Member member : object.members()) {
            if (!done.contains(member.key())) {
                block.append(member(member)).append('\n');
            }
        }
        String ends = Writer.quote(from.get()) + " -> "
                + String.join(", ", to.get().stream().map(Writer::quote).toList());
        return Optional.of("flow " + ends + (block.isEmpty() ? "" : " {\n" + block + "}") + "\n");
    }

    private static void delivery(Obj object, StringBuilder block, List<String> done) {
        Optional<String> delivery = Writer.textOf(object, "delivery");
        Optional<String> ack = Writer.textOf(object, "ack");
        Optional<String> channel = Writer.textOf(object, "ackChannel");
        if (delivery.isEmpty()) {
            return;
        }
        block.append("delivery ").append(Writer.quote(delivery.get()));
        done.add("delivery");
        if (ack.isPresent()) {
            block.append(" ack ").append(Writer.quote(ack.get()));
            done.add("ack");
            if (channel.isPresent()) {
                block.append(' ').append(Writer.quote(channel.get()));
                done.add("ackChannel");
            }
        }
        block.append('\n');
    }

    private static void route(Obj object, StringBuilder block, List<String> done) {
        Optional<String> route = Writer.textOf(object, "route");
        if (route.isEmpty()) {
            return;
        }
        block.append("route ").append(Writer.quote(route.get()));
        done.add("route");
        Writer.textOf(object, "key").ifPresent(key -> {
            block.append(' ').append(Writer.quote(key));
            done.add("key");
        });
        block.append('\n');
    }

    private static String member(Member member) {
        Optional<String> special = switch (member.key()) {
            case "transforms" -> Writer.each(member.value(), FlowWriter::transform);
            case "cases" -> Writer.each(member.value(), FlowWriter::branch);
            default -> Optional.empty();
        };
        return special.orElseGet(() -> Writer.generic(member, Kind.FLOW));
    }

    private static Optional<String> branch(Obj object) {
        Optional<String> to = Writer.textOf(object, "to");
        Optional<GraphTree> when = Writer.get(object, "when");
        Optional<String> condition = when.flatMap(it -> condition(it, 0));
        boolean fits = to.isPresent()
                && when.isPresent() == condition.isPresent()
                && object.members().size() == (when.isPresent() ? 2 : 1);
        return fits
                ? Optional.of("case " + Writer.quote(to.get())
                        + condition.map(it -> " where " + it).orElse(""))
                : Optional.empty();
    }

    private static Optional<String> transform(Obj object) {
        Optional<String> script = Writer.textOf(object, "script");
        if (script.isPresent()) {
            return Optional.of(
                    "script " + Writer.quote(script.get()) + Writer.rest(object, List.of("script"), Kind.PLAIN));
        }
        if (object.members().size() != 1) {
            return Optional.empty();
        }
        Member only = object.members().getFirst();
        return switch (only.key()) {
            case "where" -> condition(only.value(), 0).map(it -> "where " + it);
            case "project" ->
                Writer.texts(only.value())
                        .filter(fields -> !fields.isEmpty())
                        .map(fields -> "project "
                                + String.join(
                                        ", ", fields.stream().map(Writer::quote).toList()));
            case "rename" -> rename(only.value());
            case "sample" ->
                only.value() instanceof Obj || only.value() instanceof GraphTree.Arr
                        ? Optional.empty()
                        : Optional.of("sample " + Writer.value(only.value(), Kind.PLAIN));
            default -> Optional.empty();
        };
    }

    private static Optional<String> rename(GraphTree value) {
        boolean fits = value instanceof Obj object
                && !object.members().isEmpty()
                && object.members().stream().allMatch(it -> it.value() instanceof GraphTree.Text);
        if (!fits || !(value instanceof Obj names)) {
            return Optional.empty();
        }
        List<String> pairs = new ArrayList<>();
        names.members()
                .forEach(it -> pairs.add(Writer.quote(it.key()) + " -> " + Writer.value(it.value(), Kind.PLAIN)));
        return Optional.of("rename " + String.join(", ", pairs));
    }

    /** The condition in operators, or nothing where it has a form that they cannot express. */
    private static Optional<String> condition(GraphTree tree, int negations) {
        if (!(tree instanceof Obj object) || negations > MAX_NEGATIONS) {
            return Optional.empty();
        }
        Optional<String> field = Writer.textOf(object, "field");
        if (field.isPresent() && object.members().size() == 2) {
            Member test = object.members().get(object.members().getFirst().key().equals("field") ? 1 : 0);
            return test(field.get(), test);
        }
        if (object.members().size() != 1) {
            return Optional.empty();
        }
        Member only = object.members().getFirst();
        return switch (only.key()) {
            case "all" -> joined(only.value(), " and ");
            case "any" -> joined(only.value(), " or ");
            case "not" ->
                condition(only.value(), negations + 1).map(it -> "not " + (joins(only.value()) ? "(" + it + ")" : it));
            default -> Optional.empty();
        };
    }

    private static boolean joins(GraphTree tree) {
        return tree instanceof Obj object
                && (Writer.get(object, "all").isPresent()
                        || Writer.get(object, "any").isPresent());
    }

    private static Optional<String> joined(GraphTree value, String sign) {
        if (!(value instanceof GraphTree.Arr array) || array.items().size() < 2) {
            return Optional.empty();
        }
        List<String> tests = new ArrayList<>();
        for (GraphTree item : array.items()) {
            Optional<String> test = condition(item, 0);
            if (test.isEmpty()) {
                return Optional.empty();
            }
            tests.add(joins(item) ? "(" + test.get() + ")" : test.get());
        }
        return Optional.of(String.join(sign, tests));
    }

    private static Optional<String> test(String field, Member test) {
        GraphTree value = test.value();
        String name = Writer.field(field);
        if (test.key().equals("exists")) {
            return value instanceof GraphTree.Bool flag && flag.value()
                    ? Optional.of(name + " exists")
                    : Optional.empty();
        }
        if (test.key().equals("in")) {
            return value instanceof GraphTree.Arr
                    ? Optional.of(name + " in " + Writer.value(value, Kind.PLAIN))
                    : Optional.empty();
        }
        String sign = COMPARISONS.get(test.key());
        return sign == null || value instanceof Obj || value instanceof GraphTree.Arr
                ? Optional.empty()
                : Optional.of(name + " " + sign + " " + Writer.value(value, Kind.PLAIN));
    }
}
