package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.healing.pattern.Patterns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Raises the limits that an agent came up to. Pure. */
final class Limits {
    /** Of a limit, so much must have been used. */
    private static final double REACHED = 0.8;

    private Limits() {}

    /** @param what in words: which limits, from what to what */
    record Raised(AgentSpec spec, String what) {}

    /**
     * The spec with larger limits; empty where none was come up to that may be raised.
     *
     * @param written what was declared at first
     * @param by factor by which they are raised
     * @param most so often that may be given at most
     */
    static Optional<Raised> raised(AgentSpec now, AgentSpec written, double by, int most, Patterns patterns) {
        Map<String, Rlimit> rlimits = new TreeMap<>(now.rlimits());
        List<String> what = new ArrayList<>();
        OptionalLong memory = now.resources().memoryBytes();
        OptionalLong pids = now.resources().pids();
        if (patterns.measure("saturation.open_fds") > REACHED) {
            rlimit(rlimits, "nofile", written, by, most, what);
        }
        if (patterns.measure("saturation.memory_resident_bytes") > REACHED) {
            rlimit(rlimits, "as", written, by, most, what);
            memory = next("memory", memory, written.resources().memoryBytes(), by, most, what);
        }
        if (patterns.measure("saturation.threads") > REACHED) {
            rlimit(rlimits, "nproc", written, by, most, what);
            pids = next("pids", pids, written.resources().pids(), by, most, what);
        }
        return what.isEmpty()
                ? Optional.empty()
                : Optional.of(new Raised(
                        now.withLimits(rlimits, new Resources(now.resources().cpuCores(), memory, pids)),
                        String.join(", ", what)));
    }

    private static void rlimit(
            Map<String, Rlimit> limits, String name, AgentSpec written, double by, int most, List<String> what) {
        Rlimit now = limits.get(name);
        Rlimit first = written.rlimits().get(name);
        if (now == null || first == null || now.soft() <= 0 || first.soft() <= 0) {
            return;
        }
        OptionalLong next = next(name, OptionalLong.of(now.soft()), OptionalLong.of(first.soft()), by, most, what);
        long hard = now.hard() < 0 ? now.hard() : Math.max(now.hard(), next.getAsLong());
        limits.put(name, new Rlimit(next.getAsLong(), hard));
    }

    private static OptionalLong next(
            String name, OptionalLong now, OptionalLong first, double by, int most, List<String> what) {
        if (now.isEmpty() || first.isEmpty()) {
            return now;
        }
        long next = Math.min((long) (now.getAsLong() * by), first.getAsLong() * most);
        if (next <= now.getAsLong()) {
            return now;
        }
        what.add(name + " from " + now.getAsLong() + " to " + next);
        return OptionalLong.of(next);
    }
}
