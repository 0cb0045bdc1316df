package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Review;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.graphops.transform.Moves;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for a better placement once a graph was transformed, or when asked, and proposes it where it is worth its moves. */
final class Relocating implements Reactor {
    static final String REVIEWED = "PlacementReviewed";
    private static final Logger LOG = LoggerFactory.getLogger(Relocating.class);

    private final Placements placements;
    private final Transforms transforms;
    private final ProposalBook book;
    private final Journal journal;
    private final ProposalSettings settings;

    Relocating(
            Placements placements,
            Transforms transforms,
            ProposalBook book,
            Journal journal,
            ProposalSettings settings) {
        this.placements = placements;
        this.transforms = transforms;
        this.book = book;
        this.journal = journal;
        this.settings = settings;
    }

    @Override
    public String id() {
        return "graphops.reshape.placement";
    }

    /** After the last transform of a graph: while others run, or where one came after it, theirs is the end to wait for. */
    @Override
    public void on(Event event) {
        if (!event.type().equals("TransformEnded") || settings.after() == ProposalSettings.After.OFF) {
            return;
        }
        ObjectNode ended = Json.object(event.payloadText());
        String graph = ended.path("graph").asText();
        long number = ended.path("number").asLong();
        List<Transforms.Transform> last = transforms.list(Optional.of(graph), 1);
        if (!ended.path("outcome").asText().startsWith("done")
                || last.isEmpty()
                || last.getFirst().number() != number) {
            return;
        }
        try {
            Relocation found = placements.relocation(graph, settings.movingWeight());
            record(found, event.subject(), "system", List.of(event.asCause()), Optional.of(event));
        } catch (StratoswarmException e) {
            if (e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.TIMEOUT) {
                throw e; // It is given again.
            }
            // Most graphs ask for no placement, and some are gone by now.
            LOG.debug("no other places are looked for after transform {}: {}", number, e.getMessage());
        }
    }

    Review review(String graph) {
        Relocation found = placements.relocation(graph, settings.movingWeight());
        return new Review(found, words(found), book.waitingFor(graph, Moves.arguments(found)));
    }

    Review asked(String graph, String actor) {
        return record(
                placements.relocation(graph, settings.movingWeight()),
                "placement/" + graph,
                actor,
                List.of(),
                Optional.empty());
    }

    private Review record(Relocation found, String subject, String actor, List<Cause> causes, Optional<Event> trigger) {
        OptionalLong proposal = OptionalLong.empty();
        String outcome = words(found);
        ObjectNode json = json(found, outcome);
        if (found.moves().isEmpty()) {
            book.withdraw(found.graph(), outcome);
        } else {
            Wanted wanted = wanted(found, outcome, json.toString(), causes, trigger);
            try {
                Transforms.Plan plan = transforms.plan(wanted.request());
                proposal = OptionalLong.of(
                        settings.after() == ProposalSettings.After.AUTO
                                ? book.start(wanted, plan.effect())
                                : book.ask(wanted, plan.effect()));
            } catch (StratoswarmException e) {
                outcome += "; refused: " + e.getMessage();
                proposal = OptionalLong.of(book.refused(wanted, String.valueOf(e.getMessage())));
            }
            json.put("outcome", outcome).put("proposal", proposal.getAsLong());
        }
        EventDraft draft = EventDraft.json(REVIEWED, Deciding.SOURCE, subject, actor, causes, json.toString());
        Append append = Append.of(draft);
        journal.append(trigger.map(event -> append.withKey(id() + " " + event.sequence()))
                        .orElse(append))
                .join();
        return new Review(found, outcome, proposal);
    }

    private static Wanted wanted(
            Relocation found, String outcome, String input, List<Cause> causes, Optional<Event> trigger) {
        Transforms.Options usual = Transforms.Options.DEFAULT;
        Transforms.Request request = new Transforms.Request(
                "move",
                found.graph(),
                Moves.arguments(found),
                Optional.empty(),
                new Transforms.Options(
                        usual.steps(),
                        usual.holdMillis(),
                        usual.readyMillis(),
                        usual.graceMillis(),
                        OptionalLong.of(found.generation())));
        ObjectNode asked = Json.object().put("kind", "move");
        request.arguments().forEach(asked.putObject("arguments")::put);
        return new Wanted(
                Proposals.PLACEMENT,
                "",
                request,
                outcome,
                1,
                asked.toString(),
                trigger.map(event -> "event " + event.sequence() + " " + event.type() + " " + event.subject())
                        .orElse("asked for"),
                causes,
                input,
                List.of());
    }

    private static String words(Relocation found) {
        String rest =
                found.refused().isEmpty() ? "" : "; better still, and not done: " + String.join("; ", found.refused());
        String now = found.broken().isEmpty()
                ? String.format(Locale.ROOT, "%.4f", found.now())
                : "a rule is broken: " + String.join("; ", found.broken());
        if (found.moves().isEmpty()) {
            return "no move is worth its cost (" + now + ")" + rest;
        }
        String moves = found.moves().stream()
                .map(move -> move.agent() + " from " + move.from() + " to " + move.to())
                .collect(Collectors.joining(", "));
        return found.broken().isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "%s gains %.4f (%s -> %.4f) and costs %.4f%s",
                        moves,
                        found.gain(),
                        now,
                        found.then(),
                        found.cost(),
                        rest)
                : moves + ", since " + now + rest;
    }

    private static ObjectNode json(Relocation found, String outcome) {
        ObjectNode json = Json.object()
                .put("graph", found.graph())
                .put("generation", found.generation())
                .put("now", found.now())
                .put("then", found.then())
                .put("gain", found.gain())
                .put("cost", found.cost())
                .put("solver", found.solver())
                .put("seed", found.seed())
                .put("outcome", outcome);
        ArrayNode moves = json.putArray("moves");
        found.moves()
                .forEach(move -> moves.addObject()
                        .put("agent", move.agent())
                        .put("from", move.from())
                        .put("to", move.to())
                        .put("why", move.why()));
        found.broken().forEach(json.putArray("broken")::add);
        found.refused().forEach(json.putArray("refused")::add);
        return json;
    }
}
