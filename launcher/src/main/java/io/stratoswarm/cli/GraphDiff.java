package io.stratoswarm.cli;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import io.stratoswarm.core.manifest.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** In what two graphs differ: parts that came, went or changed, and of the changed ones each field. */
final class GraphDiff {
    /** @param fields of a changed part */
    private record Change(String sign, String what, List<Field> fields) {}

    /** @param from and to empty where there is nothing on that side */
    private record Field(String path, String from, String to) {}

    private final List<Change> changes = new ArrayList<>();

    private GraphDiff() {}

    static GraphDiff of(Obj old, Obj now) {
        GraphDiff diff = new GraphDiff();
        diff.parts(parts(old), parts(now));
        return diff;
    }

    /** Every part by what a person would call it. */
    private static Map<String, GraphTree> parts(Obj graph) {
        Map<String, GraphTree> parts = new LinkedHashMap<>();
        List<Member> rest = new ArrayList<>();
        for (Member member : graph.members()) {
            switch (member.key()) {
                case "$schema" -> {}
                case "nodes" -> items(member.value(), it -> "node " + text(it, "id"), parts);
                case "flows" -> items(member.value(), GraphDiff::flow, parts);
                case "constraints" ->
                    items(member.value(), it -> "constraint " + text(it, "kind") + " " + sorted(it), parts);
                case "types" -> fields(member.value(), "type ", parts);
                case "objectives" -> fields(member.value(), "objective ", parts);
                default -> rest.add(member);
            }
        }
        parts.put("graph", new Obj(graph.place(), rest));
        return parts;
    }

    private static void items(
            GraphTree value, java.util.function.Function<GraphTree, String> name, Map<String, GraphTree> parts) {
        if (value instanceof GraphTree.Arr array) {
            for (GraphTree item : array.items()) {
                String what = name.apply(item);
                String unique = what;
                for (int i = 2; parts.containsKey(unique); i++) {
                    unique = what + " (" + i + ")";
                }
                parts.put(unique, item);
            }
        }
    }

    private static void fields(GraphTree value, String prefix, Map<String, GraphTree> parts) {
        if (value instanceof Obj object) {
            object.members().forEach(it -> parts.put(prefix + it.key(), it.value()));
        }
    }

    private static String text(GraphTree tree, String key) {
        return tree instanceof Obj object
                ? object.members().stream()
                        .filter(it -> it.key().equals(key))
                        .map(it -> shown(it.value()))
                        .findFirst()
                        .orElse("")
                : "";
    }

    private static String flow(GraphTree flow) {
        String id = text(flow, "id");
        return "flow " + (id.isEmpty() ? text(flow, "from") + " -> " + text(flow, "to") : id);
    }

    private static String shown(GraphTree tree) {
        return tree instanceof GraphTree.Text text ? text.value() : sorted(tree);
    }

    /** JSON with sorted keys, so that their order makes no difference. */
    private static String sorted(GraphTree tree) {
        return Trees.json(inOrder(tree));
    }

    private static GraphTree inOrder(GraphTree tree) {
        return switch (tree) {
            case Obj object ->
                new Obj(
                        object.place(),
                        object.members().stream()
                                .map(it -> new Member(it.place(), it.key(), inOrder(it.value())))
                                .sorted(java.util.Comparator.comparing(Member::key))
                                .toList());
            case GraphTree.Arr array ->
                new GraphTree.Arr(
                        array.place(),
                        array.items().stream().map(GraphDiff::inOrder).toList());
            default -> tree;
        };
    }

    private void parts(Map<String, GraphTree> old, Map<String, GraphTree> now) {
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(old.keySet());
        for (String name : names) {
            GraphTree before = old.get(name);
            GraphTree after = now.get(name);
            if (before == null) {
                changes.add(new Change("+", name, List.of()));
            } else if (after == null) {
                changes.add(new Change("-", name, List.of()));
            } else {
                List<Field> fields = new ArrayList<>();
                compare("", before, after, fields);
                if (!fields.isEmpty()) {
                    changes.add(new Change("~", name, fields));
                }
            }
        }
    }

    private static void compare(String path, GraphTree old, GraphTree now, List<Field> fields) {
        if (old instanceof Obj before && now instanceof Obj after) {
            Map<String, GraphTree> left = new LinkedHashMap<>();
            before.members().forEach(it -> left.put(it.key(), it.value()));
            for (Member member : after.members()) {
                String inside = path.isEmpty() ? member.key() : path + "." + member.key();
                GraphTree other = left.remove(member.key());
                if (other == null) {
                    fields.add(new Field(inside, "", shown(member.value())));
                } else {
                    compare(inside, other, member.value(), fields);
                }
            }
            left.forEach(
                    (key, value) -> fields.add(new Field(path.isEmpty() ? key : path + "." + key, shown(value), "")));
        } else if (!sorted(old).equals(sorted(now))) {
            fields.add(new Field(path.isEmpty() ? "value" : path, shown(old), shown(now)));
        }
    }

    String text() {
        if (changes.isEmpty()) {
            return "no difference\n";
        }
        StringBuilder out = new StringBuilder();
        for (Change change : changes) {
            out.append(change.sign())
                    .append(' ')
                    .append(Table.printable(change.what()))
                    .append('\n');
            for (Field field : change.fields()) {
                String line = field.from().isEmpty()
                        ? field.path() + ": " + field.to() + " (new)"
                        : field.to().isEmpty()
                                ? field.path() + ": " + field.from() + " (gone)"
                                : field.path() + ": " + field.from() + " -> " + field.to();
                out.append("    ").append(Table.printable(line)).append('\n');
            }
        }
        return out.toString();
    }

    Map<String, Object> shape() {
        List<Object> all = new ArrayList<>();
        for (Change change : changes) {
            Map<String, Object> shape = new LinkedHashMap<>();
            shape.put(
                    "change",
                    change.sign().equals("+") ? "added" : change.sign().equals("-") ? "removed" : "changed");
            shape.put("what", change.what());
            List<Object> fields = new ArrayList<>();
            change.fields()
                    .forEach(field -> fields.add(Map.of("path", field.path(), "from", field.from(), "to", field.to())));
            shape.put("fields", fields);
            all.add(shape);
        }
        return Map.of("equal", changes.isEmpty(), "changes", all);
    }
}
