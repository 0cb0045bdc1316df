package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.language.Syntax.Phrase;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Syntax.Value;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the tree of the JSON form. What is no word of the language becomes a key as it stands, so that core can judge it. */
final class Lowering {
    private final Messages messages;
    private final Values values;
    private final NodeWords nodes;
    private final FlowWords flows;
    private final PlacementWords placement;
    private final Files files;

    Lowering(Messages messages, Files files) {
        this.messages = messages;
        this.files = files;
        this.values = new Values(messages, files::scope, this::block);
        this.nodes = new NodeWords(this, messages, values);
        this.flows = new FlowWords(this, messages, values);
        this.placement = new PlacementWords(this, messages, values);
    }

    /** The graph that the main file declares. */
    Optional<GraphTree> graph(List<Statement> statements) {
        Optional<GraphTree> graph = Optional.empty();
        for (Statement statement : statements) {
            if (statement.is("param")) {
                files.parameter(statement, values);
            } else if (!statement.is("graph")) {
                messages.error(
                        statement.place(),
                        "expected 'graph NAME { ... }', found '" + Messages.clip(statement.word(), 60)
                                + "'; everything but parameters stands inside of the graph");
            } else if (graph.isPresent()) {
                messages.error(
                        statement.place(), "a file declares one graph; put the second one into a file of its own");
            } else {
                graph = named(statement).map(name -> {
                    Members members = new Members(messages);
                    members.put(name.place(), "name", name);
                    statement.block().ifPresent(block -> statements(block.statements(), Kind.GRAPH, members));
                    return members.build(statement.place());
                });
            }
        }
        return graph;
    }

    /** The one name behind a word, as of a graph or a node. */
    Optional<GraphTree.Text> named(Statement statement) {
        boolean good = statement.assigned().isEmpty()
                && statement.condition().isEmpty()
                && statement.phrases().size() == 1
                && statement.phrases().getFirst().parts().size() == 1;
        if (!good || !(statement.phrases().getFirst().parts().getFirst() instanceof Value value)) {
            misused(statement);
            return Optional.empty();
        }
        return values.asText(value).map(text -> new GraphTree.Text(value.place(), text));
    }

    void misused(Statement statement) {
        messages.error(
                statement.place(), "'" + statement.word() + "' is used like this: " + Words.use(statement.word()));
    }

    GraphTree.Obj block(Syntax.Block block, Kind kind) {
        Members members = new Members(messages);
        statements(block.statements(), kind, members);
        return members.build(block.place());
    }

    void statements(List<Statement> statements, Kind kind, Members out) {
        for (Statement statement : statements) {
            if (messages.full() || values.exhausted()) {
                return;
            }
            boolean word = !statement.quoted() && Words.of(kind).contains(statement.word());
            if (word && !statement.word().equals("run")) {
                switch (kind) {
                    case GRAPH -> graphWord(statement, out);
                    case NODE -> nodes.word(statement, out);
                    case FLOW -> flows.word(statement, out);
                    case PLAIN, MAP -> generic(statement, kind, out);
                }
            } else if (word) {
                run(statement, out);
            } else {
                generic(statement, kind, out);
            }
        }
    }

    private void graphWord(Statement statement, Members out) {
        switch (statement.word()) {
            case "param" -> files.parameter(statement, values);
            case "include" -> files.include(statement, values, included -> statements(included, Kind.GRAPH, out));
            case "node", "script", "source", "sink" -> nodes.node(statement, out);
            case "flow" -> flows.flow(statement, out);
            case "constraint" -> placement.constraint(statement, out);
            case "objective" -> placement.objective(statement, out);
            case "label" -> pair(statement, out, "labels");
            default ->
                named(statement)
                        .ifPresent(name -> out.object(statement.place(), "types")
                                .put(name.place(), name.value(), content(statement, Kind.PLAIN)));
        }
    }

    /** The block of a statement, or an empty object. */
    GraphTree.Obj content(Statement statement, Kind kind) {
        return statement
                .block()
                .map(block -> block(block, kind))
                .orElseGet(() -> new GraphTree.Obj(statement.place(), List.of()));
    }

