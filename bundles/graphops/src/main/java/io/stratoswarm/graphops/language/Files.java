package io.stratoswarm.graphops.language;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax.Includes;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The files of a manifest and what they see of each other: includes, and the parameters in force. */
final class Files {
    static final int MAX_INCLUDES = 256;
    static final int MAX_INCLUDE_DEPTH = 16;
    static final int MAX_CHARACTERS = 4 << 20;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final GraphSource source;
    private final Includes includes;
    private final Messages messages;
    private final List<String> stack = new ArrayList<>();
    private final Set<String> declared = new LinkedHashSet<>();
    private Scope scope = new Scope(Optional.empty());
    private int included;
    private long characters;

    Files(GraphSource source, Includes includes, Messages messages) {
        this.source = source;
        this.includes = includes;
        this.messages = messages;
        this.stack.add(source.file());
        this.characters = source.text().length();
    }

    Scope scope() {
        return scope;
    }

    /** {@code param port = 8080}, or without a value where it has to be given. */
    void parameter(Statement statement, Values values) {
        List<Syntax.Part> parts =
                statement.phrases().size() == 1 ? statement.phrases().getFirst().parts() : List.of();
        boolean assigned = parts.size() == 3
                && parts.get(1) instanceof Syntax.Join join
                && join.sign().equals("=");
        if (!(assigned || parts.size() == 1)
                || !(parts.getFirst() instanceof Syntax.Bare name)
                || !NAME.matcher(name.text()).matches()
                || statement.block().isPresent()
                || statement.condition().isPresent()) {
            messages.error(
                    statement.place(),
                    "'param' is used like this: " + Words.use("param") + ", or without a value where it must be given");
            return;
        }
        declared.add(name.text());
        if (!scope.outermost() && scope.holds(name.text())) {
            // The includer gave a value, which counts instead.
            return;
        }
        Optional<GraphTree> usual = assigned && parts.get(2) instanceof Syntax.Value value
                ? Optional.of(values.of(value, Kind.PLAIN))
                : Optional.empty();
        String given = source.parameters().get(name.text());
        Optional<GraphTree> value =
                given != null && scope.outermost() ? given(name.place(), name.text(), given, usual) : usual;
        if (value.isEmpty() && given == null) {
            messages.error(
                    name.place(),
                    "the parameter '" + name.text() + "' has no value; give it with --param " + name.text()
                            + "=..., or a usual one here: param " + name.text() + " = ...");
        }
        GraphTree known = value.or(() -> usual).orElseGet(() -> new GraphTree.Text(name.place(), ""));
        scope.add(name.place(), name.text(), known)
                .ifPresent(first -> messages.error(
                        name.place(),
                        "the parameter '" + name.text() + "' is declared twice; the first stands in line "
                                + first.line()
                                + (first.file().equals(name.place().file()) ? "" : " of " + first.file())));
    }

    /** A value from outside, of the kind that the usual one has. */
    private Optional<GraphTree> given(Place place, String name, String text, Optional<GraphTree> usual) {
        boolean number = NUMBER.matcher(text).matches();
        boolean flag = text.equals("true") || text.equals("false");
        GraphTree.Text plain = new GraphTree.Text(place, text);
        if (usual.isEmpty()) {
            return Optional.of(
                    number ? number(place, text) : flag ? new GraphTree.Bool(place, text.equals("true")) : plain);
        }
        String wanted = switch (usual.get()) {
            case GraphTree.Num it -> number ? "" : "a number";
            case GraphTree.Bool it -> flag ? "" : "true or false";
            case GraphTree.Text it -> "";
            default -> "set in the file, since it is " + usual.get().kind();
        };
        if (!wanted.isEmpty()) {
            messages.error(
                    place,
                    "the parameter '" + name + "' must be " + wanted + "; given is '" + Messages.clip(text, 60) + "'");
            return Optional.empty();
        }
        return Optional.of(
                switch (usual.get()) {
                    case GraphTree.Num it -> number(place, text);
                    case GraphTree.Bool it -> new GraphTree.Bool(place, text.equals("true"));
                    default -> plain;
                });
    }

