package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.graphops.language.Syntax.Phrase;
import io.stratoswarm.graphops.language.Syntax.Statement;
import io.stratoswarm.graphops.language.Syntax.Value;
import io.stratoswarm.graphops.language.Words.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words that make and fill a flow. */
final class FlowWords {
    private final Lowering lowering;
    private final Messages messages;
    private final Values values;

    FlowWords(Lowering lowering, Messages messages, Values values) {
        this.lowering = lowering;
        this.messages = messages;
        this.values = values;
    }

    /** {@code flow ingest -> parse, audit { }}. */
    void flow(Statement statement, Members out) {
        List<GraphTree> ends = ends(statement);
        if (ends.size() < 2) {
            lowering.misused(statement);
            return;
        }
        Members flow = new Members(messages);
        flow.put(ends.getFirst().place(), "from", ends.getFirst());
        flow.put(
                ends.get(1).place(),
                "to",
                ends.size() == 2 ? ends.get(1) : new GraphTree.Arr(ends.get(1).place(), ends.subList(1, ends.size())));
        statement.block().ifPresent(block -> lowering.statements(block.statements(), Kind.FLOW, flow));
        out.add(statement.place(), "flows", flow.build(statement.place()));
    }

    private List<GraphTree> ends(Statement statement) {
        List<GraphTree> ends = new ArrayList<>();
        if (statement.assigned().isPresent() || statement.condition().isPresent()) {
            return ends;
        }
        for (int i = 0; i < statement.phrases().size(); i++) {
            List<Syntax.Part> parts = statement.phrases().get(i).parts();
            boolean good = i == 0
                    ? parts.size() == 3
                            && parts.get(1) instanceof Syntax.Join join
                            && join.sign().equals("->")
                    : parts.size() == 1;
            if (!good) {
                return List.of();
            }
            for (Syntax.Part part : parts) {
                if (part instanceof Value value) {
                    values.asText(value).ifPresent(text -> ends.add(new GraphTree.Text(value.place(), text)));
                }
            }
        }
        return ends;
    }

    void word(Statement statement, Members out) {
        switch (statement.word()) {
            case "delivery" -> pairs(statement, out, List.of("delivery", "ack", "ackChannel"), List.of("", "ack", ""));
            case "route" -> pairs(statement, out, List.of("route", "key"), List.of("", ""));
            case "case" -> branch(statement, out);
            case "where" -> where(statement, out);
            case "script" -> script(statement, out);
            case "project" -> project(statement, out);
            case "rename" -> rename(statement, out);
            case "sample" -> sample(statement, out);
            default -> lowering.pair(statement, out, "labels");
        }
    }

    /**
     * Values in a row that belong to several keys.
     *
     * @param before the word that must stand before each value, or nothing
     */
    private void pairs(Statement statement, Members out, List<String> keys, List<String> before) {
        List<GraphTree> found = statement.assigned().isPresent()
                ? List.of(values.of(statement.assigned().get(), Kind.PLAIN))
                : statement.phrases().size() == 1 ? lowering.values(statement.phrases(), Kind.PLAIN) : List.of();
        boolean good = !found.isEmpty()
                && statement.block().isEmpty()
                && statement.condition().isEmpty();
        int index = 0;
        List<GraphTree.Member> members = new ArrayList<>();
        for (int i = 0; good && i < keys.size() && index < found.size(); i++) {
            if (!before.get(i).isEmpty()) {
                good = found.get(index) instanceof GraphTree.Text word
                        && word.value().equals(before.get(i))
                        && ++index < found.size();
            }
            if (good) {
                members.add(new GraphTree.Member(found.get(index).place(), keys.get(i), found.get(index)));
                index++;
            }
        }
        if (!good || index < found.size()) {
            lowering.misused(statement);
            return;
        }
        out.put(statement.place(), members.getFirst().key(), members.getFirst().value());
        members.stream().skip(1).forEach(it -> out.put(it.place(), it.key(), it.value()));
    }

