package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The API's description. Each topic of the table of routes has a file {@code openapi/TOPIC.json} with {@code paths} and {@code
 * schemas}; what all operations share is added here: the answer to errors, and what {@code x-role} means for security.
 */
final class OpenApiRoutes {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete");

    private final Routes routes;
    private final Supplier<String> version;
    private volatile byte @Nullable [] document;

    OpenApiRoutes(Routes routes, Supplier<String> version) {
        this.routes = routes;
        this.version = version;
    }

    void add() {
        routes.describedBy("openapi").on("GET", "openapi.json", Role.ANYONE, this::get);
    }

    private Reply get(Request request) throws IOException {
        request.only();
        byte[] made = document;
        if (made == null) {
            made = Json.bytes(build(routes.topics(), version.get()));
            document = made;
        }
        return new Reply.Whole(200, Reply.JSON, made);
    }

    static ObjectNode build(List<String> topics, String version) throws IOException {
        ObjectNode root = Json.object().put("openapi", "3.1.0");
        root.putObject("info")
                .put("title", "Stratoswarm")
                .put("version", version)
                .put(
                        "description",
                        "The HTTP API of the daemon. x-role is the least role that may ask: anyone, viewer, operator or admin.");
        root.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = root.putObject("paths");
        ObjectNode components = root.putObject("components");
        ObjectNode schemas = components.putObject("schemas");
        for (String topic : topics) {
            JsonNode file = read(topic);
            root.withArray("tags")
                    .addObject()
                    .put("name", topic)
                    .put("description", file.path("description").asText());
            for (Map.Entry<String, JsonNode> schema : file.path("schemas").properties()) {
                once(schemas, schema.getKey(), schema.getValue(), topic);
            }
            for (Map.Entry<String, JsonNode> path : file.path("paths").properties()) {
                ObjectNode item = path.getValue().deepCopy();
                METHODS.forEach(method -> complete(item.path(method), topic));
                ObjectNode there = (ObjectNode) paths.get(path.getKey());
                if (there == null) {
                    paths.set(path.getKey(), item);
                } else {
                    item.properties().forEach(entry -> once(there, entry.getKey(), entry.getValue(), topic));
                }
            }
        }
        shared(components, schemas);
        List.of("token", "session", "certificate")
                .forEach(scheme -> root.withArray("security").addObject().putArray(scheme));
        return root;
    }

    private static void once(ObjectNode into, String name, JsonNode value, String topic) {
        if (into.has(name)) {
            throw new IllegalStateException("openapi/" + topic + ".json describes '" + name + "' a second time");
        }
        into.set(name, value);
    }

    private static void complete(JsonNode node, String topic) {
        if (!(node instanceof ObjectNode operation)) {
            return;
        }
        operation.putArray("tags").add(topic);
        if (operation.path("x-role").asText().equals("anyone")) {
            operation.putArray("security");
        }
        operation.withObject("responses").putObject("default").put("$ref", "#/components/responses/Problem");
    }

    private static void shared(ObjectNode components, ObjectNode schemas) {
        ObjectNode problem = schemas.putObject("Problem").put("type", "object");
        problem.put("description", "What went wrong, as RFC 9457 has it.");
        ObjectNode properties = problem.putObject("properties");
        List.of("type", "title", "kind", "detail")
                .forEach(name -> properties.putObject(name).put("type", "string"));
        properties.putObject("status").put("type", "integer");
        problem.putArray("required")
                .add("type")
                .add("title")
                .add("status")
                .add("kind")
                .add("detail");
        ObjectNode answer = components.putObject("responses").putObject("Problem");
        answer.put("description", "It was refused or failed");
        answer.putObject("content")
                .putObject(Problem.MEDIA_TYPE)
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("token").put("type", "http").put("scheme", "bearer");
        schemes.putObject("session")
                .put("type", "apiKey")
                .put("in", "cookie")
                .put("name", "stratoswarm-PORT")
                .put(
                        "description",
                        "Opened by POST /api/v1/session; changes also need the header " + Gate.CSRF_HEADER + ": 1.");
        // On the unix socket the kernel tells who asks.
        schemes.putObject("certificate").put("type", "mutualTLS");
    }

    private static JsonNode read(String topic) throws IOException {
        try (InputStream in = OpenApiRoutes.class.getResourceAsStream("/openapi/" + topic + ".json")) {
            if (in == null) {
                throw new FileNotFoundException("the bundle has no openapi/" + topic + ".json");
            }
            return Json.MAPPER.readTree(in);
        }
    }
}
