package io.stratoswarm.graphops.language;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The tree as text: by the words of the language where they fit, else by the keys of the JSON form. */
final class Writer {
    private static final Pattern WORD = Pattern.compile("(--?)?[A-Za-z_]([A-Za-z0-9_]|[.-][A-Za-z0-9_])*");
    private static final Pattern QUANTITY = Pattern.compile("[0-9]([A-Za-z0-9_]|[.+-][A-Za-z0-9])*%?(/[A-Za-z]+)?");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Set<String> RESERVED = Set.of("where", "true", "false", "null", "by", "to");
    private static final Set<String> OPERATORS = Set.of("where", "and", "or", "not", "matches", "in", "exists");

    private Writer() {}

    static String write(Obj manifest) {
        Optional<String> name = textOf(manifest, "name");
        if (name.isEmpty()) {
            throw new StratoswarmException(
                    Kind.INVALID, "a manifest without a \"name\" that is a text cannot be written");
        }
        StringBuilder out =
                new StringBuilder("graph ").append(quote(name.get())).append(" {\n");
        for (Member member : manifest.members()) {
            if (!member.key().equals("name")) {
                out.append(graphMember(member)).append('\n');
            }
        }
        return Layout.of(out.append("}\n").toString());
    }

    private static String graphMember(Member member) {
        Optional<String> special = switch (member.key()) {
            case "nodes" -> each(member.value(), NodeWriter::node);
            case "flows" -> each(member.value(), FlowWriter::flow);
            case "constraints" -> each(member.value(), Writer::constraint);
            case "objectives" -> objectives(member.value());
            case "types" -> types(member.value());
            default -> Optional.empty();
        };
        // Parts of a graph stand apart.
        return special.map(text -> "\n" + text).orElseGet(() -> generic(member, Words.Kind.GRAPH));
    }

    /** A statement for each item; nothing where one of them cannot be written so. */
    static Optional<String> each(GraphTree value, java.util.function.Function<Obj, Optional<String>> statement) {
        if (!(value instanceof GraphTree.Arr array) || array.items().isEmpty()) {
            return Optional.empty();
        }
        StringBuilder out = new StringBuilder();
        for (GraphTree item : array.items()) {
            Optional<String> text = item instanceof Obj object ? statement.apply(object) : Optional.empty();
            if (text.isEmpty()) {
                return Optional.empty();
            }
            out.append(text.get()).append('\n');
        }
        return Optional.of(out.toString());
    }

    private static Optional<String> types(GraphTree value) {
        if (!(value instanceof Obj object)
                || object.members().isEmpty()
                || !object.members().stream().allMatch(it -> it.value() instanceof Obj)) {
            return Optional.empty();
        }
        StringBuilder out = new StringBuilder();
        for (Member member : object.members()) {
            out.append("type ")
                    .append(quote(member.key()))
                    .append(' ')
                    .append(block((Obj) member.value(), Words.Kind.PLAIN))
                    .append('\n');
        }
        return Optional.of(out.toString());
    }

    private static Optional<String> objectives(GraphTree value) {
        if (!(value instanceof Obj object)
                || object.members().isEmpty()
                || !object.members().stream().allMatch(it -> it.value() instanceof GraphTree.Num)) {
            return Optional.empty();
        }
        List<String> goals = new ArrayList<>();
        object.members().forEach(it -> goals.add(quote(it.key()) + " " + value(it.value(), Words.Kind.MAP)));
        return Optional.of("objective " + String.join(", ", goals) + "\n");
    }

    private static Optional<String> constraint(Obj object) {
        Optional<String> kind = textOf(object, "kind");
        Optional<GraphTree> nodes = get(object, "nodes");
        Optional<List<String>> names = nodes.flatMap(Writer::texts).filter(it -> !it.isEmpty());
        if (kind.isEmpty() || nodes.isPresent() && names.isEmpty()) {
            return Optional.empty();
        }
        List<String> done = new ArrayList<>(List.of("kind", "nodes"));
        StringBuilder out = new StringBuilder("constraint ").append(quote(kind.get()));
        names.ifPresent(all -> out.append(' ')
                .append(String.join(", ", all.stream().map(Writer::quote).toList())));
        Optional<String> label = textOf(object, "label");
        if (kind.get().equals("pin") && textOf(object, "place").isPresent()) {
            out.append(" to ").append(quote(textOf(object, "place").get()));
            done.add("place");
        } else if (kind.get().equals("affinity") && label.isPresent()) {
            out.append(" to ").append(quote(label.get()));
            done.add("label");
            get(object, "values").filter(GraphTree.Arr.class::isInstance).ifPresent(values -> {
                out.append(" = ").append(value(values, Words.Kind.PLAIN));
                done.add("values");
            });
        } else if (textOf(object, "by").isPresent()) {
            out.append(" by ").append(quote(textOf(object, "by").get()));
            done.add("by");
        }
        return Optional.of(out.append(rest(object, done, Words.Kind.PLAIN)).toString());
    }

