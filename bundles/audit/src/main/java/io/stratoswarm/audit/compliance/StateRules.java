package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.audit.rule.Rule;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The rules on agents, graphs and state: looked at soon after something changed, and now and then since they may name the time. */
final class StateRules {
    private static final long PAUSE_NANOS = 1_000_000_000L;
    private static final long AT_LEAST_NANOS = 15_000_000_000L;

    private final Supplier<List<LiveRule>> rules;
    private final Sight sight;
    private final Alerts alerts;
    private final Remedies remedies;
    private final Projections projections;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Violations fold = new Violations();
    private volatile boolean changed = true;
    private long last = Long.MIN_VALUE;

    StateRules(
            Supplier<List<LiveRule>> rules,
            Sight sight,
            Alerts alerts,
            Remedies remedies,
            Projections projections,
            InstantSource clock,
            LongSupplier nanos) {
        this.rules = rules;
        this.sight = sight;
        this.alerts = alerts;
        this.remedies = remedies;
        this.projections = projections;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Something of agents or graphs has changed; from any thread. */
    void changed() {
        changed = true;
    }

    Map<String, Violations.Open> open() {
        return fold.decode(projections.state(Violations.ID));
    }

    /** Looks where it is time to. */
    void step() {
        long now = nanos.getAsLong();
        boolean due = last == Long.MIN_VALUE || now - last >= (changed ? PAUSE_NANOS : AT_LEAST_NANOS);
        if (!due || !sight.there()) {
            return;
        }
        last = now;
        changed = false;
        look();
    }

    private void look() {
        List<LiveRule> asked = rules.get().stream()
                .filter(live -> live.rule.on() != Rule.On.EVENT && live.rule.on() != Rule.On.DECISION)
                .toList();
        Map<String, Violations.Open> open = open();
        if (asked.isEmpty() && open.isEmpty()) {
            return;
        }
        Map<String, Object> state = sight.state();
        Set<String> standing = new HashSet<>();
        for (LiveRule live : asked) {
            boolean late = false;
            for (Map<String, Object> object : objects(live.rule.on(), state)) {
                String about = about(live.rule.on(), object);
                if (late) {
                    standing.add(Violations.key(live.id(), about));
                } else {
                    late = look(live, object, about, state, open, standing) == LiveRule.Verdict.LATE;
                }
            }
        }
        open.forEach((key, violation) -> {
            if (!standing.contains(key)) {
                alerts.restored(violation, "it holds again, or is not in force any more");
            }
        });
    }

    @SuppressWarnings("unchecked") // Sight makes them.
    private static List<Map<String, Object>> objects(Rule.On on, Map<String, Object> state) {
        return switch (on) {
            case AGENT -> (List<Map<String, Object>>) state.getOrDefault("agents", List.of());
            case GRAPH -> (List<Map<String, Object>>) state.getOrDefault("graphs", List.of());
            default -> List.of(state);
        };
    }

    private static String about(Rule.On on, Map<String, Object> object) {
        return switch (on) {
            case AGENT -> String.valueOf(object.get("id"));
            case GRAPH -> String.valueOf(object.get("name"));
            default -> "state";
        };
    }

    private LiveRule.Verdict look(
            LiveRule live,
            Map<String, Object> object,
            String about,
            Map<String, Object> state,
            Map<String, Violations.Open> open,
            Set<String> standing) {
        Map<String, Object> values = new HashMap<>();
        values.put("state", state);
        values.put("now", clock.instant());
        values.put(live.rule.on().word(), object);
        String key = Violations.key(live.id(), about);
        LiveRule.Look look = live.look(values);
        switch (look.verdict()) {
            case HOLDS -> {}
            // What cannot be said now stays as it was.
            case FAILED, LATE -> standing.add(key);
            case BROKEN -> {
                standing.add(key);
                if (!open.containsKey(key)) {
                    Optional<Cause.OfEvent> violation = alerts.broken(
                            live.id(),
                            live.sha256,
                            live.rule.severity().word(),
                            look.message(),
                            about,
                            true,
                            List.of(),
                            "");
                    violation.ifPresent(event -> remedies.act(live, look.message(), about, event));
                }
            }
        }
        return look.verdict();
    }
}
