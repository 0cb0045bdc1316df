package io.stratoswarm.core.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The agents of this host as the kernel sees them; what measures them starts here. */
public interface Footprints {
    /**
     * Where an agent's processes are found.
     *
     * @param sessions sessions whose members are the agent's
     * @param mark text that its processes carry in their environment behind {@code STRATOSWARM_MARK=}
     * @param groups its cgroups that are there: by controller, and as {@link #TRACKING} the one that holds all its processes
     * @param logs folder of its captured output
     */
    record Place(Set<Integer> sessions, String mark, Map<String, Group> groups, Path logs) {
        public Place {
            sessions = Set.copyOf(sessions);
            groups = Map.copyOf(groups);
        }
    }

    /** A cgroup. @param version 1 or 2 */
    record Group(int version, Path folder) {}

    /** Name of the group in which all processes of an agent are. */
    String TRACKING = "tracking";

    /** All agents that this host knows, those that do not run at the moment included. */
    Iterable<Footprint> footprints();

    /** Empty groups and sessions where the agent is not known. */
    Place place(String agent);
}
