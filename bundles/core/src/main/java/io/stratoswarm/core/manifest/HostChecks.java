package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphTree;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Warns of what cannot work on this host; another host may well run the same graph. */
final class HostChecks {
    private static final long LITTLE_MEMORY = 1 << 20;

    private final Problems problems;
    private final HostFacts host;
    private final Map<String, Boolean> known = new HashMap<>();

    HostChecks(Problems problems, HostFacts host) {
        this.problems = problems;
        this.host = host;
    }

    void cpu(GraphTree.Place place, double cores) {
        int present = host.processors().size();
        if (cores > present) {
            problems.warn(
                    place, "'cpu' is more than the " + present + " processors of this host; the limit has no effect");
        }
    }

    void memory(GraphTree.Place place, long bytes) {
        if (bytes > host.memoryBytes()) {
            problems.warn(
                    place,
                    "'memory' is more than this host has (" + (host.memoryBytes() >> 20)
                            + " MiB); the limit has no effect");
        } else if (bytes < LITTLE_MEMORY) {
            problems.warn(place, "'memory' is less than 1 MiB; hardly any program starts with that");
        }
    }

    void affinity(GraphTree.Place place, Set<Integer> processors) {
        Set<Integer> missing = new TreeSet<>(processors);
        missing.removeAll(host.processors());
        if (!missing.isEmpty()) {
            problems.warn(
                    place,
                    "this host has no processor " + Problems.clip(missing.toString(), 80)
                            + (missing.size() == processors.size() ? "; the agent cannot start here" : ""));
        }
    }

    void directory(GraphTree.Place place, String path) {
        if (!known.computeIfAbsent("directory " + path, key -> there(path))) {
            problems.warn(place, "the folder " + Problems.clip(path, 80) + " does not exist on this host");
        }
    }

    void command(GraphTree.Place place, String program, Map<String, String> environment) {
        String path = environment.getOrDefault("PATH", host.path());
        String key = program + "\0" + path;
        // Said once, where it is met first: a large graph may name it a thousand times.
        if (!known.containsKey(key) && !known.computeIfAbsent(key, absent -> runs(program, path))) {
            problems.warn(
                    place,
                    program.startsWith("/")
                            ? "the program " + Problems.clip(program, 80) + " is missing or not executable on this host"
                            : "the program '" + Problems.clip(program, 80) + "' is not on the PATH of the agent ("
                                    + Problems.clip(path, 120) + ")");
        }
    }

    private boolean there(String path) {
        try {
            return host.exists(Path.of(path));
        } catch (InvalidPathException e) {
            // What is no path on this system does not exist on it; the caller says so.
            return false;
        }
    }

    private boolean runs(String program, String path) {
        try {
            if (program.startsWith("/")) {
                return host.executable(Path.of(program));
            }
            for (String folder : path.split(":")) {
                if (folder.startsWith("/") && host.executable(Path.of(folder, program))) {
                    return true;
                }
            }
        } catch (InvalidPathException e) {
            // As above: no path, no program.
            return false;
        }
        return false;
    }
}
