package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.script.Answer;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import io.stratoswarm.healing.trial.Advice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what was decided, each on a thread of its own ({@link Hands}), and hands it over to be watched. What an end of the daemon or of the
 * bundle cut off is open in the journal without an outcome: the next start does it again where it still makes sense, and else closes it.
 */
final class Deeds {
    private static final Logger LOG = LoggerFactory.getLogger(Deeds.class);

    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;
    private final Acts acts;
    private final Watches watches;
    private final Hands hands;

    Deeds(HealingParts parts, Ledger ledger, Witness witness, Acts acts, Watches watches, Hands hands) {
        this.parts = parts;
        this.ledger = ledger;
        this.witness = witness;
        this.acts = acts;
        this.watches = watches;
        this.hands = hands;
    }

    /** What is done, with which numbers, and all that it is told with. */
    private record Deed(
            Decisions.Made made,
            DecisionOrigin origin,
            Failure failure,
            Choice.Option chosen,
            Sight sight,
            Learned.Healing healing,
            SortedMap<String, Double> with) {}

    /** Records that it is being done, and begins it. What has an outcome already, as the journal says after a crash, is not done twice. */
    void begin(
            Decisions.Made made,
            Failure failure,
            String label,
            Choice.Option chosen,
            Sight sight,
            Optional<Advice.By> by,
            Cause classified) {
        Learned.Healing healing = ledger.started(failure, label, chosen, sight.situation(), by, classified);
        if (outcome(failure.number())) {
            if (ledger.learned().open().containsKey(failure.number())) {
                watches.begin(healing, healing.startedNanos() / 1_000_000);
            }
            return;
        }
        DecisionOrigin origin = new DecisionOrigin(
                LearnedFold.SOURCE, Ledger.subject(failure.number()), Acts.ACTOR, List.of(classified));
        Deed deed = new Deed(
                made,
                origin,
                failure,
                chosen,
                sight,
                healing,
                by.map(Advice.By::parameters).orElse(Collections.emptySortedMap()));
        hands.begin(failure.agent(), chosen.act().graph(), () -> perform(deed));
    }

    private boolean outcome(long number) {
        return ledger.events(number).stream().anyMatch(event -> event.type().equals(DecisionOutcome.TYPE));
    }

