package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import java.time.Instant;

/** JSON, and times in it. */
final class Json {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A text that is known to be an object, since it was checked or made here. */
    static ObjectNode object(String text) {
        try {
            return (ObjectNode) MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON: " + text, e);
        }
    }

    static String quoted(String text) {
        return MAPPER.getNodeFactory().textNode(text).toString();
    }

    static String time(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                .toString();
    }

    /** An event as reactions are given it. */
    static ObjectNode event(Event event) {
        ObjectNode node = object().put("sequence", event.sequence())
                .put("time", time(event.timeNanos()))
                .put("type", event.type())
                .put("source", event.source())
                .put("subject", event.subject())
                .put("actor", event.actor());
        node.set("payload", payload(event));
        return node;
    }

    private static JsonNode payload(Event event) {
        if (event.mediaType().equals(EventDraft.JSON)) {
            try {
                JsonNode payload = MAPPER.readTree(event.payloadText());
                if (payload.isObject()) {
                    return payload;
                }
            } catch (JsonProcessingException e) {
                // Said to be JSON and is not: the script sees what a payload of another type looks like.
                return object();
            }
        }
        return object();
    }
}
