package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.graphops.language.Syntax.Phrase;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Syntax.Value;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words that make and fill a node. */
final class NodeWords {
    private final Lowering lowering;
    private final Messages messages;
    private final Values values;

    NodeWords(Lowering lowering, Messages messages, Values values) {
        this.lowering = lowering;
        this.messages = messages;
        this.values = values;
    }

    /** {@code node web { }}, and the same for the types that have a word of their own. */
    void node(Statement statement, Members out) {
        lowering.named(statement).ifPresent(id -> {
            Members node = new Members(messages);
            node.put(id.place(), "id", id);
            if (!statement.word().equals("node")) {
                node.put(statement.place(), "type", new GraphTree.Text(statement.place(), statement.word()));
            }
            statement.block().ifPresent(block -> lowering.statements(block.statements(), Kind.NODE, node));
            out.add(statement.place(), "nodes", node.build(statement.place()));
        });
    }

    void word(Statement statement, Members out) {
        switch (statement.word()) {
            case "after" -> after(statement, out);
            case "cpu", "memory", "pids" -> amount(statement, statement.word(), out, "resources");
            case "gpu" -> amount(statement, "gpu", out, "requests");
            case "request" -> request(statement, out);
            case "label" -> lowering.pair(statement, out, "labels");
            case "env" -> lowering.pair(statement, out, "environment");
            case "secret" ->
                lowering.pairOf(statement).ifPresent(pair -> {
                    Members secret = new Members(messages);
                    secret.put(pair.value().place(), "file", pair.value());
                    out.object(statement.place(), "secrets")
                            .put(
                                    pair.place(),
                                    pair.key(),
                                    secret.build(pair.value().place()));
                });
            case "restart" -> first(statement, "policy", out);
            case "stop" -> first(statement, "signal", out);
            case "channel" -> channel(statement, out);
            default -> policies(statement, out);
        }
    }

    /** {@code after db ready, cache}. */
    private void after(Statement statement, Members out) {
        if (statement.phrases().isEmpty()
                || statement.assigned().isPresent()
                || statement.block().isPresent()
                || statement.condition().isPresent()) {
            lowering.misused(statement);
            return;
        }
        for (Phrase phrase : statement.phrases()) {
            List<GraphTree> words = texts(phrase);
            if (words.size() == 1) {
                out.add(statement.place(), "dependsOn", words.getFirst());
            } else if (words.size() == 2) {
                Members dependency = new Members(messages);
                dependency.put(words.get(0).place(), "node", words.get(0));
                dependency.put(words.get(1).place(), "condition", words.get(1));
                out.add(statement.place(), "dependsOn", dependency.build(phrase.place()));
            } else {
                lowering.misused(statement);
            }
        }
    }

    /** The parts of a phrase as texts; none where one of them is a joining sign. */
    private List<GraphTree> texts(Phrase phrase) {
        List<GraphTree> words = new ArrayList<>();
        for (Syntax.Part part : phrase.parts()) {
            if (!(part instanceof Value value)) {
                return List.of();
            }
            values.asText(value).ifPresent(text -> words.add(new GraphTree.Text(value.place(), text)));
        }
        return words;
    }

    private Optional<GraphTree> single(Statement statement) {
        if (statement.block().isPresent() || statement.condition().isPresent()) {
            return Optional.empty();
        }
        if (statement.assigned().isPresent()) {
            return statement.assigned().map(value -> values.of(value, Kind.PLAIN));
        }
        return Optional.of(lowering.values(statement.phrases(), Kind.PLAIN))
                .filter(found -> found.size() == 1)
                .map(List::getFirst);
    }

    private void amount(Statement statement, String key, Members out, String object) {
        single(statement)
                .ifPresentOrElse(
                        value -> out.object(statement.place(), object).put(statement.place(), key, value),
                        () -> lowering.misused(statement));
    }

    /** {@code request memory 256MiB}. */
    private void request(Statement statement, Members out) {
        List<GraphTree> found = lowering.values(statement.phrases(), Kind.PLAIN);
        boolean good = found.size() == 2
                && found.getFirst() instanceof GraphTree.Text
                && statement.assigned().isEmpty()
                && statement.block().isEmpty()
                && statement.condition().isEmpty();
        if (!good || !(found.getFirst() instanceof GraphTree.Text key)) {
            lowering.misused(statement);
            return;
        }
        out.object(statement.place(), "requests").put(key.place(), key.value(), found.get(1));
    }

    /** {@code restart always { }}: the value is that of the first key, the block holds the others. */
    private void first(Statement statement, String key, Members out) {
        if (statement.assigned().isPresent() || statement.condition().isPresent() || statement.bare()) {
            lowering.misused(statement);
            return;
        }
        List<GraphTree> found = lowering.values(statement.phrases(), Kind.PLAIN);
        if (found.size() > 1) {
            lowering.misused(statement);
            return;
        }
        if (found.size() == 1 && statement.block().isEmpty() && !(found.getFirst() instanceof GraphTree.Text)) {
            // A parameter that holds the whole policy.
            out.put(statement.place(), statement.word(), found.getFirst());
            return;
        }
        Members members = out.object(statement.place(), statement.word());
        found.forEach(value -> members.put(value.place(), key, value));
        statement.block().ifPresent(block -> lowering.statements(block.statements(), Kind.PLAIN, members));
    }

    /** {@code channel errors out { data json }}. */
    private void channel(Statement statement, Members out) {
        boolean good = statement.assigned().isEmpty()
                && statement.condition().isEmpty()
                && statement.phrases().size() == 1;
        List<GraphTree> words = good ? texts(statement.phrases().getFirst()) : List.of();
        if (words.isEmpty() || words.size() > 2 || !(words.getFirst() instanceof GraphTree.Text name)) {
            lowering.misused(statement);
            return;
        }
        Members channel = new Members(messages);
        if (words.size() == 2) {
            channel.put(words.get(1).place(), "direction", words.get(1));
        }
        statement.block().ifPresent(block -> lowering.statements(block.statements(), Kind.PLAIN, channel));
        out.object(statement.place(), "channels").put(name.place(), name.value(), channel.build(statement.place()));
    }

    private void policies(Statement statement, Members out) {
        List<GraphTree> found =
                statement.block().isPresent() || statement.condition().isPresent()
                        ? List.of()
                        : lowering.values(statement.phrases(), Kind.PLAIN);
        if (found.isEmpty() || statement.assigned().isPresent()) {
            lowering.misused(statement);
            return;
        }
        found.forEach(value -> out.add(statement.place(), "policies", value));
    }
}
