package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.metric.MetricInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a probe looks at and what it says.
 *
 * @param everyMillis its period
 * @param agents whom it is asked about, once for each that runs; empty where it is about the host
 * @param metrics what it may measure
 * @param health whether it judges
 * @param failures so many judgements in a row make an agent ill
 * @param log lines of the agent in its input
 */
record ProbeSettings(
        long everyMillis, Optional<String> agents, List<MetricInfo> metrics, boolean health, int failures, int log) {
    static final Set<String> KEYS = Set.of("every", "agents", "metric", "metrics", "health", "failureThreshold", "log");
    private static final long EVERY = 10_000;
    private static final long LEAST_EVERY = 1_000;
    private static final List<String> METRIC = List.of("name", "kind", "unit", "help");

    static ProbeSettings of(Settings settings) {
        List<MetricInfo> metrics = new ArrayList<>();
        if (settings.has("metric")) {
            metric("metric", settings.value("metric"), settings, metrics);
        }
        if (settings.has("metrics")) {
            if (!settings.value("metrics").isArray() || settings.has("metric")) {
                settings.wrong("metrics", "must be an array of objects like \"metric\", and stands alone");
            }
            settings.value("metrics").forEach(each -> metric("metrics", each, settings, metrics));
        }
        boolean health = settings.flag("health");
        if (metrics.isEmpty() && !health && settings.wrong().isEmpty()) {
            settings.wrong(
                    "metric",
                    "a probe needs \"metric\": {\"name\": \"queue_length\"}, \"metrics\": [...] or \"health\": true");
        }
        return new ProbeSettings(
                settings.duration("every", LEAST_EVERY).orElse(EVERY),
                settings.text("agents", "\"shop\" or \"*\""),
                List.copyOf(metrics),
                health,
                settings.whole("failureThreshold", settings.value("failureThreshold"), 3, 1, 1_000),
                settings.log());
    }

    private static void metric(String key, JsonNode node, Settings settings, List<MetricInfo> found) {
        if (!node.isObject()) {
            settings.wrong(
                    key, "must be an object, for example {\"name\": \"queue_length\", \"help\": \"jobs that wait\"}");
            return;
        }
        settings.only(key, node, METRIC);
        String kind = node.path("kind").asText("gauge");
        if (!kind.equals("gauge") && !kind.equals("counter")) {
            settings.wrong(key, "\"kind\" must be gauge or counter, not " + node.path("kind"));
            return;
        }
        try {
            found.add(new MetricInfo(
                    node.path("name").asText(""),
                    MetricInfo.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                    node.path("unit").asText(""),
                    node.path("help").asText("")));
        } catch (IllegalArgumentException e) {
            settings.wrong(key, String.valueOf(e.getMessage()));
        }
    }

    static List<String> check(String text) {
        Settings settings = new Settings(text);
        of(settings);
        return new ArrayList<>(settings.wrong());
    }
}
