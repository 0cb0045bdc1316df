package io.stratoswarm.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configurations of components, by PID. Values are strings, booleans, numbers, or lists of these. */
interface Settings {
    /** PIDs in order. */
    List<String> pids();

    Optional<Map<String, Object>> get(String pid);

    /** Replaces all properties of a configuration, or makes it. */
    void put(String pid, Map<String, Object> properties);
}
