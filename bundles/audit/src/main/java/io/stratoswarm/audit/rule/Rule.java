package io.stratoswarm.audit.rule;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One rule of a pack.
 *
 * @param name unique in its pack
 * @param types of events or decisions that it looks at: exact, or a prefix where it ends in {@code *}; empty for all
 * @param test what it finds
 * @param message one line for whoever broke it, where the test has none of its own
 * @param failsOpen whether a decision may act that it cannot judge
 */
public record Rule(
        String name,
        On on,
        List<String> types,
        Test test,
        String message,
        Action action,
        Severity severity,
        boolean failsOpen) {
    public Rule {
        types = List.copyOf(types);
    }

    /** Looks at one thing. May be called from any thread. */
    @FunctionalInterface
    public interface Test {
        /**
         * What does not hold; empty where all does.
         *
         * @param values what the rule is about, by name, {@code parameters} and {@code now}; see {@link CelView}
         * @throws io.stratoswarm.api.StratoswarmException where it cannot be said
         */
        Optional<Broken> broken(Map<String, ?> values);
    }

    /**
     * That a rule does not hold.
     *
     * @param action what is done about it
     * @param message one line for whoever broke it
     */
    public record Broken(Action action, String message) {}

    /**
     * A rule in CEL. One that cannot be evaluated does not open the door that it was to guard.
     *
     * @param when what it is for; all where it is absent
     * @param require what must hold
     */
    static Rule ofConditions(
            String name,
            On on,
            List<String> types,
            Optional<CelCondition> when,
            CelCondition require,
            String message,
            Action action,
            Severity severity) {
        Broken broken = new Broken(action, message);
        Test test = values -> when.isPresent() && !when.get().test(values) || require.test(values)
                ? Optional.empty()
                : Optional.of(broken);
        return new Rule(name, on, types, test, message, action, severity, action == Action.ALERT);
    }

    /** What a rule is about, and what its conditions may name besides {@code parameters} and {@code now}. */
    public enum On {
        /** Each event, once it is durable. */
        EVENT("event"),
        /** Each decision, before it acts. */
        DECISION("decision", "state"),
        /** Each agent, whenever something changed and now and then. */
        AGENT("agent", "state"),
        /** Each graph, likewise. */
        GRAPH("graph", "state"),
        /** All of them together, likewise. */
        STATE("state");

        private final Set<String> names;

        On(String... names) {
            this.names = Set.of(names);
        }

        Set<String> names() {
            return names;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done where a rule does not hold; that it does not is an event in any case. */
    public enum Action {
        ALERT(Set.of(On.values())),
        APPROVE(Set.of(On.DECISION)),
        DENY(Set.of(On.DECISION)),
        QUARANTINE(Set.of(On.EVENT, On.AGENT)),
        ROLLBACK(Set.of(On.EVENT, On.GRAPH));

        private final Set<On> fits;

        Action(Set<On> fits) {
            this.fits = fits;
        }

        public boolean fits(On on) {
            return fits.contains(on);
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** For those who sort alerts. */
    public enum Severity {
        LOW,
        MEDIUM,
        HIGH;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it looks at this type of event or decision. */
    public boolean looksAt(String type) {
        return types.isEmpty()
                || types.stream()
                        .anyMatch(each -> each.endsWith("*")
                                ? type.startsWith(each.substring(0, each.length() - 1))
                                : type.equals(each));
    }
}
