package io.stratoswarm.core.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.core.graph.Merge.Outcome;
import io.stratoswarm.core.graph.Merge.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The merge against a model that decides one value at a time. */
class MergeProperties {
    private static final List<String> ITEMS = List.of("flow f", "node a", "node b");
    private static final List<String> PROPERTIES = List.of("p", "q", "r");

    private static State random(Random random) {
        Map<String, Map<String, String>> items = new TreeMap<>();
        for (String item : ITEMS) {
            if (random.nextInt(4) > 0) {
                Map<String, String> properties = new TreeMap<>(Map.of("is", "there"));
                for (String property : PROPERTIES) {
                    if (random.nextInt(3) > 0) {
                        properties.put(property, String.valueOf(random.nextInt(3)));
                    }
                }
                items.put(item, properties);
            }
        }
        return State.of(items);
    }

    /** A state that differs little, so that every case comes often. */
    private static State like(State state, Random random) {
        State other = random(random);
        Map<String, Map<String, String>> items = new TreeMap<>();
        for (String item : ITEMS) {
            Map<String, String> chosen = (random.nextInt(3) == 0 ? other : state).get(item);
            if (chosen != null) {
                items.put(item, chosen);
            }
        }
        return State.of(items);
    }

    private static final class Model {
        int conflicts;

        Optional<Object> value(Optional<?> base, Optional<?> running, Optional<?> wanted) {
            if (running.equals(base) || running.equals(wanted)) {
                return wanted.map(it -> it);
            }
            if (!wanted.equals(base)) {
                conflicts++;
            }
            return running.map(it -> it);
        }

        Map<String, Object> merge(State base, State running, State wanted) {
            Map<String, Object> merged = new TreeMap<>();
            for (String item : ITEMS) {
                Optional<Map<String, String>> b = Optional.ofNullable(base.get(item));
                Optional<Map<String, String>> r = Optional.ofNullable(running.get(item));
                Optional<Map<String, String>> w = Optional.ofNullable(wanted.get(item));
                if (r.isEmpty() || w.isEmpty()) {
                    value(b, r, w).ifPresent(all -> merged.put(item, all));
                    continue;
                }
                Map<String, Object> properties = new TreeMap<>();
                TreeSet<String> names = new TreeSet<>(r.get().keySet());
                names.addAll(w.get().keySet());
                for (String name : names) {
                    value(b.map(it -> it.get(name)), r.map(it -> it.get(name)), w.map(it -> it.get(name)))
                            .ifPresent(value -> properties.put(name, value));
                }
                merged.put(item, properties);
            }
            return merged;
        }
    }

    @Property(tries = 2_000)
    void shouldDecideEachValueAsTheModelDoes(@ForAll long seed) {
        Random random = new Random(seed);
        State base = random(random);
        State running = like(base, random);
        State wanted = like(base, random);
        Model model = new Model();
        Map<String, Object> expected = model.merge(base, running, wanted);
        Outcome outcome = Merge.merge(base, running, wanted, false);
        assertEquals(expected, outcome.merged().items());
        assertEquals(model.conflicts, outcome.conflicts().size());
    }

    @Property(tries = 1_000)
    void shouldKeepTheLawsOfAMerge(@ForAll long seed) {
        Random random = new Random(seed);
        State base = random(random);
        State running = like(base, random);
        State wanted = like(base, random);
        assertEquals(wanted, Merge.merge(base, base, wanted, false).merged(), "nothing was changed while it ran");
        assertEquals(running, Merge.merge(base, running, base, false).merged(), "the manifest is the old one");
        assertEquals(List.of(), Merge.merge(base, running, base, false).conflicts());
        assertEquals(new Outcome(wanted, Map.of(), List.of()), Merge.merge(base, running, wanted, true));
        Outcome once = Merge.merge(base, running, wanted, false);
        Outcome twice = Merge.merge(wanted, once.merged(), wanted, false);
        assertEquals(once.merged(), twice.merged(), "applied again, it changes nothing more");
        assertEquals(List.of(), twice.conflicts());
        for (String item : ITEMS) {
            boolean differs = !java.util.Objects.equals(once.merged().get(item), wanted.get(item));
            assertEquals(differs, once.kept().containsKey(item), "what is not as the manifest says is told");
        }
    }

    @Test
    void shouldTellWhatIsInConflict() {
        State base = State.of(Map.of("node a", Map.of("replicas", "1")));
        State running = State.of(Map.of("node a", Map.of("replicas", "5")));
        Outcome outcome = Merge.merge(base, running, State.of(Map.of("node a", Map.of("replicas", "3"))), false);
        assertEquals(List.of(new Merge.Conflict("node a", "replicas", "1", "5", "3")), outcome.conflicts());
        assertEquals(running, outcome.merged());
        Outcome removed = Merge.merge(base, running, State.of(Map.of()), false);
        assertEquals(Merge.ALL, removed.conflicts().getFirst().property());
        assertTrue(Merge.merge(base, base, State.of(Map.of()), false)
                .merged()
                .items()
                .isEmpty());
    }
}
