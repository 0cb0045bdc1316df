package io.stratoswarm.healing.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.script.ScriptHeader;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the header of a strategy says.
 *
 * @param label class of failures that it is for; {@code *} for all
 * @param priority of several the one with the higher one is asked first
 */
public record StrategySettings(String label, int priority) {
    /** For all classes. */
    public static final String ANY = "*";

    static final Set<String> KEYS = Set.of("class", "priority");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final int MOST = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a header in which nothing is wrong. */
    public static StrategySettings of(ScriptHeader header) {
        return of(header, new java.util.ArrayList<>());
    }

    static StrategySettings of(ScriptHeader header, List<String> wrong) {
        JsonNode settings;
        try {
            settings = JSON.readTree(header.settings());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the settings of a header are JSON", e);
        }
        JsonNode label = settings.path("class");
        if (!label.isTextual()
                || !(label.asText().equals(ANY) || LABEL.matcher(label.asText()).matches())) {
            wrong.add(
                    "class: must be the label of a class such as \"memory-leak\" ('heal strategies' lists them), or \"*\" for"
                            + " all, not " + (label.isMissingNode() ? "missing" : label.toString()));
        }
        JsonNode priority = settings.path("priority");
        if (!priority.isMissingNode() && !(priority.isIntegralNumber() && Math.abs(priority.asLong()) <= MOST)) {
            wrong.add("priority: must be a whole number from -" + MOST + " to " + MOST + ", not " + priority);
        }
        return new StrategySettings(label.asText(ANY), priority.asInt(0));
    }

    /** Whether it is for failures of a class. */
    public boolean covers(String of) {
        return label.equals(ANY) || label.equals(of);
    }
}
