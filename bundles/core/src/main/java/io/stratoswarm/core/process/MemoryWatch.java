package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec.Resources;
import java.util.Optional;

/**
 * Whether the kernel's out-of-memory killer struck an agent since its start.
 *
 * @param before its count at the start; -1 where the agent has no limit of memory
 */
record MemoryWatch(Cgroups cgroups, String name, long before) {
    static MemoryWatch start(Cgroups cgroups, String name, Resources limits) {
        return new MemoryWatch(cgroups, name, limits.memoryBytes().isPresent() ? cgroups.outOfMemoryKills(name) : -1);
    }

    /** One line for an operator. */
    Optional<String> verdict() {
        long kills = before < 0 ? 0 : cgroups.outOfMemoryKills(name) - before;
        return kills <= 0
                ? Optional.empty()
                : Optional.of("out of memory: the kernel killed " + kills
                        + " of its processes at the limit resources.memory");
    }
}
