package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.script.ScriptTriggers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a header says of a reshape.
 *
 * @param graphs names, a {@code *} at the end stands for anything
 * @param when it is called only while this holds
 * @param cooldownMillis for so long after the end of what it asked for last, it is not called for that graph
 * @param approve whether an operator decides
 * @param dryRun whether it is only written down
 * @param triggers the settings that say when it is called
 */
record ReshapeSettings(
        List<String> graphs,
        Optional<When> when,
        long cooldownMillis,
        boolean approve,
        boolean dryRun,
        String triggers) {
    static final Set<String> KEYS = keys();
    static final long COOLDOWN = 60_000;
    /** How often a condition is looked at where the header names no time. */
    private static final String LOOK = "5s";

    private static final List<String> OF_WHEN = List.of("metric", "above", "below", "for", "flow");

    private static Set<String> keys() {
        Set<String> keys = new HashSet<>(ScriptTriggers.KEYS);
        keys.addAll(List.of("graph", "when", "cooldown", "approve", "dryRun"));
        return Set.copyOf(keys);
    }

    /** What is wrong is added to the list, and gives the default. */
    static ReshapeSettings of(String text, ScriptTriggers triggers, List<String> wrong) {
        ObjectNode settings = Json.object(text);
        Optional<When> when = Optional.empty();
        if (settings.has("when")) {
            when = when(settings.path("when"), triggers, wrong);
            // An event alone would not notice when the condition begins to hold.
            if (!settings.has("every") && !settings.has("schedule")) {
                settings.put("every", LOOK);
            }
        }
        boolean approve = flag(settings, "approve", wrong);
        boolean dryRun = flag(settings, "dryRun", wrong);
        if (approve && dryRun) {
            wrong.add("dryRun: give either \"approve\" or \"dryRun\"");
        }
        wrong.addAll(triggers.check(settings.toString()));
        return new ReshapeSettings(
                graphs(settings.path("graph"), wrong),
                when,
                duration("cooldown", settings.path("cooldown"), triggers, wrong).orElse(COOLDOWN),
                approve,
                dryRun,
                settings.retain(ScriptTriggers.KEYS).toString());
    }

    private static List<String> graphs(JsonNode given, List<String> wrong) {
        List<String> graphs = new ArrayList<>();
        if (given.isTextual()) {
            graphs.add(given.textValue());
        } else if (given.isArray()) {
            given.forEach(each -> graphs.add(each.isTextual() ? each.textValue() : ""));
        }
        if (graphs.isEmpty() || graphs.stream().anyMatch(String::isBlank)) {
            wrong.add(
                    "graph: must be the name of a graph or an array of names, for example \"shop\", \"shop-*\" or \"*\"");
        }
        return graphs;
    }

    private static Optional<When> when(JsonNode given, ScriptTriggers triggers, List<String> wrong) {
        if (!given.isObject()) {
            wrong.add(
                    "when: must be an object, for example {\"metric\": \"lagRecords\", \"above\": 1000, \"for\": \"10s\"}");
            return Optional.empty();
        }
        int before = wrong.size();
        given.fieldNames().forEachRemaining(key -> {
            if (!OF_WHEN.contains(key)) {
                wrong.add("when: unknown key '" + key + "'; known are " + String.join(", ", OF_WHEN));
            }
        });
        String metric = given.path("metric").asText();
        if (!FlowSample.METRICS.contains(metric)) {
            wrong.add("when: \"metric\" must be one of " + String.join(", ", FlowSample.METRICS) + ", not "
                    + given.path("metric"));
        }
        if (given.has("above") == given.has("below")) {
            wrong.add("when: give \"above\" or \"below\", and not both");
        }
        boolean above = given.has("above");
        JsonNode limit = given.path(above ? "above" : "below");
        if (!limit.isMissingNode() && !limit.isNumber()) {
            wrong.add("when: \"" + (above ? "above" : "below") + "\" must be a number, not " + limit);
        }
        JsonNode flow = given.path("flow");
        if (!flow.isMissingNode() && (!flow.isTextual() || flow.textValue().isBlank())) {
            wrong.add("when: \"flow\" must be the id of a flow, or begin one and end with '*', not " + flow);
        }
        long hold =
                duration("when: \"for\"", given.path("for"), triggers, wrong).orElse(0);
        return wrong.size() > before
                ? Optional.empty()
                : Optional.of(new When(metric, above, limit.doubleValue(), hold, flow.asText("*")));
    }

    private static OptionalLong duration(String key, JsonNode given, ScriptTriggers triggers, List<String> wrong) {
        if (given.isMissingNode()) {
            return OptionalLong.empty();
        }
        OptionalLong millis = given.isTextual() ? triggers.duration(given.textValue()) : OptionalLong.empty();
        if (millis.isEmpty()) {
            wrong.add(key + ": must be a duration such as \"10s\" or \"5m\", not " + given);
        }
        return millis;
    }

    private static boolean flag(ObjectNode settings, String key, List<String> wrong) {
        JsonNode given = settings.path(key);
        if (!given.isMissingNode() && !given.isBoolean()) {
            wrong.add(key + ": must be true or false, not " + given);
        }
        return given.asBoolean(false);
    }

    boolean names(String graph) {
        return graphs.stream().anyMatch(pattern -> matches(pattern, graph));
    }

    static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /**
     * A condition on any flow of a graph.
     *
     * @param metric one of {@link FlowSample#METRICS}
     * @param above whether it must be above the limit, and not below
     * @param holdMillis for which it must have held without a break
     * @param flow id, a {@code *} at the end stands for anything
     */
    record When(String metric, boolean above, double limit, long holdMillis, String flow) {
        boolean holds(FlowSample sample) {
            double value = sample.value(metric);
            return above ? value > limit : value < limit;
        }
    }
}
