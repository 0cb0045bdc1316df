package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules as the test says; two decisions wait from the beginning. */
final class InMemoryDecisions implements Decisions {
    final List<DecisionRecorded> decided = new ArrayList<>();
    final List<String> outcomes = new ArrayList<>();
    final List<String> answers = new ArrayList<>();
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    Ruling ruling = Ruling.ALLOW;
    boolean full;

    InMemoryDecisions() {
        put("d1", "shop/web", "restart", "script:heal", "");
        put("d2", "shop/web", "stop", "script:heal", "");
    }

    private void put(String id, String agent, String type, String actor, String approvedBy) {
        pending.put(
                id,
                new Pending(
                        id,
                        7,
                        agent,
                        type,
                        actor,
                        "it hangs",
                        List.of("four-eyes/rule: ask"),
                        1_000,
                        2_000,
                        approvedBy));
    }

    @Override
    public synchronized Made decide(DecisionRecorded decision, DecisionOrigin origin) {
        if (full) {
            throw new StratoswarmException(Kind.FULL, "there is no space left");
        }
        decided.add(decision);
        if (ruling == Ruling.APPROVE) {
            put(decision.id(), decision.agent(), decision.decisionType(), origin.actor(), "");
        }
        return new Made(
                decision.id(), decided.size(), false, ruling, ruling == Ruling.ALLOW ? List.of() : List.of("p/r: no"));
    }

    @Override
    public Ruling judge(DecisionRecorded decision, DecisionOrigin origin) {
        return ruling;
    }

    @Override
    public synchronized void outcome(Made made, DecisionOrigin origin, String outcome, boolean success) {
        outcomes.add((success ? "+ " : "- ") + outcome);
        pending.remove(made.id());
    }

    @Override
    public synchronized List<Pending> pending() {
        return List.copyOf(pending.values());
    }

    private Pending waiting(String id) {
        Pending there = pending.get(id);
        if (there == null) {
            throw new StratoswarmException(Kind.NOT_FOUND, "no decision '" + id + "' waits");
        }
        return there;
    }

    @Override
    public synchronized Pending approve(String id, String actor, String reason) {
        Pending there = waiting(id);
        put(id, there.agent(), there.decisionType(), there.actor(), actor);
        answers.add("+ " + reason);
        return waiting(id);
    }

    @Override
    public synchronized Pending reject(String id, String actor, String reason) {
        Pending there = waiting(id);
        pending.remove(id);
        answers.add("- " + reason);
        return there;
    }
}
