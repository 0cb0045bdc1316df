package io.stratoswarm.core.sample;

import io.stratoswarm.api.host.Capability;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What sampling found out about this host.
 *
 * @param round of the look; -1 before the first
 * @param noTaskStats why context switches are read from files; null where taskstats tell
 * @param noGroups whether agents run and none is in a cgroup
 * @param noGroupPressure whether agents run and the pressure of none can be read
 * @param ioForbidden whether the I/O of some process may not be read
 */
record Findings(
        long round,
        int agents,
        @Nullable String noPressure,
        @Nullable String noTemperature,
        @Nullable String noThrottling,
        @Nullable String noTaskStats,
        @Nullable String noFileSystems,
        boolean noGroups,
        boolean noGroupPressure,
        boolean ioForbidden,
        double roundSeconds,
        long deferred,
        long skipped) {
    static final Findings NONE = new Findings(-1, 0, null, null, null, null, null, false, false, false, 0, 0, 0);

    List<Capability> capabilities(Host host) {
        List<Capability> all = new ArrayList<>();
        if (round < 0) {
            all.add(new Capability("metrics.sampling", false, "no round was done yet; ask again in a second"));
            return all;
        }
        all.add(new Capability(
                "metrics.sampling",
                true,
                agents + " agents, last round " + Math.round(roundSeconds * 1e4) / 10.0 + " ms, " + skipped
                        + " rounds left out, " + deferred + " readings put off"));
        all.add(one("metrics.psi", noPressure, "/proc/pressure tells"));
        all.add(one("metrics.temperature", noTemperature, "/sys/class/thermal tells"));
        all.add(one("metrics.throttling", noThrottling, "thermal_throttle tells"));
        all.add(one("metrics.filesystems", noFileSystems, "local file systems are asked, network ones are not"));
        all.add(one(
                "metrics.agent.cgroup",
                noGroups
                        ? "no agent is in a cgroup; its processes are searched every 15 s, and short ones are missed"
                        : null,
                "processor time is the cgroup's"));
        all.add(one(
                "metrics.agent.psi",
                noGroupPressure ? "pressure of single agents needs a mounted cgroup version 2 hierarchy and PSI" : null,
                "cgroup pressure files tell"));
        all.add(one(
                "metrics.agent.io",
                ioForbidden
                        ? "/proc/PID/io of some agent may not be read: it runs as another user; run the daemon as root"
                        : null,
                "/proc/PID/io tells"));
        all.add(new Capability(
                "metrics.agent.switches",
                true,
                noTaskStats == null
                        ? "taskstats tell, in each round"
                        : noTaskStats + "; read from /proc/PID/status, in turns where that takes too much"));
        all.add(new Capability(
                "metrics.agent.fds",
                true,
                host.countsDescriptors()
                        ? "counted by the size of /proc/PID/fd in each round"
                        : "this kernel is older than 6.2: listed every 15 s"));
        return all;
    }

    private static Capability one(String name, @Nullable String missing, String found) {
        return new Capability(name, missing == null, missing == null ? found : missing);
    }
}