    private static GraphTree number(Place place, String text) {
        return new GraphTree.Num(place, text, text.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E'));
    }

    /** Says which given parameters nobody asks for. */
    void unknownParameters() {
        for (String name : source.parameters().keySet()) {
            if (!declared.contains(name)) {
                messages.error(
                        new Place(source.file(), 1, 1),
                        "the parameter '" + Messages.clip(name, 60)
                                + "' is given, but the graph declares none of this name"
                                + Messages.hint(name, declared, ""));
            }
        }
    }

    /** {@code include "common.graph"}; with a block, the parameters in it are for that file alone. */
    void include(Statement statement, Values values, Consumer<List<Statement>> use) {
        List<Syntax.Part> parts =
                statement.phrases().size() == 1 ? statement.phrases().getFirst().parts() : List.of();
        if (parts.size() != 1
                || !(parts.getFirst() instanceof Syntax.Value value)
                || statement.assigned().isPresent()
                || statement.condition().isPresent()) {
            messages.error(statement.place(), "'include' is used like this: " + Words.use("include"));
            return;
        }
        Optional<String> path = values.asText(value);
        if (path.isEmpty()) {
            return;
        }
        String name = resolve(stack.getLast(), path.get());
        Optional<String> text = allowed(value.place(), name) ? read(value.place(), name) : Optional.empty();
        if (text.isEmpty()) {
            return;
        }
        messages.text(name, text.get());
        Optional<List<Statement>> statements = SyntaxBuilder.parse(name, text.get(), messages);
        if (statements.isEmpty()) {
            return;
        }
        Scope before = scope;
        if (statement.block().isPresent()) {
            scope = inner(statement.block().get(), values);
        }
        stack.add(name);
        List<Statement> inside = new ArrayList<>();
        for (Statement each : statements.get()) {
            if (each.is("graph")) {
                messages.error(
                        each.place(),
                        "an included file holds what stands inside of a graph, without 'graph NAME { }' around it");
            } else {
                inside.add(each);
            }
        }
        use.accept(inside);
        stack.removeLast();
        scope = before;
    }

    private Scope inner(Syntax.Block block, Values values) {
        Scope inner = new Scope(Optional.of(scope));
        for (Statement each : block.statements()) {
            Optional<GraphTree> value = each.assigned()
                    .map(it -> values.of(it, Kind.PLAIN))
                    .or(() -> each.phrases().size() == 1
                                    && each.phrases().getFirst().parts().size() == 1
                                    && each.phrases().getFirst().parts().getFirst() instanceof Syntax.Value it
                            ? Optional.of(values.of(it, Kind.PLAIN))
                            : Optional.empty());
            if (value.isEmpty() || each.condition().isPresent() || each.block().isPresent()) {
                messages.error(each.place(), "a parameter for an included file is written as: port = 8080");
            } else {
                inner.add(each.place(), each.word(), value.get())
                        .ifPresent(first -> messages.error(
                                each.place(), "the parameter '" + Messages.clip(each.word(), 60) + "' is given twice"));
            }
        }
        return inner;
    }

    private boolean allowed(Place place, String name) {
        if (stack.contains(name)) {
            List<String> cycle = new ArrayList<>(stack.subList(stack.indexOf(name), stack.size()));
            cycle.add(name);
            messages.error(place, "include cycle: " + String.join(" -> ", cycle));
            return false;
        }
        if (stack.size() > MAX_INCLUDE_DEPTH || ++included > MAX_INCLUDES) {
            messages.error(
                    place,
                    "a manifest has at most " + MAX_INCLUDES + " includes, " + MAX_INCLUDE_DEPTH
                            + " of them in each other");
            return false;
        }
        return true;
    }

    private Optional<String> read(Place place, String name) {
        Optional<String> text;
        try {
            text = includes.text(name);
        } catch (StratoswarmException e) {
            messages.error(place, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        if (text.isEmpty()) {
            messages.error(place, "there is no file '" + Messages.clip(name, 200) + "' to include");
        }
        characters += text.map(String::length).orElse(0);
        if (characters > MAX_CHARACTERS) {
            messages.error(place, "the manifest and its includes are larger than 4 MiB together");
            return Optional.empty();
        }
        return text.map(GraphLanguage::withoutMark);
    }

    /** The name of a file that another one names by a path relative to itself. */
    static String resolve(String from, String path) {
        if (path.startsWith("/")) {
            return path;
        }
        int slash = from.lastIndexOf('/');
        List<String> parts = new ArrayList<>();
        String joined = (slash < 0 ? "" : from.substring(0, slash + 1)) + path;
        for (String part : joined.split("/", -1)) {
            boolean up =
                    part.equals("..") && !parts.isEmpty() && !List.of("..", "").contains(parts.getLast());
            if (up) {
                parts.removeLast();
            } else if (!part.equals(".") && (!part.isEmpty() || parts.isEmpty())) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }
}
