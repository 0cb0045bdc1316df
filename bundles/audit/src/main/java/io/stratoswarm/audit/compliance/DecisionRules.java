package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.audit.rule.CelView;
import io.stratoswarm.audit.rule.Rule;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rules on decisions. That one was broken is an event once the decision is one, see {@link EventRules}. */
final class DecisionRules implements DecisionGate {
    private final Packs packs;
    private final Sight sight;
    private final InstantSource clock;

    DecisionRules(Packs packs, Sight sight, InstantSource clock) {
        this.packs = packs;
        this.sight = sight;
        this.clock = clock;
    }

    @Override
    public List<Finding> judge(DecisionRecorded decision, DecisionOrigin origin) {
        List<LiveRule> rules = packs.inForce().stream()
                .filter(live -> live.rule.on() == Rule.On.DECISION && live.rule.looksAt(decision.decisionType()))
                .toList();
        if (rules.isEmpty()) {
            return List.of();
        }
        Map<String, Object> values = Map.of(
                "decision", CelView.decision(decision, origin.actor()), "state", sight.state(), "now", clock.instant());
        List<Finding> findings = new ArrayList<>();
        for (LiveRule live : rules) {
            switch (live.look(values)) {
                case HOLDS -> {}
                case BROKEN -> findings.add(new Finding(live.id(), ruling(live.rule.action()), live.rule.message()));
                // A rule that cannot be evaluated does not open the door that it was to guard.
                case FAILED -> {
                    Ruling ruling = live.rule.action() == Rule.Action.ALERT ? Ruling.ALLOW : Ruling.DENY;
                    findings.add(new Finding(live.id(), ruling, live.lastFailure()));
                }
            }
        }
        return findings;
    }

    private static Ruling ruling(Rule.Action action) {
        return switch (action) {
            case DENY -> Ruling.DENY;
            case APPROVE -> Ruling.APPROVE;
            default -> Ruling.ALLOW;
        };
    }
}
