package io.stratoswarm.healing.predict;

import java.util.Map;

/** What a {@link Track} keeps of each step: levels as they are, counters as what they rose by. */
enum Raw {
    MEMORY(true),
    /** Of its limit; without one, of what it has and could get. */
    MEMORY_SHARE(true),
    DESCRIPTORS(true),
    DESCRIPTORS_SHARE(true),
    TASKS(true),
    TASKS_SHARE(true),
    PROCESSOR(false),
    /** Processor time by that of the whole host. */
    PROCESSOR_SHARE(false),
    WRITTEN(false),
    CALLS(false),
    STALLED(false),
    HOST_STALLED(false),
    RETRANSMITTED(false),
    TEMPERATURE(true);

    static final int COUNT = values().length;

    private final boolean level;

    Raw(boolean level) {
        this.level = level;
    }

    boolean level() {
        return level;
    }

    double read(Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits) {
        return switch (this) {
            case MEMORY -> get(own, "memory_resident_bytes");
            case MEMORY_SHARE -> memoryShare(own, host, limits);
            case DESCRIPTORS -> get(own, "open_fds");
            case DESCRIPTORS_SHARE -> share(get(own, "open_fds"), least(get(limits, "open_fds"), get(own, "max_fds")));
            case TASKS -> tasks(own);
            case TASKS_SHARE -> share(tasks(own), least(get(limits, "threads"), get(own, "cgroup_tasks_limit")));
            case PROCESSOR, PROCESSOR_SHARE -> get(own, "cpu_seconds_total");
            case WRITTEN -> get(own, "io_written_bytes_total");
            case CALLS -> get(own, "io_calls_total");
            case STALLED -> get(own, "pressure_stalled_seconds_total");
            case HOST_STALLED -> get(host, "pressure_stalled_seconds_total");
            case RETRANSMITTED -> get(host, "tcp_retransmitted_segments_total");
            case TEMPERATURE -> get(host, "temperature_celsius");
        };
    }

    private static double get(Map<String, Double> from, String name) {
        return from.getOrDefault(name, Double.NaN);
    }

    /** What has ended and was not waited for counts as well, where the kernel tells it. */
    private static double tasks(Map<String, Double> own) {
        double threads = get(own, "threads");
        double all = get(own, "cgroup_tasks");
        return Double.isNaN(all) ? threads : Double.isNaN(threads) ? all : Math.max(threads, all);
    }

    private static double memoryShare(Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits) {
        double used = get(own, "memory_resident_bytes");
        double limit = least(get(limits, "memory_resident_bytes"), get(own, "cgroup_memory_limit_bytes"));
        return share(used, Double.isNaN(limit) ? used + get(host, "memory_available_bytes") : limit);
    }

    private static double least(double one, double other) {
        return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.min(one, other);
    }

    /** Of what has no limit nothing is used up. */
    private static double share(double used, double most) {
        return most > 0 ? Math.clamp(used / most, 0, 1.5) : 0 * used;
    }
}
