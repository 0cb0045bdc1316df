package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.strategy.Learned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether a failure that is foreseen is prevented: by the record of its cause, the guard, and the rules for decisions. */
final class Preventer {
    /** Begins the types of decisions. */
    static final String PREVENT = "prevent.";

    private static final Logger LOG = LoggerFactory.getLogger(Preventer.class);

    private final PredictionParts parts;
    private final PredictionLedger ledger;
    private final Means means;
    private final Chooser chooser;
    private final Withholding withholding;
    /** Those that it makes no sense to look at again. */
    private final Set<Long> settled = new HashSet<>();
    /** Those that wait for a person, and what for. */
    private final Map<Long, String> waiting = new ConcurrentHashMap<>();

    Preventer(PredictionParts parts, PredictionLedger ledger, Means means, Chooser chooser, Withholding withholding) {
        this.parts = parts;
        this.ledger = ledger;
        this.means = means;
        this.chooser = chooser;
        this.withholding = withholding;
    }

    /** Looks at one that nothing is done about; also again, since what stood against it may be over. */
    void consider(Predicted state, Predicted.Open open) {
        if (open.heldOut() || settled.contains(open.number()) || open.failedNanos() != 0) {
            return;
        }
        Optional<AgentStatus> agent = parts.healing().agents().get(open.agent());
        if (agent.isEmpty() || !agent.get().phase().running()) {
            return; // It is judged soon.
        }
        String off = state.gain(open.cause()).off();
        if (!off.isEmpty()) {
            settle(open, "", "off", "failures of this cause are not prevented: " + off);
            return;
        }
        Chooser.Chosen chosen = Chooser.cause(open.cause())
                .map(cause -> chooser.choose(cause, agent.get()))
                .orElseGet(() -> Chooser.Chosen.nothing("advice", "the model named a cause that is not known"));
        if (chosen.measure().isEmpty()) {
            settle(open, "", chosen.word(), chosen.why());
            return;
        }
        Measure measure = chosen.measure().get();
        Optional<String[]> against = against(state, open, measure);
        if (against.isPresent()) {
            withholding.add(open, measure.word(), against.get()[0], against.get()[1]);
            return;
        }
        decide(open, measure);
    }

    /** Whether nothing can be done about what was predicted, and something can about what is expected of the agent now. */
    boolean outdone(Predicted state, Predicted.Open open, Cause now, AgentStatus agent) {
        return open.state().equals(Predicted.ALONE)
                && !open.heldOut()
                && open.failedNanos() == 0
                && settled.contains(open.number())
                && !open.cause().equals(now.word())
                && state.gain(now.word()).off().isEmpty()
                && chooser.choose(now, agent).measure().isPresent();
    }

    Optional<String[]> against(Predicted state, Predicted.Open open, Measure measure) {
        return means.against(
                measure.act(),
                open.agent(),
                others(state, open.number()),
                parts.healing().clock().millis() * 1_000_000);
    }

    /** What was prevented counts against the rates like what was healed. */
    private static List<Learned.Healing> others(Predicted state, long number) {
        List<Learned.Healing> done = new ArrayList<>();
        Stream.concat(state.closed().stream().map(Predicted.Closed::prediction), state.open().values().stream())
                .filter(each -> each.number() != number && !each.measure().isEmpty())
                .forEach(each -> done.add(new Learned.Healing(
                        each.number(),
                        each.agent(),
                        each.cause(),
                        each.measure(),
                        List.of(),
                        0,
                        0,
                        each.madeNanos(),
                        Double.NaN,
                        "")));
        return done;
    }

    private void settle(Predicted.Open open, String measure, String word, String why) {
        settled.add(open.number());
        withholding.add(open, measure, word, why);
    }

    private void decide(Predicted.Open open, Measure measure) {
        Decisions.Made made = parts.healing().decisions().decide(decision(open, measure), origin(open.number()));
        switch (made.ruling()) {
            case ALLOW -> {
                waiting.remove(open.number());
                ledger.append(
                        PredictionFold.STARTED,
                        open.number(),
                        "",
                        PredictionLedger.object()
                                .put("prediction", open.number())
                                .put("agent", open.agent())
                                .put("cause", open.cause())
                                .put("measure", measure.word()));
                LOG.info(
                        "prediction {}: {} will fail ({}, {} %); it {}",
                        open.number(),
                        open.agent(),
                        open.cause(),
                        Math.round(100 * open.probability()),
                        measure.what());
            }
            case APPROVE -> {
                String before =
                        waiting.put(open.number(), "waits for a person: 'stratoswarm audit approve " + made.id() + "'");
                if (before == null) {
                    LOG.warn(
                            "prediction {}: {} of {} waits for a person: {} ('stratoswarm audit approve {}')",
                            open.number(),
                            measure.word(),
                            open.agent(),
                            made.why(),
                            made.id());
                }
            }
            case DENY -> settle(open, measure.word(), "rule", made.why());
        }
    }

    private DecisionOrigin origin(long number) {
        return new DecisionOrigin(
                PredictionFold.SOURCE, PredictionLedger.subject(number), Means.ACTOR, List.of(ledger.cause(number)));
    }

    private static DecisionRecorded decision(Predicted.Open open, Measure measure) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("prediction", String.valueOf(open.number()));
        inputs.put("probability", String.valueOf(open.probability()));
        inputs.put("expected", String.valueOf(open.expectedNanos()));
        inputs.put("until", String.valueOf(open.untilNanos()));
        inputs.put("cause", PredictionLedger.write(open.cause()));
        inputs.put("drivers", PredictionLedger.write(open.drivers()));
        inputs.put("model", PredictionLedger.write(open.model()));
        inputs.put("drawn", String.valueOf(open.drawn()));
        return new DecisionRecorded(
                PredictionLedger.decision(open.number()),
                open.agent(),
                PREVENT + measure.word(),
                inputs,
                List.of("to leave it alone"),
                "It is expected to fail with a probability of " + Math.round(100 * open.probability()) + " %, of "
                        + open.cause() + "; it " + measure.what() + ".",
                Math.clamp(open.probability(), 0, 1),
                Map.of());
    }

    /** Closes the decision of a prediction, where there is one. */
    void close(long number, String outcome, boolean success) {
        Optional<Event> decided = ledger
                .journal()
                .read(EventQuery.all()
                        .subject(PredictionLedger.subject(number))
                        .type(DecisionRecorded.TYPE)
                        .limit(1))
                .stream()
                .findFirst();
        decided.ifPresent(event -> parts.healing()
                .decisions()
                .outcome(
                        new Decisions.Made(
                                PredictionLedger.decision(number), event.sequence(), true, Ruling.ALLOW, List.of()),
                        origin(number),
                        outcome,
                        success));
    }

    Optional<String> waits(long number) {
        return Optional.ofNullable(waiting.get(number));
    }

    void forget(long number) {
        settled.remove(number);
        waiting.remove(number);
        withholding.forget(number);
    }
}