    /** {@code case alerts where level == "error"}. */
    private void branch(Statement statement, Members out) {
        List<GraphTree> found = lowering.values(statement.phrases(), Kind.PLAIN);
        if (found.size() != 1
                || statement.block().isPresent()
                || statement.assigned().isPresent()) {
            lowering.misused(statement);
            return;
        }
        Members members = new Members(messages);
        members.put(found.getFirst().place(), "to", found.getFirst());
        statement.condition().ifPresent(test -> members.put(test.place(), "when", condition(test)));
        out.add(statement.place(), "cases", members.build(statement.place()));
    }

    private void where(Statement statement, Members out) {
        Optional<Syntax.Test> condition = statement.condition();
        if (condition.isEmpty()) {
            lowering.misused(statement);
            return;
        }
        transform(statement, out, "where", condition(condition.get()), List.of());
    }

    private void transform(
            Statement statement, Members out, String key, GraphTree value, List<GraphTree.Member> further) {
        Members members = new Members(messages);
        members.put(statement.place(), key, value);
        further.forEach(it -> members.put(it.place(), it.key(), it.value()));
        out.add(statement.place(), "transforms", members.build(statement.place()));
    }

    /** {@code script enrich { batch 100 }}. */
    private void script(Statement statement, Members out) {
        lowering.named(statement)
                .ifPresent(name -> transform(
                        statement,
                        out,
                        "script",
                        name,
                        lowering.content(statement, Kind.PLAIN).members()));
    }

    private boolean plain(Statement statement) {
        return statement.block().isEmpty()
                && statement.condition().isEmpty()
                && statement.assigned().isEmpty()
                && !statement.phrases().isEmpty();
    }

    private void project(Statement statement, Members out) {
        if (!plain(statement)) {
            lowering.misused(statement);
            return;
        }
        List<GraphTree> fields = lowering.values(statement.phrases(), Kind.PLAIN);
        GraphTree value = fields.size() == 1 && fields.getFirst() instanceof GraphTree.Arr list
                ? list
                : new GraphTree.Arr(Lowering.after(statement), fields);
        transform(statement, out, "project", value, List.of());
    }

    /** {@code rename usr -> user}. */
    private void rename(Statement statement, Members out) {
        boolean good = plain(statement);
        Members names = new Members(messages);
        for (Phrase phrase : statement.phrases()) {
            List<Syntax.Part> parts = phrase.parts();
            good &= parts.size() == 3
                    && parts.get(1) instanceof Syntax.Join join
                    && join.sign().equals("->");
            if (good && parts.get(0) instanceof Value from && parts.get(2) instanceof Value to) {
                values.asText(from)
                        .ifPresent(old -> values.asText(to)
                                .ifPresent(name -> names.put(from.place(), old, new GraphTree.Text(to.place(), name))));
            }
        }
        if (!good) {
            lowering.misused(statement);
            return;
        }
        transform(statement, out, "rename", names.build(Lowering.after(statement)), List.of());
    }

    private void sample(Statement statement, Members out) {
        List<GraphTree> found = plain(statement) ? lowering.values(statement.phrases(), Kind.PLAIN) : List.of();
        if (found.size() != 1) {
            lowering.misused(statement);
            return;
        }
        transform(statement, out, "sample", found.getFirst(), List.of());
    }

    GraphTree condition(Syntax.Test test) {
        Members members = new Members(messages);
        switch (test) {
            case Syntax.Joined joined -> {
                List<GraphTree> tests = new ArrayList<>();
                joined.tests().forEach(it -> tests.add(condition(it)));
                members.put(joined.place(), joined.join(), new GraphTree.Arr(joined.place(), tests));
            }
            case Syntax.Negated negated -> members.put(negated.place(), "not", condition(negated.test()));
            case Syntax.Compared compared -> {
                members.put(compared.place(), "field", new GraphTree.Text(compared.place(), compared.field()));
                members.put(
                        compared.place(),
                        compared.key(),
                        compared.value()
                                .map(value -> values.of(value, Kind.PLAIN))
                                .orElseGet(() -> new GraphTree.Bool(compared.place(), true)));
            }
        }
        return members.build(test.place());
    }
}
