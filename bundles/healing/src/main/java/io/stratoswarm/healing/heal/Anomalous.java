package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.pattern.Patterns;
import java.util.List;
import java.util.SortedMap;

/** Records that an agent is not as it was, and what it looks like. */
final class Anomalous implements Alarms.Told {
    /** What answers took before they became slow, in seconds: what is done about it is judged by that. */
    static final String USUAL = "usual";

    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;

    Anomalous(HealingParts parts, Ledger ledger, Witness witness) {
        this.parts = parts;
        this.ledger = ledger;
        this.witness = witness;
    }

    @Override
    public void unusual(AgentStatus agent, SortedMap<String, Double> scores, long nowMillis) {
        Verdict verdict = new Naming(parts.model(), parts.settings().confidence())
                .classifier(ledger.learned())
                .classify(Patterns.of(witness.now(agent.id(), nowMillis)), "");
        ObjectNode payload = Payload.object()
                .put("agent", agent.id())
                .put("class", verdict.label())
                .put("known", verdict.known())
                .put("confidence", Healer.rounded(verdict.confidence()))
                .put("model", parts.modelHash());
        ObjectNode unusual = payload.putObject("unusual");
        scores.forEach((name, score) -> unusual.put(name, Healer.rounded(score)));
        verdict.drivers().forEach(payload.withArray("drivers")::add);
        ledger.told(Alarms.TYPE, Alarms.SUBJECT + agent.id(), List.of(), payload);
    }

    @Override
    public void slow(AgentStatus agent, double seconds, double usualSeconds, double limitSeconds) {
        ledger.told(
                Alarms.TYPE,
                Alarms.SUBJECT + agent.id(),
                List.of(),
                Payload.object()
                        .put("agent", agent.id())
                        .put("class", Slowness.LABEL)
                        .put("known", true)
                        .put("rule", Slowness.METRIC)
                        .put("seconds", Healer.rounded(seconds))
                        .put(USUAL, usualSeconds)
                        .put("limit", limitSeconds));
    }
}
