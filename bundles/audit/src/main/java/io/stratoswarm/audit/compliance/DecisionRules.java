package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.audit.rule.CelView;
import io.stratoswarm.audit.rule.Rule;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The rules on decisions. That one was broken is an event once the decision is one, see {@link EventRules}. */
final class DecisionRules implements DecisionGate {
    /** Commands that turn scripts on and off. */
    private static final Set<String> SWITCHES = Set.of(
            "operator.scripts.enable",
            "operator.scripts.disable",
            "operator.compliance.enable",
            "operator.compliance.disable");

    private final Supplier<List<LiveRule>> rules;
    private final Sight sight;
    private final InstantSource clock;

    DecisionRules(Supplier<List<LiveRule>> rules, Sight sight, InstantSource clock) {
        this.rules = rules;
        this.sight = sight;
        this.clock = clock;
    }

    @Override
    public List<Finding> judge(DecisionRecorded decision, DecisionOrigin origin) {
        List<LiveRule> asked = rules.get().stream()
                .filter(live -> live.rule.on() == Rule.On.DECISION && live.rule.looksAt(decision.decisionType()))
                .toList();
        if (asked.isEmpty()) {
            return List.of();
        }
        Map<String, Object> values = Map.of(
                "decision", CelView.decision(decision, origin.actor()), "state", sight.state(), "now", clock.instant());
        Map<LiveRule, LiveRule.Look> looks = new LinkedHashMap<>();
        asked.forEach(live -> looks.put(live, live.look(values)));
        boolean mends = mends(decision);
        List<Finding> findings = new ArrayList<>();
        looks.forEach((live, look) -> {
            switch (look.verdict()) {
                case HOLDS -> {}
                case BROKEN -> findings.add(new Finding(live.id(), ruling(look.action()), look.message()));
                case FAILED, LATE -> {
                    boolean open = live.rule.failsOpen() || mends && live.isScript(live.pack);
                    findings.add(new Finding(live.id(), open ? Ruling.ALLOW : Ruling.DENY, look.message()));
                }
            }
        });
        return findings;
    }

    /**
     * Whether it turns a script on or off that gave no answer when it was asked last: of two that give none, each would deny that the other
     * is mended.
     */
    private boolean mends(DecisionRecorded decision) {
        return SWITCHES.contains(decision.decisionType())
                && rules.get().stream().anyMatch(live -> live.isScript(decision.agent()) && live.failing());
    }

    private static Ruling ruling(Rule.Action action) {
        return switch (action) {
            case DENY -> Ruling.DENY;
            case APPROVE -> Ruling.APPROVE;
            default -> Ruling.ALLOW;
        };
    }
}
