package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
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
import java.util.Optional;
import java.util.Set;
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
    static final long OLD_MILLIS = 10 * 60_000L;

    private static final int MOST_MISSED = 100;
    private static final long RELAPSE_NANOS = 3_600_000_000_000L;

    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;
    private final Acts acts;
    private final Watches watches;
    private final Strategies strategies;
    private final Hands hands;
    private final Deeds deeds;
    private final Resolution resolution;

    Healer(
            HealingParts parts,
            Ledger ledger,
            Witness witness,
            Watches watches,
            Withheld withheld,
            Strategies strategies,
            Hands hands) {
        this.parts = parts;
        this.ledger = ledger;
        this.witness = witness;
        this.watches = watches;
        this.strategies = strategies;
        this.hands = hands;
        acts = new Acts(parts);
        deeds = new Deeds(parts, ledger, witness, acts, watches, hands);
        resolution = new Resolution(parts, ledger, acts, watches, withheld, deeds);
    }

    /** Goes on with what was left open. What failed while an act went on that was cut off waited in memory alone, and is met now. */
    void resume() {
        for (Learned.Healing cut : deeds.resume()) {
            parts
                    .journal()
                    .read(EventQuery.all()
                            .subject(Failure.SUBJECT + cut.agent())
                            .from(cut.number() + 1)
                            .limit(MOST_MISSED))
                    .stream()
                    .flatMap(event -> Failure.of(event, parts.journal()).stream())
                    .filter(failure ->
                            recent(failure) && ledger.events(failure.number()).isEmpty())
                    .forEach(failure -> hands.later(failure.agent(), () -> met(failure)));
        }
    }

    private boolean recent(Failure failure) {
        return failure.millis() > parts.clock().millis() - OLD_MILLIS;
    }

    /** Decides what waited for the end of acts. */
    void step() {
        hands.step();
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
            long number = Ledger.number(event.subject());
            parts.journal()
                    .get(number)
                    .flatMap(failed -> Failure.of(failed, parts.journal()))
                    .ifPresent(failure -> hands.decide(failure.agent(), () -> deeds.approved(number)));
            return;
        }
        Failure.of(event, parts.journal())
                .filter(this::recent)
                .ifPresent(failure -> hands.decide(failure.agent(), () -> met(failure)));
    }

    private void met(Failure failure) {
        if (watches.overtaken(failure)) {
            LOG.info("{} failed again while something was done about it, which is watched", failure.agent());
            return;
        }
        if (!failure.alarm() || failure.ruled().isPresent()) {
            watches.failed(failure);
        }
        try {
            failed(failure);
        } catch (StratoswarmException e) {
            if (e.kind() == StratoswarmException.Kind.UNAVAILABLE || e.kind() == StratoswarmException.Kind.FULL) {
                throw e; // It passes, and the event comes again.
            }
            LOG.error("case {}: nothing could be done about {}", failure.number(), failure.agent(), e);
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
        Naming.Named named = named(failure, window, patterns, learned);
        if (failure.alarm() && (named.opened() || named.label().equals(Ladder.HEALTHY))) {
            return;
        }
        Situation situation = new Situation(
                relapses(learned, failure, named.label()),
                failure.event().type().equals("AgentUnhealthy") || failure.alarm(),
                window.circumstance().changed());
        Set<String> needed = witness.needed(failure.agent());
        Sight sight = Sight.of(
                learned,
                status.get(),
                needed,
                patterns,
                situation,
                named.label(),
                failure.ruled().isPresent(),
                hangs(failure));
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
        resolution.carryOut(failure, named, advice, sight, classified);
    }

    private Naming.Named named(Failure failure, Window window, Patterns patterns, Learned learned) {
        Naming.Named named =
                new Naming(parts.model(), parts.settings().confidence()).name(patterns, learned, failure.number());
        Optional<String> ruled = failure.ruled();
        if (ruled.isPresent()) {
            return named.as(ruled.get());
        }
        if (!named.fresh(failure.number())) {
            return named;
        }
        // Nothing is known of it by the model alone.
        boolean slow = failure.event().type().equals("AgentUnhealthy")
                && parts.agents()
                        .spec(failure.agent())
                        .flatMap(AgentSpec::liveness)
                        .filter(probe -> Slowness.led(window, probe))
                        .isPresent();
        return slow
                ? named.as(Slowness.LABEL)
                : new Repeats(parts.journal())
                        .label(failure, window.circumstance())
                        .map(named::as)
                        .orElse(named);
    }

    /** Whether it is sure enough of what an agent has to do something about it while it runs. */
    private boolean sure(Failure alarm) {
        JsonNode payload = Payload.of(alarm.event());
        return alarm.ruled().isPresent()
                || payload.path("known").asBoolean()
                        && !payload.path("class").asText().equals(Ladder.HEALTHY)
                        && payload.path("confidence").asDouble()
                                >= parts.settings().alarmConfidence();
    }

    private boolean hangs(Failure failure) {
        return failure.event().type().equals("AgentUnhealthy") && ledger.hung(failure.agent(), failure.number());
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
}
