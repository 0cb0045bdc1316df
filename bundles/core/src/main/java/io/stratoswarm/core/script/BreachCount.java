package io.stratoswarm.core.script;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Counts breaches of limits, and says when a script has had too many within a time. */
public final class BreachCount {
    /**
     * When a script is put into quarantine.
     *
     * @param breaches so many of them
     * @param window within this time
     */
    public record Rules(int breaches, Duration window) {
        public static final Rules DEFAULT = new Rules(3, Duration.ofMinutes(10));
    }

    private final InstantSource clock;
    private final Map<String, Deque<Instant>> times = new HashMap<>();
    private volatile Rules rules;

    BreachCount(InstantSource clock, Rules rules) {
        this.clock = clock;
        this.rules = rules;
    }

    void rules(Rules changed) {
        rules = changed;
    }

    Rules rules() {
        return rules;
    }

    /** Whether this one is too many. */
    synchronized boolean count(String script) {
        Instant now = clock.instant();
        Rules present = rules;
        Deque<Instant> of = times.computeIfAbsent(script, name -> new ArrayDeque<>());
        of.addLast(now);
        while (!of.isEmpty() && of.getFirst().isBefore(now.minus(present.window()))) {
            of.removeFirst();
        }
        return of.size() >= present.breaches();
    }

    synchronized void forget(String script) {
        times.remove(script);
    }
}
