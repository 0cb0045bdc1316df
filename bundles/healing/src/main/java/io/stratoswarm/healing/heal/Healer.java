package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.script.CaseView;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Ladder;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import io.stratoswarm.healing.trial.Advice;
import io.stratoswarm.healing.trial.PastCases;
import io.stratoswarm.healing.trial.Strategies;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when an agent fails: the failure is named, an act is chosen, judged and done, and what came of it is watched. Each step is an
 * event before the next one, and has the failure's sequence as its key, so that a failure that is met again after a crash goes on where it was.
 */
final class Healer implements Reactor {
    private static final Logger LOG = LoggerFactory.getLogger(Healer.class);
    /** What failed longer ago was met by an earlier daemon, or nothing is measured of it any more. */
    private static final long OLD_MILLIS = 10 * 60_000L;

    private static final long RELAPSE_NANOS = 3_600_000_000_000L;

    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;
    private final Acts acts;
    private final Watches watches;
    private final Withheld withheld;
    private final Strategies strategies;

    Healer(
            HealingParts parts,
            Ledger ledger,
            Witness witness,
            Acts acts,
            Watches watches,
            Withheld withheld,
            Strategies strategies) {
        this.parts = parts;
        this.ledger = ledger;
        this.witness = witness;
        this.acts = acts;
        this.watches = watches;
        this.withheld = withheld;
        this.strategies = strategies;
    }

    @Override
    public String id() {
        return "healing";
    }

    @Override
    public void on(Event event) {
        if (parts.settings().mode() == Settings.Mode.OFF) {
            return;
        }
        if (event.type().equals(Decisions.APPROVED) && event.subject().startsWith(Ledger.SUBJECT)) {
            approved(event);
            return;
        }
        Optional<Failure> failure = Failure.of(event, parts.journal());
        if (failure.isPresent() && failure.get().millis() > parts.clock().millis() - OLD_MILLIS) {
            if (watches.overtaken(failure.get())) {
                LOG.info(
                        "{} failed again while something was done about it, which is watched",
                        failure.get().agent());
                return;
            }
            if (!failure.get().alarm()) {
                watches.failed(failure.get());
            }
            try {
                failed(failure.get());
            } catch (StratoswarmException e) {
                if (e.kind() == StratoswarmException.Kind.UNAVAILABLE || e.kind() == StratoswarmException.Kind.FULL) {
                    throw e; // It passes, and the event comes again.
                }
                LOG.error(
                        "case {}: nothing could be done about {}",
                        failure.get().number(),
                        failure.get().agent(),
                        e);
            }
        }
    }

    private void failed(Failure failure) {
        Optional<AgentStatus> status = parts.agents().get(failure.agent());
        if (status.isEmpty()) {
            return;
        }
        if (failure.alarm() && !sure(failure)) {
            return;
        }
        Window window = witness.before(failure);
        Patterns patterns = Patterns.of(window);
        Learned learned = ledger.learned();
        Naming.Named named =
                new Naming(parts.model(), parts.settings().confidence()).name(patterns, learned, failure.number());
        if (named.fresh(failure.number())) {
            Optional<String> same = new Repeats(parts.journal()).label(failure, window.circumstance());
            named = same.map(named::as).orElse(named);
        }
        if (failure.alarm() && (named.opened() || named.label().equals(Ladder.HEALTHY))) {
            return;
        }
        Situation situation = new Situation(
                relapses(learned, failure, named.label()),
                failure.event().type().equals("AgentUnhealthy") || failure.alarm(),
                window.circumstance().changed());
        Set<String> needed = witness.needed(failure.agent());
        Sight sight = sight(learned, status.get(), needed, patterns, situation, named.label());
        Set<Act> possible = EnumSet.noneOf(Act.class);
        Stream.of(Act.values()).filter(act -> acts.possible(act, sight)).forEach(possible::add);
        Choice choice = Choice.of(learned, named.label(), situation, possible::contains);
        if (failure.alarm()
                && (choice.chosen().act() == Act.WAIT || choice.chosen().act() == Act.ASK)) {
            LOG.info(
                    "agent {} is not as it was, and looks like {}; nothing is done before it fails",
                    failure.agent(),
                    named.label());
            return;
        }
        Choice any = Choice.any(learned, named.label(), situation, possible::contains);
        CaseView view = Views.of(failure, named, window, patterns, situation, any, choice);
        ObjectNode seen = view.json(learned);
        Cause classified = classify(failure, named, seen);
        Advice advice = strategies.advise(view, seen, choice, classified);
        carryOut(failure, named, advice, sight, classified);
    }

    /** Whether it is sure enough of what an agent has to do something about it while it runs. */
    private boolean sure(Failure alarm) {
        JsonNode payload = Payload.of(alarm.event());
        return payload.path("known").asBoolean()
                && !payload.path("class").asText().equals(Ladder.HEALTHY)
                && payload.path("confidence").asDouble() >= parts.settings().alarmConfidence();
    }

