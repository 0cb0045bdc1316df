package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Event;
import java.io.IOException;

/** Payloads of events, as JSON. */
final class Payload {
    static final ObjectMapper JSON = new ObjectMapper();

    private Payload() {}

    /** Nothing where it is no JSON. */
    static JsonNode of(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a payload could not be written", e);
        }
    }
}
