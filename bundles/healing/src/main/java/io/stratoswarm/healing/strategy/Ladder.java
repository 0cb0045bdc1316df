package io.stratoswarm.healing.strategy;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What may be done about a class, and what is expected of it before anything was learned: rewards from 0 to 1. */
public final class Ladder {
    /** Class of windows that look like a fault and are none. */
    public static final String HEALTHY = "healthy";

    private static final Map<String, Map<Act, Double>> SHIPPED = shipped();
    /** Of a class that nothing is known of: to start anew helps most often, and to wait costs least. */
    private static final Map<Act, Double> UNKNOWN = of(
            Act.RESTART,
            0.6,
            Act.WAIT,
            0.55,
            Act.RESTART_DEPENDENCIES,
            0.5,
            Act.RENICE_NEIGHBOUR,
            0.35,
            Act.MOVE,
            0.3,
            Act.ROLLBACK,
            0.3,
            Act.RESTART_NEIGHBOURS,
            0.3,
            Act.RAISE_LIMITS,
            0.3,
            Act.SCALE_OUT,
            0.25,
            Act.REPLACE,
            0.5,
            Act.ASK,
            0.2);
    /** A job that somebody wrote for just this. */
    private static final double REMEDY = 0.8;

    private Ladder() {}

    private static Map<Act, Double> of(Object... pairs) {
        Map<Act, Double> all = new EnumMap<>(Act.class);
        for (int i = 0; i < pairs.length; i += 2) {
            all.put((Act) pairs[i], (Double) pairs[i + 1]);
        }
        return Map.copyOf(all);
    }

    private static Map<String, Map<Act, Double>> shipped() {
        Map<String, Map<Act, Double>> all = new LinkedHashMap<>();
        all.put("memory-leak", leak(Act.RECLAIM, 0.3));
        all.put("descriptor-leak", leak());
        all.put("process-leak", leak());
        all.put("cpu-spin", of(Act.WAIT, 0.7, Act.RESTART, 0.75, Act.THROTTLE, 0.3, Act.CAPTURE, 0.55));
        all.put("deadlock", of(Act.WAIT, 0.7, Act.RESTART, 0.75, Act.CAPTURE, 0.55, Act.RESTART_NEIGHBOURS, 0.35));
        all.put("livelock", of(Act.WAIT, 0.7, Act.RESTART, 0.75, Act.CAPTURE, 0.55));
        all.put(
                "slow-response",
                of(Act.WAIT, 0.6, Act.RESTART, 0.65, Act.REPLACE, 0.6, Act.SCALE_OUT, 0.4, Act.MOVE, 0.4));
        all.put("random-crash", of(Act.WAIT, 0.75, Act.RESTART, 0.7));
        all.put("bad-configuration", of(Act.ROLLBACK, 0.8, Act.WAIT, 0.1, Act.RESTART, 0.1, Act.ASK, 0.3));
        all.put("dependency-failure", of(Act.RESTART_DEPENDENCIES, 0.8, Act.WAIT, 0.5, Act.RESTART, 0.3));
        all.put("network-loss", of(Act.WAIT, 0.5, Act.RESTART, 0.4, Act.ASK, 0.3));
        all.put("disk-full", of(Act.ASK, 0.4, Act.WAIT, 0.3, Act.RESTART, 0.1));
        all.put(HEALTHY, of(Act.WAIT, 1.0));
        return Map.copyOf(all);
    }

    /** What a fresh process does away with for a while; larger limits only where that is too short a while. */
    private static Map<Act, Double> leak(Object... more) {
        Map<Act, Double> all = new EnumMap<>(
                of(Act.WAIT, 0.7, Act.RESTART, 0.75, Act.REPLACE, 0.7, Act.CAPTURE, 0.55, Act.RAISE_LIMITS, 0.4));
        all.putAll(of(more));
        return all;
    }

    /** Expected rewards by act. */
    public static Map<Act, Double> of(String label) {
        Map<Act, Double> all = new EnumMap<>(SHIPPED.getOrDefault(label, UNKNOWN));
        if (!label.equals(HEALTHY)) {
            all.put(Act.REMEDY, REMEDY);
        }
        return all;
    }
}
