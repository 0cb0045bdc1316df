package io.stratoswarm.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that has been read to its end.
 *
 * @param rest what stands in the place of the route's {@code *}; empty where it has none
 * @param query parameters, the first of each name
 * @param link what it came over
 * @param headers the first value of a header, whatever the case of its name; null where it is absent
 */
record Request(
        String method,
        String path,
        String rest,
        Map<String, String> query,
        byte[] body,
        Caller caller,
        Link link,
        Function<String, @Nullable String> headers) {

    /** Who asks, for events: for example {@code uid:1000} or {@code token:ci@192.0.2.7}. */
    String actor() {
        return caller.actor();
    }

    /** Refuses a caller whose role is enough for the route, but not for what is asked of it. */
    void need(Role role, String why) {
        if (!caller.role().may(role)) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    "this needs the role " + role.word() + ", since " + why + ", and " + actor() + " is "
                            + caller.role().word());
        }
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.apply(name));
    }

    /** Refuses parameters that the route does not know, so that a misspelt filter is not silently ignored. */
    Request only(String... known) {
        Set<String> unknown = new TreeSet<>(query.keySet());
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            throw invalid("unknown parameter '" + unknown.iterator().next() + "'; " + path + " takes "
                    + (known.length == 0 ? "none" : String.join(", ", known)));
        }
        return this;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    String need(String name) {
        return text(name).orElseThrow(() -> invalid("the parameter '" + name + "' is missing"));
    }

    boolean flag(String name) {
        return text(name)
                .map(value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw invalid("'" + name + "' must be true or false, not '" + value + "'");
                })
                .orElse(false);
    }

    long number(String name, long fallback, long min, long max) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return fallback;
        }
        try {
            long number = Long.parseLong(value.get());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below together with what is out of range.
        }
        throw invalid("'" + name + "' must be a whole number from " + min + (max == Long.MAX_VALUE ? "" : " to " + max)
                + ", not '" + value.get() + "'");
    }

    /** The body as text; only well-formed UTF-8 is taken. */
    String bodyText() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new StratoswarmException(Kind.INVALID, "the body is not UTF-8", e);
        }
    }

    /** The body as a JSON object with no other than these keys; an empty body is an empty object. */
    ObjectNode bodyObject(Collection<String> known) {
        if (body.length == 0) {
            return Json.MAPPER.createObjectNode();
        }
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            // A limit that is exceeded has no place.
            String place = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + " column "
                            + e.getLocation().getColumnNr();
            String reason = e.getOriginalMessage();
            throw new StratoswarmException(Kind.INVALID, "the body is not valid JSON" + place + ": " + reason, e);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.INVALID, "the body is not readable as JSON: " + e.getMessage(), e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw invalid("the body must be a JSON object");
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!known.isEmpty() && !known.contains(name)) {
                throw invalid("unknown key '" + name + "' in the body; known are " + String.join(", ", known));
            }
        });
        return object;
    }

    static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }
}