    /** {@code run}: everything behind it is text. */
    private void run(Statement statement, Members out) {
        boolean good = statement.assigned().isEmpty()
                && statement.condition().isEmpty()
                && statement.block().isEmpty()
                && statement.phrases().size() == 1;
        if (!good) {
            misused(statement);
            return;
        }
        List<GraphTree> words = new ArrayList<>();
        for (Syntax.Part part : statement.phrases().getFirst().parts()) {
            switch (part) {
                case Value value ->
                    values.asText(value).ifPresent(text -> words.add(new GraphTree.Text(value.place(), text)));
                case Syntax.Join join ->
                    messages.error(join.place(), "put '" + join.sign() + "' in quotes to have it as an argument");
            }
        }
        out.put(
                statement.place(),
                "command",
                new GraphTree.Arr(statement.phrases().getFirst().place(), words));
    }

    /** {@code label zone = "a"}: a pair of a name and a text. */
    void pair(Statement statement, Members out, String key) {
        pairOf(statement)
                .ifPresent(pair -> out.object(statement.place(), key).put(pair.place(), pair.key(), pair.value()));
    }

    /** A name and a text, with or without an equals sign in between. */
    Optional<GraphTree.Member> pairOf(Statement statement) {
        List<Syntax.Part> parts = statement.phrases().size() == 1
                ? new ArrayList<>(statement.phrases().getFirst().parts())
                : List.of();
        if (parts.size() == 3
                && parts.get(1) instanceof Syntax.Join join
                && join.sign().equals("=")) {
            parts.remove(1);
        }
        boolean good = statement.assigned().isEmpty()
                && statement.condition().isEmpty()
                && statement.block().isEmpty()
                && parts.size() == 2;
        if (!good || !(parts.get(0) instanceof Value name) || !(parts.get(1) instanceof Value value)) {
            misused(statement);
            return Optional.empty();
        }
        return values.asText(name)
                .flatMap(key -> values.asText(value)
                        .map(text -> new GraphTree.Member(name.place(), key, new GraphTree.Text(value.place(), text))));
    }

    /** A key of the JSON form with its value. */
    void generic(Statement statement, Kind kind, Members out) {
        if (statement.condition().isPresent()) {
            messages.error(
                    statement.place(), "'where' stands in a flow only, alone or behind a case: " + Words.use("case"));
            return;
        }
        String key = statement.word();
        Kind inside = Words.inside(kind, key);
        if (statement.block().isPresent()) {
            Syntax.Block block = statement.block().get();
            if (!statement.phrases().isEmpty()) {
                messages.error(
                        statement.place(),
                        Words.of(kind).isEmpty() || statement.quoted()
                                ? "'" + Messages.clip(key, 60) + "' takes either values or a block, not both"
                                : "unknown word '" + Messages.clip(key, 60) + "' in " + Words.name(kind)
                                        + Messages.hint(
                                                key,
                                                Words.of(kind),
                                                "; known are " + String.join(", ", Words.of(kind))
                                                        + ", and the keys of the JSON form"));
                return;
            }
            if (kind == Kind.GRAPH || kind == Kind.NODE || kind == Kind.FLOW) {
                statements(block.statements(), inside, out.object(statement.place(), key));
            } else {
                out.put(statement.place(), key, block(block, inside));
            }
            return;
        }
        if (statement.assigned().isPresent()) {
            out.put(statement.place(), key, values.of(statement.assigned().get(), inside));
            return;
        }
        List<GraphTree> found = values(statement.phrases(), inside);
        GraphTree value = switch (found.size()) {
            case 0 -> new GraphTree.Bool(statement.place(), true);
            case 1 -> found.getFirst();
            default -> new GraphTree.Arr(statement.phrases().getFirst().place(), found);
        };
        out.put(statement.place(), key, value);
    }

    /** All values of phrases that have no joining signs. */
    List<GraphTree> values(List<Phrase> phrases, Kind inside) {
        List<GraphTree> found = new ArrayList<>();
        for (Phrase phrase : phrases) {
            for (Syntax.Part part : phrase.parts()) {
                switch (part) {
                    case Value value -> found.add(values.of(value, inside));
                    case Syntax.Join join ->
                        messages.error(join.place(), "'" + join.sign() + "' does not belong here; remove it");
                }
            }
        }
        return found;
    }

    static Place after(Statement statement) {
        return statement.phrases().isEmpty()
                ? statement.place()
                : statement.phrases().getFirst().place();
    }
}
