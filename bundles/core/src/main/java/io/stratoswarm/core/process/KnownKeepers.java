package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.ProcFs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All keepers an agent has had in this boot; their sessions are the agent's. Guarded by the lock of its agent. */
final class KnownKeepers {
    private final ProcFs proc;
    private final Map<Integer, Long> startTicks = new HashMap<>();

    KnownKeepers(ProcFs proc) {
        this.proc = proc;
    }

    void add(int pid, long ticks) {
        startTicks.put(pid, ticks);
    }

    void addAll(Map<Integer, Long> known) {
        startTicks.putAll(known);
    }

    /** Sessions whose members are the agent's: while a session has members its number is given to no other process. */
    Set<Integer> sessions() {
        Set<Integer> sessions = new HashSet<>();
        startTicks.forEach((pid, ticks) -> {
            Optional<ProcFs.Stat> leader = proc.stat(pid);
            if (leader.isEmpty() || leader.get().startTicks() == ticks) {
                sessions.add(pid);
            }
        });
        return sessions;
    }
}