    private static Sight sight(
            Learned learned,
            AgentStatus agent,
            Set<String> needed,
            Patterns patterns,
            Situation situation,
            String label) {
        String name = learned.of(label).name();
        return new Sight(
                agent, needed, patterns, situation, label, name.isEmpty() ? Set.of(label) : Set.of(label, name));
    }

    private static int relapses(Learned learned, Failure failure, String label) {
        return (int) learned.closed().stream()
                .filter(healing -> healing.agent().equals(failure.agent())
                        && healing.label().equals(label)
                        && healing.startedNanos() > failure.event().timeNanos() - RELAPSE_NANOS)
                .count();
    }

    /** @param seen what a script is given of the case; it is kept with it, so that a later one can be asked about it too */
    private Cause classify(Failure failure, Naming.Named named, ObjectNode seen) {
        Verdict verdict = named.verdict();
        ObjectNode payload = Payload.object()
                .put("case", failure.number())
                .put("agent", failure.agent())
                .put("trigger", failure.event().type())
                .put("class", named.label())
                .put("known", verdict.known())
                .put("confidence", rounded(verdict.confidence()))
                .put("distance", rounded(verdict.distance()))
                .put("model", parts.modelHash());
        verdict.drivers().forEach(payload.withArray("drivers")::add);
        for (double value : named.vector()) {
            payload.withArray("vector").add(rounded(value));
        }
        payload.set(PastCases.VIEW, seen);
        return ledger.append(
                LearnedFold.CLASSIFIED,
                failure.number(),
                "",
                List.of(failure.event().asCause()),
                payload);
    }