    private void perform(Deed deed) {
        String agent = deed.failure().agent();
        String act = deed.chosen().act().word();
        long number = deed.failure().number();
        try {
            String done = acts.perform(deed.chosen().act(), deed.sight(), decided(number), deed.with());
            LOG.info("case {}: {} of {}: {}", number, act, agent, done);
            parts.decisions().outcome(deed.made(), deed.origin(), done, true);
            watches.begin(deed.healing(), parts.clock().millis());
        } catch (StratoswarmException e) {
            if (hands.closing() && Thread.currentThread().isInterrupted()) {
                return; // The bundle ends; the next one sees to it.
            }
            undone(deed, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("case {}: {} of {} came to grief", number, act, agent, e);
            undone(deed, String.valueOf(e));
        }
    }

    private void undone(Deed deed, String why) {
        LOG.warn(
                "case {}: {} of {} was not done: {}",
                deed.failure().number(),
                deed.chosen().act().word(),
                deed.failure().agent(),
                why);
        parts.decisions().outcome(deed.made(), deed.origin(), why, false);
        ledger.ended(deed.healing(), Double.NaN, "it was not done: " + why);
    }

    /** Generation of the graph that the decision was made for. */
    private OptionalLong decided(long number) {
        return decision(number)
                .map(event -> Payload.of(event).path("inputs").path("generation"))
                .filter(value -> !value.isMissingNode())
                .map(value -> OptionalLong.of(value.asLong()))
                .orElse(OptionalLong.empty());
    }

    private Optional<Event> decision(long number) {
        return ledger.events(number).stream()
                .filter(event -> event.type().equals(DecisionRecorded.TYPE))
                .findFirst();
    }

    /** A decision as the journal has it. */
    private record Recalled(Failure failure, Event decided, JsonNode inputs, Act act) {
        Decisions.Made made() {
            return new Decisions.Made(
                    Ledger.decision(failure.number()), decided.sequence(), true, Ruling.ALLOW, List.of());
        }

        DecisionOrigin origin() {
            return new DecisionOrigin(
                    LearnedFold.SOURCE, Ledger.subject(failure.number()), Acts.ACTOR, List.of(decided.asCause()));
        }

        String text(String input) {
            return Ledger.read(inputs.path(input).asText()).asText();
        }

        Situation situation() {
            JsonNode kept = Ledger.read(inputs.path("situation").asText());
            return new Situation(
                    kept.path("relapses").asInt(),
                    kept.path("unhealthy").asBoolean(),
                    kept.path("changed").asBoolean());
        }

        Choice.Option chosen() {
            return new Choice.Option(
                    act,
                    inputs.path("prior").asDouble(),
                    inputs.path("expected").asDouble(),
                    0,
                    0,
                    0);
        }

        Optional<Advice.By> by() {
            return inputs.has("script")
                    ? Optional.of(new Advice.By(
                            text("script"),
                            text("scriptHash"),
                            "",
                            Answer.parameters(
                                    Ledger.read(inputs.path("parameters").asText()))))
                    : Optional.empty();
        }
    }

    private Optional<Recalled> recall(long number) {
        Optional<Failure> failure = parts.journal().get(number).flatMap(event -> Failure.of(event, parts.journal()));
        Optional<Event> decided = decision(number);
        if (failure.isEmpty() || decided.isEmpty()) {
            return Optional.empty();
        }
        JsonNode payload = Payload.of(decided.get());
        Act act = Act.of(payload.path("decisionType").asText().substring(Ledger.HEAL.length()))
                .orElseThrow();
        return Optional.of(new Recalled(failure.get(), decided.get(), payload.path("inputs"), act));
    }

    private Sight sight(Recalled recalled, AgentStatus agent) {
        return Sight.of(
                ledger.learned(),
                agent,
                witness.needed(agent.id()),
                Patterns.of(witness.before(recalled.failure())),
                recalled.situation(),
                recalled.text("class"),
                recalled.failure().ruled().isPresent(),
                recalled.failure().event().type().equals("AgentUnhealthy")
                        && ledger.hung(agent.id(), recalled.failure().number()));
    }

    /** Somebody approved what waited; it is done if it still makes sense. */
    void approved(long number) {
        recall(number).ifPresent(recalled -> {
            Optional<AgentStatus> agent = parts.agents().get(recalled.failure().agent());
            if (agent.isEmpty()) {
                String why = "agent " + recalled.failure().agent() + " is gone";
                parts.decisions().outcome(recalled.made(), recalled.origin(), why, false);
                return;
            }
            begin(recalled, sight(recalled, agent.get()));
        });
    }

    private void begin(Recalled recalled, Sight sight) {
        begin(
                recalled.made(),
                recalled.failure(),
                recalled.text("class"),
                recalled.chosen(),
                sight,
                recalled.by(),
                recalled.decided().asCause());
    }

    /**
     * Goes on with what an earlier daemon, or an earlier version of this bundle, left: what it had done is watched.
     *
     * @return what it had begun, which is seen to at the next step
     */
    List<Learned.Healing> resume() {
        List<Learned.Healing> cut = new ArrayList<>();
        ledger.learned().open().values().forEach(healing -> {
            if (healing.act().equals(Act.WAIT.word()) || outcome(healing.number())) {
                watches.begin(healing, healing.startedNanos() / 1_000_000);
            } else {
                cut.add(healing);
                hands.later(healing.agent(), () -> resume(healing));
            }
        });
        return cut;
    }

    private void resume(Learned.Healing healing) {
        Optional<Recalled> recalled = recall(healing.number());
        if (recalled.isEmpty()) {
            ledger.ended(healing, Double.NaN, "it was cut off, and nothing is known of its decision");
            return;
        }
        Optional<AgentStatus> agent = parts.agents().get(healing.agent());
        boolean soon = healing.startedNanos() / 1_000_000 > parts.clock().millis() - Healer.OLD_MILLIS;
        if (agent.isPresent() && soon) {
            Act act = recalled.get().act();
            if (act.graph() && parts.graphs().get().isEmpty()) {
                throw new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there yet");
            }
            Sight sight = sight(recalled.get(), agent.get());
            if (acts.possible(act, sight)) {
                LOG.info(
                        "case {}: {} of {} was cut off, and is done again",
                        healing.number(),
                        act.word(),
                        healing.agent());
                begin(recalled.get(), sight);
                return;
            }
        }
        String why = "it was cut off, and is not done again: "
                + agent.map(it -> !soon
                                ? "that was long ago"
                                : "the agent is " + it.phase().name().toLowerCase(Locale.ROOT))
                        .orElse("the agent is gone");
        parts.decisions().outcome(recalled.get().made(), recalled.get().origin(), why, false);
        ledger.ended(healing, Double.NaN, why);
        acts.release(healing.agent());
    }
}
