package io.stratoswarm.core.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The three-way merge of what was declared last, what runs now, and what is declared anew, so that a change of what runs is not
 * undone by someone who did not know of it. All three are items by name, each with properties as canonical text. Pure, and knows
 * nothing of graphs.
 *
 * <p>Of each property, and of the existence of each item: where only one side changed it, that side wins; where both changed it
 * to the same, that holds; where they changed it differently they are in conflict, and what runs is kept unless the manifest is
 * to win.
 */
public final class Merge {
    /** Stands for the existence of an item among its properties. */
    public static final String ALL = "";

    private Merge() {}

    /** A state of all items; one that is not there is absent, and one that is there has at least one property. */
    public record State(SortedMap<String, SortedMap<String, String>> items) {
        public State {
            items = Collections.unmodifiableSortedMap(new TreeMap<>(items));
        }

        public static State of(Map<String, ? extends Map<String, String>> items) {
            SortedMap<String, SortedMap<String, String>> sorted = new TreeMap<>();
            items.forEach((name, properties) -> sorted.put(name, new TreeMap<>(properties)));
            return new State(sorted);
        }

        @Nullable
        SortedMap<String, String> get(String item) {
            return items.get(item);
        }
    }

    /** What both sides changed differently; a text is null where there is nothing on that side. */
    public record Conflict(
            String item,
            String property,
            @Nullable String base,
            @Nullable String running,
            @Nullable String wanted) {}

    /**
     * @param merged what is to be
     * @param kept by item, the properties that stay as they run though the manifest says otherwise; {@link #ALL} for an item as a
     *     whole
     */
    public record Outcome(State merged, Map<String, List<String>> kept, List<Conflict> conflicts) {
        public Outcome {
            kept = Collections.unmodifiableMap(new TreeMap<>(kept));
            conflicts = List.copyOf(conflicts);
        }
    }

    /** @param force the manifest wins over whatever runs */
    public static Outcome merge(State base, State running, State wanted, boolean force) {
        if (force) {
            return new Outcome(wanted, Map.of(), List.of());
        }
        SortedMap<String, SortedMap<String, String>> merged = new TreeMap<>();
        Map<String, List<String>> kept = new HashMap<>();
        List<Conflict> conflicts = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(running.items().keySet());
        names.addAll(wanted.items().keySet());
        for (String item : names) {
            SortedMap<String, String> old = base.get(item);
            SortedMap<String, String> now = running.get(item);
            SortedMap<String, String> then = wanted.get(item);
            List<String> keeps = new ArrayList<>();
            SortedMap<String, String> result = now != null && then != null
                    ? properties(item, old == null ? new TreeMap<>() : old, now, then, keeps, conflicts)
                    : existence(item, old, now, then, keeps, conflicts);
            if (result != null) {
                merged.put(item, result);
            }
            if (!keeps.isEmpty()) {
                kept.put(item, List.copyOf(keeps));
            }
        }
        return new Outcome(new State(merged), kept, conflicts);
    }

    /** One of the two sides has no such item. */
    private static @Nullable SortedMap<String, String> existence(
            String item,
            @Nullable SortedMap<String, String> old,
            @Nullable SortedMap<String, String> now,
            @Nullable SortedMap<String, String> then,
            List<String> keeps,
            List<Conflict> conflicts) {
        if (java.util.Objects.equals(old, now)) {
            return then;
        }
        keeps.add(ALL);
        if (!java.util.Objects.equals(old, then)) {
            conflicts.add(new Conflict(item, ALL, text(old), text(now), text(then)));
        }
        return now;
    }

    private static SortedMap<String, String> properties(
            String item,
            SortedMap<String, String> old,
            SortedMap<String, String> now,
            SortedMap<String, String> then,
            List<String> keeps,
            List<Conflict> conflicts) {
        SortedMap<String, String> result = new TreeMap<>();
        TreeSet<String> names = new TreeSet<>(now.keySet());
        names.addAll(then.keySet());
        for (String property : names) {
            String before = old.get(property);
            String runs = now.get(property);
            String declared = then.get(property);
            String chosen = declared;
            if (!java.util.Objects.equals(runs, declared) && !java.util.Objects.equals(runs, before)) {
                chosen = runs;
                keeps.add(property);
                if (!java.util.Objects.equals(declared, before)) {
                    conflicts.add(new Conflict(item, property, before, runs, declared));
                }
            }
            if (chosen != null) {
                result.put(property, chosen);
            }
        }
        return result;
    }

    private static @Nullable String text(@Nullable SortedMap<String, String> properties) {
        return properties == null ? null : properties.toString();
    }
}
