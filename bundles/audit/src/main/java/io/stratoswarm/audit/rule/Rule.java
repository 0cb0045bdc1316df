package io.stratoswarm.audit.rule;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One rule of a pack.
 *
 * @param name unique in its pack
 * @param types of events or decisions that it looks at: exact, or a prefix where it ends in {@code *}; empty for all
 * @param when what it is for; all where it is absent
 * @param require what must hold
 * @param message one line for whoever broke it
 */
public record Rule(
        String name,
        On on,
        List<String> types,
        Optional<CelCondition> when,
        CelCondition require,
        String message,
        Action action,
        Severity severity) {
    public Rule {
        types = List.copyOf(types);
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

        boolean fits(On on) {
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