    /** The block of all members but these, or nothing where none is left. */
    static String rest(Obj object, List<String> done, Words.Kind kind) {
        List<Member> left =
                object.members().stream().filter(it -> !done.contains(it.key())).toList();
        return left.isEmpty() ? "" : " " + block(new Obj(object.place(), left), kind);
    }

    /** A key of the JSON form with its value. */
    static String generic(Member member, Words.Kind kind) {
        Words.Kind inside = Words.inside(kind, member.key());
        return key(member.key(), kind) + " " + value(member.value(), inside);
    }

    static String block(Obj object, Words.Kind kind) {
        StringBuilder out = new StringBuilder("{\n");
        for (Member member : object.members()) {
            out.append(run(member, kind).orElseGet(() -> generic(member, kind))).append('\n');
        }
        return out.append('}').toString();
    }

    /** A command by {@code run}, wherever that word is known. */
    static Optional<String> run(Member member, Words.Kind kind) {
        if (kind == Words.Kind.MAP || !member.key().equals("command")) {
            return Optional.empty();
        }
        return texts(member.value())
                .filter(words -> !words.isEmpty())
                .map(words -> "run "
                        + String.join(" ", words.stream().map(Writer::argument).toList()));
    }

    /** Arguments are in quotes, apart from plain words: a reader should see at once where each begins and ends. */
    private static String argument(String text) {
        return QUANTITY.matcher(text).matches() || NUMBER.matcher(text).matches() ? text : quote(text);
    }

    static String value(GraphTree tree, Words.Kind kind) {
        return switch (tree) {
            case Obj object -> block(object, kind);
            case GraphTree.Arr array -> {
                List<String> items = new ArrayList<>();
                array.items().forEach(item -> items.add(value(item, kind)));
                yield "[" + String.join(", ", items) + "]";
            }
            case GraphTree.Text text -> quote(text.value());
            case GraphTree.Num number -> number.text();
            case GraphTree.Bool flag -> String.valueOf(flag.value());
            case GraphTree.Null none -> "null";
        };
    }

    private static String key(String key, Words.Kind kind) {
        boolean bare = WORD.matcher(key).matches()
                && !key.startsWith("-")
                && !key.equals("where")
                && !Words.of(kind).contains(key);
        return bare ? key : quoted(key);
    }

    /** A field of a condition. */
    static String field(String name) {
        boolean bare = WORD.matcher(name).matches() && !OPERATORS.contains(name);
        return bare || name.equals("$") ? name : quoted(name);
    }

    /** A text as a value: bare where it is a plain word or a quantity. */
    static String quote(String text) {
        boolean bare = WORD.matcher(text).matches() && !RESERVED.contains(text)
                || QUANTITY.matcher(text).matches() && !NUMBER.matcher(text).matches();
        return bare ? text : quoted(text);
    }

    private static String quoted(String text) {
        boolean special = text.indexOf('"') >= 0 || text.indexOf('\\') >= 0 || text.contains("${");
        if (special && text.chars().noneMatch(c -> c == '\'' || c < ' ')) {
            return "'" + text + "'";
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                case '$' -> out.append(text.startsWith("${", i) ? "\\$" : "$");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    static Optional<GraphTree> get(Obj object, String key) {
        return object.members().stream()
                .filter(it -> it.key().equals(key))
                .findFirst()
                .map(Member::value);
    }

    static Optional<String> textOf(Obj object, String key) {
        return get(object, key).filter(GraphTree.Text.class::isInstance).map(it -> ((GraphTree.Text) it).value());
    }

    /** The items of an array of texts. */
    static Optional<List<String>> texts(GraphTree tree) {
        if (!(tree instanceof GraphTree.Arr array)
                || !array.items().stream().allMatch(GraphTree.Text.class::isInstance)) {
            return Optional.empty();
        }
        return Optional.of(array.items().stream()
                .map(item -> ((GraphTree.Text) item).value())
                .toList());
    }
}
