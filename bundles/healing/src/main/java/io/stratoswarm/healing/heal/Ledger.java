package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import io.stratoswarm.healing.trial.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.function.DoubleSupplier;

/** Writes what healing does into the journal, and reads it back. */
final class Ledger {
    static final String SUBJECT = "healing/";
    /** Subject of what is about no case. */
    static final String ALL = "healing";
    /** Begins the types of decisions. */
    static final String HEAL = "heal.";

    static final String PAUSED = "HealingPaused";
    static final String RESUMED = "HealingResumed";

    private static final int MOST_EVENTS = 100;

    private final Journal journal;
    private final Projections projections;
    private final DoubleSupplier rate;

    /** @param rate by which what is old counts for less */
    Ledger(Journal journal, Projections projections, DoubleSupplier rate) {
        this.journal = journal;
        this.projections = projections;
        this.rate = rate;
    }

    static String subject(long number) {
        return SUBJECT + number;
    }

    static long number(String subject) {
        try {
            return Long.parseLong(subject.substring(SUBJECT.length()));
        } catch (NumberFormatException e) {
            throw new StratoswarmException(Kind.INVALID, "'" + subject + "' is not the subject of a case", e);
        }
    }

    /** Name of the decision of a case. */
    static String decision(long number) {
        return "heal/" + number;
    }

    static JsonNode read(String json) {
        try {
            return Payload.JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    Learned learned() {
        return new LearnedFold().decode(projections.state(LearnedFold.ID));
    }

    /** Why healing is paused; empty where it is not. */
    String paused() {
        long resumed = newest(RESUMED).map(Event::sequence).orElse(-1L);
        return newest(PAUSED)
                .filter(event -> event.sequence() > resumed)
                .map(event -> Payload.of(event).path("reason").asText())
                .orElse("");
    }

    private Optional<Event> newest(String type) {
        return journal
                .read(EventQuery.all().subject(ALL).type(type).newestFirst().limit(1))
                .stream()
                .findFirst();
    }

    List<Event> events(long number) {
        return journal.read(EventQuery.all().subject(subject(number)).limit(MOST_EVENTS));
    }

    /** When this process of an agent first answered that it lives, since 1970-01-01T00:00Z in nanoseconds. */
    OptionalLong answered(String agent, long incarnation) {
        return journal
                .read(EventQuery.all()
                        .subject(Failure.SUBJECT + agent)
                        .type("AgentHealthy")
                        .newestFirst()
                        .limit(1))
                .stream()
                .filter(event -> Payload.of(event).path("incarnation").asLong() == incarnation)
                .mapToLong(Event::timeNanos)
                .findFirst();
    }

    /** Whether its restart policy, or healing, asked for its last stop, and nobody else. */
    boolean stoppedByPolicy(String agent) {
        return journal
                .read(EventQuery.all()
                        .subject(Failure.SUBJECT + agent)
                        .type("AgentStopRequested")
                        .newestFirst()
                        .limit(1))
                .stream()
                .anyMatch(
                        event -> event.actor().equals("system") || event.actor().equals(Acts.ACTOR));
    }

    /** Whether its last process gave no answer from its start to the failure of this number: what it hangs on was there before it. */
    boolean hung(String agent, long number) {
        return journal
                .read(EventQuery.all()
                        .subject(Failure.SUBJECT + agent)
                        .to(number)
                        .newestFirst()
                        .limit(MOST_EVENTS))
                .stream()
                .map(Event::type)
                .filter(type -> type.equals("AgentStarted") || type.equals("AgentHealthy"))
                .findFirst()
                .filter(type -> type.equals("AgentStarted"))
                .isPresent();
    }

    /** What a case began with that is about an agent that had not failed; empty of any other. */
    Optional<JsonNode> alarm(long number) {
        return journal.get(number)
                .filter(event -> event.type().equals(Alarms.TYPE))
                .map(Payload::of);
    }

    /** Once for each case, type and {@code what}. */
    Cause append(String type, long number, String what, List<Cause> causes, JsonNode payload) {
        Append append = Append.of(EventDraft.json(
                        type, LearnedFold.SOURCE, subject(number), Acts.ACTOR, causes, Payload.write(payload)))
                .withKey("healing/" + number + "/" + type + what);
        Receipt receipt = durable(append);
        return new Cause.OfEvent(journal.id(), receipt.firstSequence());
    }

    /** What an operator changes. */
    void edited(String type, String actor, JsonNode payload) {
        durable(Append.of(EventDraft.json(type, LearnedFold.SOURCE, ALL, actor, List.of(), Payload.write(payload))));
    }

    /** What was seen of something that is no case; @return its sequence */
    long told(String type, String subject, List<Cause> causes, JsonNode payload) {
        return durable(Append.of(
                        EventDraft.json(type, LearnedFold.SOURCE, subject, Acts.ACTOR, causes, Payload.write(payload))))
                .firstSequence();
    }

    private Receipt durable(Append append) {
        try {
            return journal.append(append).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException known ? known : e;
        }
    }

    Learned.Healing started(
            Failure failure,
            String label,
            Choice.Option chosen,
            Situation situation,
            Optional<Advice.By> by,
            Cause classified) {
        ObjectNode payload = Payload.object()
                .put("case", failure.number())
                .put("agent", failure.agent())
                .put("class", label)
                .put("act", chosen.act().word())
                .put("expected", Healer.rounded(chosen.expected()))
                .put("prior", chosen.prior());
        by.ifPresent(it -> payload.put("script", it.script()).put("scriptHash", it.hash()));
        by.filter(it -> !it.parameters().isEmpty())
                .ifPresent(it -> payload.set("parameters", Payload.JSON.valueToTree(it.parameters())));
        List<Double> context = new ArrayList<>();
        for (double value : situation.context()) {
            context.add(value);
            payload.withArray("context").add(value);
        }
        append(LearnedFold.STARTED, failure.number(), "", List.of(classified), payload);
        return new Learned.Healing(
                failure.number(),
                failure.agent(),
                label,
                chosen.act().word(),
                context,
                chosen.expected(),
                chosen.prior(),
                failure.event().timeNanos(),
                Double.NaN,
                "");
    }

    /** @param reward NaN where nothing can be learned */
    void ended(Learned.Healing healing, double reward, String why) {
        ObjectNode payload = Payload.object()
                .put("case", healing.number())
                .put("agent", healing.agent())
                .put("class", healing.label())
                .put("act", healing.act())
                .put("why", why);
        if (!Double.isNaN(reward)) {
            payload.put("reward", Healer.rounded(reward)).put("rate", rate.getAsDouble());
        }
        List<Cause> causes = events(healing.number()).stream()
                .filter(event -> event.type().equals(LearnedFold.STARTED))
                .map(Event::asCause)
                .toList();
        append(LearnedFold.ENDED, healing.number(), "", causes, payload);
    }
}
