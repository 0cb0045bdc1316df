package io.stratoswarm.api.agent;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** Something that is done to the running processes of an agent, without a restart. It lasts for the present incarnation. */
public sealed interface Control {
    /** Sets the niceness of every thread. @param value -20 (goes first) to 19 (goes last) */
    record Nice(int value) implements Control {}

    /** Keeps every thread on these processors. */
    record Affinity(Set<Integer> cpus) implements Control {
        public Affinity {
            cpus = Collections.unmodifiableSet(new TreeSet<>(cpus));
        }
    }

    /** Limits processor time. @param cores as in half a core, 0.5; 0 for what was declared */
    record Throttle(double cores) implements Control {}

    /** Takes memory away that the kernel can bring back when it is asked for again. @param bytes how much is wanted */
    record Reclaim(long bytes) implements Control {}
}
