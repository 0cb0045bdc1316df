package io.stratoswarm.healing.strategy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.stratoswarm.healing.classify.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that healing has learned. Immutable.
 *
 * @param classes what is known of each class that was met or edited, by its label
 * @param open healings that go on, by the number of their case
 * @param closed the last ones that ended, oldest first
 */
public record Learned(
        @JsonProperty("classes") SortedMap<String, Known> classes,
        @JsonProperty("open") SortedMap<Long, Healing> open,
        @JsonProperty("closed") List<Healing> closed) {
    static final int MOST_CLOSED = 200;
    public static final Learned NOTHING =
            new Learned(Collections.emptySortedMap(), Collections.emptySortedMap(), List.of());

    public Learned {
        classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
        open = Collections.unmodifiableSortedMap(new TreeMap<>(open));
        closed = List.copyOf(closed);
    }

    /**
     * What is known of a class.
     *
     * @param name as people call it; empty where that is its label
     * @param seen how often it was met
     * @param arms by act
     * @param off acts that somebody forbade for it
     * @param examples of a class that was opened here; at most {@link #MOST_EXAMPLES}
     */
    public record Known(
            @JsonProperty("name") String name,
            @JsonProperty("seen") long seen,
            @JsonProperty("arms") SortedMap<String, Arm> arms,
            @JsonProperty("off") SortedSet<String> off,
            @JsonProperty("examples") List<Example> examples) {
        static final int MOST_EXAMPLES = 20;
        private static final int ENOUGH = 3;
        private static final double HELPS = 0.5;
        static final Known NEW =
                new Known("", 0, Collections.emptySortedMap(), Collections.emptySortedSet(), List.of());

        public Known {
            arms = Collections.unmodifiableSortedMap(new TreeMap<>(arms));
            off = Collections.unmodifiableSortedSet(new TreeSet<>(off));
            examples = List.copyOf(examples);
        }

        /** Whether an act was done often enough to be known for helping more often than not. */
        public boolean proved(Act act) {
            Arm arm = arms.get(act.word());
            return arm != null && arm.tries() >= ENOUGH && arm.rewards() >= HELPS * arm.tries();
        }

        Known seen(List<Example> more) {
            List<Example> all = new ArrayList<>(examples);
            all.addAll(more);
            int from = Math.max(0, all.size() - MOST_EXAMPLES);
            return new Known(name, seen + 1, arms, off, all.subList(from, all.size()));
        }

        Known named(String next) {
            return new Known(next, seen, arms, off, examples);
        }

        Known with(String act, Arm arm) {
            SortedMap<String, Arm> all = new TreeMap<>(arms);
            all.put(act, arm);
            return new Known(name, seen, all, off, examples);
        }

        Known turned(String act, boolean on) {
            SortedSet<String> all = new TreeSet<>(off);
            if (on) {
                all.remove(act);
            } else {
                all.add(act);
            }
            return new Known(name, seen, arms, all, examples);
        }

        Known forgotten() {
            return new Known(name, seen, Collections.emptySortedMap(), Collections.emptySortedSet(), examples);
        }
    }

    /**
     * One healing.
     *
     * @param number sequence of the failure's event, which names the case
     * @param expected reward that was expected
     * @param prior what was expected of the act before anything was learned
     * @param startedNanos when it began, since 1970-01-01T00:00Z
     * @param reward NaN while it goes on, and where nothing can be learned from it
     * @param why how it ended, in words
     */
    public record Healing(
            @JsonProperty("number") long number,
            @JsonProperty("agent") String agent,
            @JsonProperty("label") String label,
            @JsonProperty("act") String act,
            @JsonProperty("context") List<Double> context,
            @JsonProperty("expected") double expected,
            @JsonProperty("prior") double prior,
            @JsonProperty("startedNanos") long startedNanos,
            @JsonProperty("reward") double reward,
            @JsonProperty("why") String why) {
        public Healing {
            context = List.copyOf(context);
        }
    }

    /** What is known of a class; nothing where it was not met. */
    public Known of(String label) {
        Known known = classes.get(label);
        return known == null ? Known.NEW : known;
    }
}
