package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * A bearer token as it is stored: its secret is not.
 *
 * @param graph the only one that it is good for; empty for all
 * @param hash SHA-256 of the secret, lower-case hexadecimal
 */
record Token(
        String id,
        String name,
        Role role,
        String hash,
        long createdMillis,
        OptionalLong expiresMillis,
        String createdBy,
        String graph) {
    boolean expired(long nowMillis) {
        return expiresMillis.isPresent() && expiresMillis.getAsLong() <= nowMillis;
    }

    byte[] bytes() {
        ObjectNode node = Json.object()
                .put("id", id)
                .put("name", name)
                .put("role", role.word())
                .put("hash", hash)
                .put("created", createdMillis)
                .put("createdBy", createdBy);
        expiresMillis.ifPresent(millis -> node.put("expires", millis));
        if (!graph.isEmpty()) {
            node.put("graph", graph);
        }
        return Json.bytes(node);
    }

    static Token parse(byte[] bytes) {
        try {
            JsonNode node = Json.MAPPER.readTree(bytes);
            return new Token(
                    node.path("id").asText(),
                    node.path("name").asText(),
                    Role.parse(node.path("role").asText()),
                    node.path("hash").asText(),
                    node.path("created").asLong(),
                    node.has("expires") ? OptionalLong.of(node.path("expires").asLong()) : OptionalLong.empty(),
                    node.path("createdBy").asText(),
                    node.path("graph").asText());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "a stored token is not what was stored: " + new String(bytes, StandardCharsets.UTF_8).length()
                            + " bytes",
                    e);
        }
    }
}
