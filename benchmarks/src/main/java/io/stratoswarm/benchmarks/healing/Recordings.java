package io.stratoswarm.benchmarks.healing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.pattern.Window.Line;
import io.stratoswarm.healing.pattern.Window.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what benchmarks/faults/record.py has written. */
final class Recordings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NEAR_MILLIS = 60_000;
    private static final int LOG_LINES = 20;
    private static final Set<String> FAILURES = Set.of("AgentUnhealthy", "AgentQuarantined", "AgentSetupFailed");

    private Recordings() {}

    /**
     * @param label its true class
     * @param scale how many seconds pass in one
     * @param onsetMillis when the fault, or the burst, began
     * @param failureMillis when it failed; 0 where nothing did
     * @param limits what the agent may use at most, by the metric that is limited
     */
    record Recording(
            String kind,
            String label,
            boolean heldOut,
            boolean gradual,
            long seed,
            int scale,
            long onsetMillis,
            long failureMillis,
            Map<String, Double> limits,
            Window window) {}

    static List<Recording> read(Path folder) throws IOException {
        List<Recording> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(it -> it.toString().endsWith(".json")).sorted().toList()) {
                all.add(recording(JSON.readTree(file.toFile())));
            }
        }
        if (all.isEmpty()) {
            throw new IOException(folder + " has no recordings; benchmarks/faults/record.py makes them");
        }
        return all;
    }

    private static Recording recording(JsonNode file) {
        String agent = file.path("agent").asText();
        long to = file.path("toMillis").asLong() + 1;
        List<Line> lines = new ArrayList<>();
        for (JsonNode series : file.path("series")) {
            lines.add(line(agent, series));
        }
        return new Recording(
                file.path("kind").asText(),
                file.path("class").asText(),
                file.path("heldOut").asBoolean(),
                file.path("gradual").asBoolean(),
                file.path("seed").asLong(),
                file.path("scale").asInt(),
                file.path("onsetMillis").asLong(),
                file.path("failureMillis").asLong(),
                limits(file.path("spec")),
                Window.begun(agent, Math.max(0, to - Window.MILLIS), to, lines, circumstance(file, agent)));
    }

    private static Line line(String agent, JsonNode series) {
        String subject = series.path("subject").asText();
        Role role = subject.equals("host") ? Role.HOST : subject.equals(agent) ? Role.SELF : Role.NEIGHBOUR;
        long[] times = new long[series.path("times").size()];
        double[] values = new double[times.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = series.path("times").get(i).asLong();
            values[i] = series.path("values").get(i).asDouble(Double.NaN);
        }
        Map<String, String> labels = new TreeMap<>();
        series.path("labels")
                .fields()
                .forEachRemaining(
                        label -> labels.put(label.getKey(), label.getValue().asText()));
        String name = series.path("name").asText();
        return new Line(role, subject, name, labels, name.endsWith("_total"), times, values);
    }

    /** As the healer finds them in the journal. */
    private static Circumstance circumstance(JsonNode file, String agent) {
        JsonNode event = file.path("event");
        if (event.isMissingNode() || event.isNull()) {
            return Circumstance.NONE;
        }
        long at = file.path("failureMillis").asLong();
        long sequence = event.path("sequence").asLong();
        long started = -1;
        int starts = 0;
        boolean signalled = false;
        boolean changed = false;
        Set<String> failed = new HashSet<>();
        for (JsonNode one : file.path("events")) {
            if (one.path("sequence").asLong() > sequence) {
                continue;
            }
            String type = one.path("type").asText();
            String subject = one.path("subject").asText();
            long when = one.path("timeMillis").asLong();
            if (subject.equals("agent/" + agent)) {
                if (type.equals("AgentStarted")) {
                    started = when;
                    starts++;
                }
                signalled |= type.equals("AgentSignalRequested") || type.equals("AgentKillRequested");
            } else if (subject.startsWith("agent/") && when > at - NEAR_MILLIS && failure(type, one.path("payload"))) {
                failed.add(subject.substring("agent/".length()));
            }
            changed |= type.equals("GraphApplied")
                    && one.path("payload").path("generation").asLong() > 1;
        }
        Set<String> needed = new HashSet<>();
        file.path("spec")
                .path("dependsOn")
                .forEach(on -> needed.add(on.path("node").asText()));
        return new Circumstance(
                event.path("type").asText(),
                event.path("payload").path("exit").asText(),
                started < 0 ? -1 : at - started,
                starts,
                !failed.isEmpty(),
                failed.stream().anyMatch(id -> needed.contains(id.substring(id.indexOf('/') + 1))),
                changed,
                signalled,
                limits(file.path("spec")),
                log(file));
    }

    private static boolean failure(String type, JsonNode payload) {
        return FAILURES.contains(type)
                || type.equals("AgentStopped")
                || type.equals("AgentExited")
                        && (payload.path("code").asLong() != 0
                                || payload.path("signal").asLong() != 0);
    }

    private static Map<String, Double> limits(JsonNode spec) {
        Map<String, Double> limits = new HashMap<>();
        JsonNode rlimits = spec.path("rlimits");
        put(limits, "open_fds", rlimits.path("nofile"));
        put(limits, "memory_resident_bytes", rlimits.path("as"));
        put(limits, "threads", rlimits.path("nproc"));
        put(limits, "memory_resident_bytes", spec.path("resources").path("memoryBytes"));
        put(limits, "threads", spec.path("resources").path("pids"));
        return limits;
    }

    private static void put(Map<String, Double> limits, String metric, JsonNode value) {
        double limit = value.isObject() ? value.path("soft").asDouble() : value.asDouble();
        if (limit > 0) {
            limits.merge(metric, limit, Math::min);
        }
    }

    private static List<String> log(JsonNode file) {
        List<String> lines = new ArrayList<>();
        file.path("log").forEach(line -> lines.add(line.path("text").asText()));
        return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    }
}
