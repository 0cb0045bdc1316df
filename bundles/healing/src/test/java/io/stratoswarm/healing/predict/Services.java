package io.stratoswarm.healing.predict;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Services as a sampler sees them: what they count rises, what they hold comes and goes a little. */
final class Services {
    static final double LIMIT = 200e6;
    static final double FILES = 256;
    static final Map<String, Double> LIMITS = Map.of("memory_resident_bytes", LIMIT, "open_fds", FILES);

    private final Map<String, Double> own = new HashMap<>();
    private final RandomGenerator random;
    private double passed = 1000;
    /** Mean of system calls in a step. */
    double calls = 300;

    double memory = 30e6;
    double files = 8;

    Services(RandomGenerator random) {
        this.random = random;
        own.put("uptime_seconds", 0.0);
    }

    /** One step of 30 s, in which memory and files grow by so much. */
    void step(Track track, double bytes, double opened) {
        passed += 60;
        memory += bytes;
        files += opened;
        count("cpu_seconds_total", 0.4);
        count("io_calls_total", calls);
        count("io_written_bytes_total", 150_000);
        count("io_read_bytes_total", 60_000);
        count("page_faults_total", 200);
        own.merge("uptime_seconds", 30.0, Double::sum);
        own.put("memory_resident_bytes", Math.min(LIMIT, memory) + 1e6 * random.nextDouble());
        own.put("open_fds", Math.min(FILES, Math.floor(files + 3 * random.nextDouble())));
        own.put("threads", 1.0);
        own.put("max_fds", 20_000.0);
        track.step(own, Map.of("cpu_seconds_total", passed, "memory_available_bytes", 8e9), LIMITS);
    }

    void steps(Track track, int count) {
        for (int i = 0; i < count; i++) {
            step(track, 0, 0);
        }
    }

    /** As after a restart. */
    void beginAgain() {
        own.replaceAll((name, value) -> 0.0);
        memory = 30e6;
        files = 8;
    }

    Map<String, Double> own() {
        return own;
    }

    private void count(String name, double mean) {
        own.merge(name, mean * (0.9 + 0.2 * random.nextDouble()), Double::sum);
    }
}
