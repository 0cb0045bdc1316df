package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import io.stratoswarm.healing.trial.Advice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From what was chosen to its being done, or to the record of why it is not: by the guard, and by the rules that decisions are judged by. */
final class Resolution {
    private static final Logger LOG = LoggerFactory.getLogger(Resolution.class);

    private final HealingParts parts;
    private final Ledger ledger;
    private final Acts acts;
    private final Watches watches;
    private final Withheld withheld;
    private final Deeds deeds;

    Resolution(HealingParts parts, Ledger ledger, Acts acts, Watches watches, Withheld withheld, Deeds deeds) {
        this.parts = parts;
        this.ledger = ledger;
        this.acts = acts;
        this.watches = watches;
        this.withheld = withheld;
        this.deeds = deeds;
    }

    void carryOut(Failure failure, Naming.Named named, Advice advice, Sight sight, Cause classified) {
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
            case ALLOW -> deeds.begin(made, failure, named.label(), choice.chosen(), sight, advice.by(), classified);
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
                ledger.stoppedByPolicy(agent),
                nowNanos);
    }

    private DecisionRecorded decision(Failure failure, Naming.Named named, Advice advice, Situation situation) {
        Choice choice = advice.choice();
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("case", String.valueOf(failure.number()));
        inputs.put("class", Payload.write(Payload.JSON.valueToTree(named.label())));
        inputs.put("confidence", String.valueOf(Healer.rounded(named.verdict().confidence())));
        inputs.put(
                "drivers",
                Payload.write(Payload.JSON.valueToTree(named.verdict().drivers())));
        inputs.put("situation", Payload.write(Payload.JSON.valueToTree(situation)));
        inputs.put("prior", String.valueOf(choice.chosen().prior()));
        inputs.put("expected", String.valueOf(Healer.rounded(choice.chosen().expected())));
        acts.generation(failure.graph()).ifPresent(it -> inputs.put("generation", String.valueOf(it)));
        inputs.put("model", Payload.write(Payload.JSON.valueToTree(parts.modelHash())));
        advice.by().ifPresent(by -> {
            if (!by.parameters().isEmpty()) {
                inputs.put("parameters", Payload.write(Payload.JSON.valueToTree(by.parameters())));
            }
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
                        .map(option -> option.act().word() + " (" + Healer.rounded(option.expected()) + " expected)")
                        .toList(),
                "The failure is of class " + named.label() + " ("
                        + Math.round(100 * named.verdict().confidence())
                        + " % sure); "
                        + advice.by().map(Advice.By::said).orElse("of what can be done, to do so promises most")
                        + ": it " + chosen.act().what()
                        + ", with an expected reward of " + Healer.rounded(chosen.expected()) + " after "
                        + chosen.tries()
                        + " tries.",
                named.verdict().confidence(),
                Map.of());
    }
}
