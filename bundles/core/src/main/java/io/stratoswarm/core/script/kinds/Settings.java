package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.core.manifest.Schedules;
import io.stratoswarm.core.manifest.Units;
import io.stratoswarm.core.script.JsonNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the settings of a header. What is wrong is collected, and gives the default. */
final class Settings {
    static final int MAX_LOG = 1_000;

    private final JsonNode node;
    private final List<String> wrong = new ArrayList<>();

    Settings(String settings) {
        this.node = JsonNodes.known(settings);
    }

    List<String> wrong() {
        return wrong;
    }

    void wrong(String key, String what) {
        wrong.add(key + ": " + what);
    }

    boolean has(String key) {
        return node.has(key);
    }

    JsonNode value(String key) {
        return node.path(key);
    }

    /** A string, or an array of strings. */
    List<String> texts(String key, String example) {
        JsonNode value = node.path(key);
        List<String> found = new ArrayList<>();
        if (value.isTextual()) {
            found.add(value.textValue());
        } else if (value.isArray()) {
            value.forEach(item -> found.add(item.isTextual() ? item.textValue() : ""));
        } else if (!value.isMissingNode()) {
            found.add("");
        }
        if (found.contains("") || value.isArray() && value.isEmpty()) {
            wrong(key, "must be a string or an array of strings, for example " + example);
            return List.of();
        }
        return found;
    }

    Optional<String> text(String key, String example) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            wrong(key, "must be a string, for example " + example);
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    OptionalLong duration(String key, long least) {
        return duration(key, node.path(key), least);
    }

    OptionalLong duration(String name, JsonNode value, long least) {
        if (value.isMissingNode()) {
            return OptionalLong.empty();
        }
        OptionalLong found = value.isTextual() ? Units.duration(value.textValue()) : OptionalLong.empty();
        if (found.isEmpty() || found.getAsLong() < least) {
            wrong(name, "must be a duration of at least " + least + " ms such as \"10s\" or \"500ms\", not " + value);
            return OptionalLong.empty();
        }
        return found;
    }

    Optional<String> schedule(String key) {
        Optional<String> text = text(key, "\"*/5 * * * *\"");
        return text.filter(given -> {
            Optional<String> problem = Schedules.wrong(given);
            problem.ifPresent(what -> wrong(key, what));
            return problem.isEmpty();
        });
    }

    int whole(String name, JsonNode value, int otherwise, int least, int most) {
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.canConvertToInt()
                || !value.isIntegralNumber()
                || value.intValue() < least
                || value.intValue() > most) {
            wrong(name, "must be a whole number from " + least + " to " + most + ", not " + value);
            return otherwise;
        }
        return value.intValue();
    }

    int log() {
        return whole("log", node.path("log"), 0, 0, MAX_LOG);
    }

    boolean flag(String key) {
        JsonNode value = node.path(key);
        if (!value.isMissingNode() && !value.isBoolean()) {
            wrong(key, "must be true or false, not " + value);
        }
        return value.asBoolean(false);
    }

    /** Only these members may be in an object. */
    void only(String name, JsonNode object, List<String> known) {
        object.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                wrong(
                        name,
                        "unknown key '" + key + "'"
                                + io.stratoswarm.core.manifest.Nearest.of(key, known)
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse("; known are " + String.join(", ", known)));
            }
        });
    }
}
