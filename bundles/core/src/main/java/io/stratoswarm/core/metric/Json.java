package io.stratoswarm.core.metric;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.metric.MetricInfo;
import java.io.IOException;

/** The JSON of this package. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes can always be written", e);
        }
    }

    static String text(JsonNode node) {
        return new String(bytes(node), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** @throws MetricDamage where it is no JSON */
    static JsonNode read(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new MetricDamage("no JSON: " + e.getMessage());
        }
    }

    static byte[] bytes(MetricInfo info) {
        return bytes(object().put("kind", info.kind().name())
                .put("unit", info.unit())
                .put("help", info.help()));
    }

    static MetricInfo info(String name, byte[] bytes) {
        JsonNode node = read(bytes);
        try {
            return new MetricInfo(
                    name,
                    MetricInfo.Kind.valueOf(node.path("kind").asText()),
                    node.path("unit").asText(),
                    node.path("help").asText());
        } catch (IllegalArgumentException e) {
            throw new MetricDamage(String.valueOf(e.getMessage()));
        }
    }
}