    static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }

    private void carryOut(Failure failure, Naming.Named named, Advice advice, Sight sight, Cause classified) {
        Choice choice = advice.choice();
        Situation situation = sight.situation();
        Set<String> needed = sight.needed();
        Act act = choice.chosen().act();
        Optional<String[]> against = Guard.against(
                act, scene(failure.agent(), needed, failure.event().timeNanos()));
        if (against.isPresent() || act == Act.ASK) {
            String word = against.map(why -> why[0]).orElse("ask");
            String why = against.map(reason -> reason[1])
                    .orElse(advice.by().map(Advice.By::said).orElse("nothing that it may do is expected to help"));
            withheld.add(failure.number(), failure.agent(), named.label(), act, word, why, classified);
            return;
        }
        if (act == Act.WAIT && !acts.restarts(failure.agent())) {
            String why = "its restart policy is 'never', or it is a job that runs to its end";
            withheld.add(failure.number(), failure.agent(), named.label(), act, "policy", why, classified);
            return;
        }
        if (act == Act.WAIT) {
            watches.begin(
                    ledger.started(failure, named.label(), choice.chosen(), situation, advice.by(), classified),
                    failure.millis());
            return;
        }
        Optional<Decisions.Pending> waits = parts.decisions().pending().stream()
                .filter(each -> !each.approved()
                        && each.agent().equals(failure.agent())
                        && each.decisionType().equals(Ledger.HEAL + act.word())
                        && !each.id().equals(Ledger.decision(failure.number())))
                .findFirst();
        if (waits.isPresent()) {
            String why = "the same waits for a person already: 'stratoswarm audit approve "
                    + waits.get().id() + "'";
            withheld.add(failure.number(), failure.agent(), named.label(), act, "waits", why, classified);
            return;
        }
        Decisions.Made made = parts.decisions()
                .decide(
                        decision(failure, named, advice, situation),
                        new DecisionOrigin(
                                LearnedFold.SOURCE, Ledger.subject(failure.number()), Acts.ACTOR, List.of(classified)));
        switch (made.ruling()) {
            case ALLOW -> act(made, failure, named.label(), choice.chosen(), sight, advice.by(), classified);
            case APPROVE ->
                LOG.warn(
                        "case {}: {} of {} waits for a person: {} ('stratoswarm audit approve {}')",
                        failure.number(),
                        act.word(),
                        failure.agent(),
                        made.why(),
                        made.id());
            case DENY ->
                withheld.add(failure.number(), failure.agent(), named.label(), act, "rule", made.why(), classified);
        }
    }

    private Guard.Scene scene(String agent, Set<String> needed, long nowNanos) {
        Agents agents = parts.agents();
        return new Guard.Scene(
                parts.settings(),
                ledger.learned(),
                ledger.paused(),
                agents.get(agent),
                agents.list(),
                needed,
                nowNanos);
    }

    private DecisionRecorded decision(Failure failure, Naming.Named named, Advice advice, Situation situation) {
        Choice choice = advice.choice();
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("case", String.valueOf(failure.number()));
        inputs.put("class", Payload.write(Payload.JSON.valueToTree(named.label())));
        inputs.put("confidence", String.valueOf(rounded(named.verdict().confidence())));
        inputs.put(
                "drivers",
                Payload.write(Payload.JSON.valueToTree(named.verdict().drivers())));
        inputs.put("situation", Payload.write(Payload.JSON.valueToTree(situation)));
        inputs.put("prior", String.valueOf(choice.chosen().prior()));
        inputs.put("expected", String.valueOf(rounded(choice.chosen().expected())));
        acts.generation(failure.graph()).ifPresent(it -> inputs.put("generation", String.valueOf(it)));
        inputs.put("model", Payload.write(Payload.JSON.valueToTree(parts.modelHash())));
        advice.by().ifPresent(by -> {
            inputs.put("script", Payload.write(Payload.JSON.valueToTree(by.script())));
            inputs.put("scriptHash", Payload.write(Payload.JSON.valueToTree(by.hash())));
        });
        Choice.Option chosen = choice.chosen();
        return new DecisionRecorded(
                Ledger.decision(failure.number()),
                failure.agent(),
                Ledger.HEAL + chosen.act().word(),
                inputs,
                choice.options().stream()
                        .skip(1)
                        .map(option -> option.act().word() + " (" + rounded(option.expected()) + " expected)")
                        .toList(),
                "The failure is of class " + named.label() + " ("
                        + Math.round(100 * named.verdict().confidence())
                        + " % sure); "
                        + advice.by().map(Advice.By::said).orElse("of what can be done, to do so promises most")
                        + ": it " + chosen.act().what()
                        + ", with an expected reward of " + rounded(chosen.expected()) + " after " + chosen.tries()
                        + " tries.",
                named.verdict().confidence(),
                Map.of());
    }

    private void act(
            Decisions.Made made,
            Failure failure,
            String label,
            Choice.Option chosen,
            Sight sight,
            Optional<Advice.By> by,
            Cause classified) {
        Learned.Healing healing = ledger.started(failure, label, chosen, sight.situation(), by, classified);
        DecisionOrigin origin = new DecisionOrigin(
                LearnedFold.SOURCE, Ledger.subject(failure.number()), Acts.ACTOR, List.of(classified));
        try {
            String done = acts.perform(chosen.act(), sight, decided(failure.number()));
            LOG.info("case {}: {} of {}: {}", failure.number(), chosen.act().word(), failure.agent(), done);
            parts.decisions().outcome(made, origin, done, true);
            watches.begin(healing, parts.clock().millis());
        } catch (StratoswarmException e) {
            LOG.warn(
                    "case {}: {} of {} was not done: {}",
                    failure.number(),
                    chosen.act().word(),
                    failure.agent(),
                    e.getMessage());
            parts.decisions().outcome(made, origin, String.valueOf(e.getMessage()), false);
            ledger.ended(healing, Double.NaN, "it was not done: " + e.getMessage());
        }
    }

    /** Generation of the graph that the decision was made for. */
    private OptionalLong decided(long number) {
        return ledger.events(number).stream()
                .filter(event -> event.type().equals(DecisionRecorded.TYPE))
                .map(event -> Payload.of(event).path("inputs").path("generation"))
                .filter(value -> !value.isMissingNode())
                .map(value -> OptionalLong.of(value.asLong()))
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** Somebody approved what waited; it is done if it still makes sense. */
    private void approved(Event approval) {
        long number = Ledger.number(approval.subject());
        Optional<Event> recorded = parts.journal().get(number);
        Optional<Failure> failure = recorded.flatMap(event -> Failure.of(event, parts.journal()));
        Optional<Event> decided = ledger.events(number).stream()
                .filter(event -> event.type().equals(DecisionRecorded.TYPE))
                .findFirst();
        if (failure.isEmpty() || decided.isEmpty()) {
            return;
        }
        JsonNode decision = Payload.of(decided.get());
        JsonNode inputs = decision.path("inputs");
        Act act = Act.of(decision.path("decisionType").asText().substring(Ledger.HEAL.length()))
                .orElseThrow();
        Decisions.Made made =
                new Decisions.Made(Ledger.decision(number), decided.get().sequence(), true, Ruling.ALLOW, List.of());
        String label = Ledger.read(inputs.path("class").asText()).asText();
        Optional<AgentStatus> status = parts.agents().get(failure.get().agent());
        if (status.isEmpty()) {
            DecisionOrigin origin = new DecisionOrigin(
                    LearnedFold.SOURCE,
                    Ledger.subject(number),
                    Acts.ACTOR,
                    List.of(decided.get().asCause()));
            parts.decisions().outcome(made, origin, "agent " + failure.get().agent() + " is gone", false);
            return;
        }
        JsonNode situation = Ledger.read(inputs.path("situation").asText());
        Sight sight = sight(
                ledger.learned(),
                status.get(),
                witness.needed(failure.get().agent()),
                Patterns.of(witness.before(failure.get())),
                new Situation(
                        situation.path("relapses").asInt(),
                        situation.path("unhealthy").asBoolean(),
                        situation.path("changed").asBoolean()),
                label);
        act(
                made,
                failure.get(),
                label,
                new Choice.Option(
                        act,
                        inputs.path("prior").asDouble(),
                        inputs.path("expected").asDouble(),
                        0,
                        0,
                        0),
                sight,
                inputs.has("script")
                        ? Optional.of(new Advice.By(
                                Ledger.read(inputs.path("script").asText()).asText(),
                                Ledger.read(inputs.path("scriptHash").asText()).asText(),
                                ""))
                        : Optional.empty(),
                decided.get().asCause());
    }
}
