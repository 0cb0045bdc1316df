package io.stratoswarm.graphops.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.StratoswarmException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The settings of an endpoint, as the manifest names them. They were checked when the graph was applied. */
final class Settings {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private final JsonNode node;

    private Settings(JsonNode node) {
        this.node = node;
    }

    static Settings of(String json) {
        try {
            return new Settings(MAPPER.readTree(json));
        } catch (JsonProcessingException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID, "the settings are not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The member that says which endpoint it is, if it is this one. */
    Optional<Settings> part(String name) {
        JsonNode part = node.path(name);
        return part.isObject() ? Optional.of(new Settings(part)) : Optional.empty();
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(node.path(name).textValue());
    }

    String needed(String name) {
        return text(name)
                .orElseThrow(() -> new StratoswarmException(
                        StratoswarmException.Kind.INVALID, "'" + name + "' is missing in " + node));
    }

    boolean flag(String name, boolean otherwise) {
        return node.path(name).asBoolean(otherwise);
    }

    /** A duration such as {@code 10s} or {@code 500ms}. */
    OptionalLong millis(String name) {
        Matcher matcher = DURATION.matcher(text(name).orElse(""));
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return OptionalLong.of(
                switch (matcher.group(2)) {
                    case "ms" -> number;
                    case "s" -> number * 1_000;
                    case "m" -> number * 60_000;
                    case "h" -> number * 3_600_000;
                    default -> number * 86_400_000;
                });
    }

    @Override
    public String toString() {
        return node.toString();
    }
}
