package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.api.metric.LogTemplates;
import io.stratoswarm.api.script.Scripts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the description to the server. A route that is added without a description fails here, and so does a description whose own
 * examples do not get the answers that it describes: each parameter and body needs an {@code example} where it is required.
 */
@Timeout(60)
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
    /** Operations whose examples cannot be sent here, and why. */
    private static final Map<String, String> UNSENT = Map.of("stream", "its answer does not end; StreamTest reads it");
    /** The order in which examples make sense, where the one of the table does not. */
    private static final List<String> LAST =
            List.of("deleteGraph", "closeSession", "revokeToken", "closeAllSessions", "shutdown", "upgrade");

    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;
    private JsonNode document;

    private record Operation(String id, String method, String path, JsonNode node) {}

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse) {
            @Override
            public Optional<Scripts> scripts() {
                return Optional.of(new ScriptRoutesTest.OneScript());
            }

            @Override
            public Optional<LogTemplates> logTemplates() {
                return Optional.of(agent -> List.of(new LogTemplate("t1", "took <NUM> ms", 3, 1_500)));
            }
        };
        server = new ServerFixture(data, services, Limits.DEFAULT, ServerFixture.TCP, ServerFixture.REAL);
        document = new Web(server.url()).get("/api/v1/openapi.json").json();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<Operation> operations() {
        List<Operation> found = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(entry -> {
                    if (METHODS.contains(entry.getKey())) {
                        found.add(new Operation(
                                entry.getValue().path("operationId").asText(),
                                entry.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                entry.getValue()));
                    }
                }));
        return found;
    }

    @Test
    void shouldBeAValidDocumentOfOpenApi() throws IOException {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        try (InputStream in = OpenApiTest.class.getResourceAsStream("/openapi-3.1-schema.json")) {
            JsonSchema schema = factory.getSchema(Objects.requireNonNull(in));
            assertEquals(Set.of(), schema.validate(document));
            ObjectNode broken = document.deepCopy();
            broken.withObject("paths").withObject("/broken").withObject("get").put("responses", 5);
            assertFalse(schema.validate(broken).isEmpty(), "the schema finds nothing");
        }
        Set<String> ids = new TreeSet<>();
        operations().forEach(operation -> assertTrue(ids.add(operation.id()), operation.id() + " is there twice"));
        for (String ref : document.findValuesAsText("$ref")) {
            assertFalse(document.at(ref.substring(1)).isMissingNode(), ref);
        }
    }

    @Test
    void shouldDescribeEveryRouteWithItsRoleAndNoOther() {
        Set<String> served = new TreeSet<>();
        for (Routes.Line line : server.server().routes().lines()) {
            served.add(line.method() + " " + line.path() + " " + line.role().word());
        }
        Set<String> described = new TreeSet<>();
        for (Operation operation : operations()) {
            described.add(operation.method() + " " + operation.path().replaceFirst("\\{.*", "*") + " "
                    + operation.node().path("x-role").asText());
        }
        assertEquals(String.join("\n", served), String.join("\n", described));
    }

    @Test
    void shouldDescribeEveryParameterAndNoOther() throws IOException {
        Web admin = new Web(server.url()).bearer(server.token());
        for (Operation operation : operations()) {
            if (operation.path().startsWith("/page")
                    || Set.of("/", "/login", "/favicon.ico").contains(operation.path())) {
                continue; // Files: what follows a ? there is for the page itself.
            }
            Web.Answer answer = admin.ask(operation.method(), target(operation, false) + "?no-such-parameter=1", "");
            assertEquals(400, answer.status(), operation.id() + ": " + answer.body());
            String known = answer.detail().replaceFirst(".* takes ", "");
            Set<String> taken = new TreeSet<>(known.equals("none") ? List.of() : List.of(known.split(", ", -1)));
            Set<String> described = new TreeSet<>();
            operation.node().path("parameters").forEach(parameter -> {
                if (parameter.path("in").asText().equals("query")) {
                    described.add(parameter.path("name").asText());
                }
            });
            assertEquals(taken, described, operation.id());
        }
    }

    @Test
    void shouldAnswerItsOwnExamplesAsDescribed() throws IOException {
        Web admin = new Web(server.url()).bearer(server.token());
        Web session =
                new Web(server.url()).session(admin.post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}"));
        List<Operation> ordered = new ArrayList<>(operations());
        ordered.sort(Comparator.comparingInt(operation -> LAST.indexOf(operation.id())));
        for (Operation operation : ordered) {
            if (UNSENT.containsKey(operation.id())) {
                continue;
            }
            Web web = operation.id().equals("closeSession") ? session : admin;
            String body = body(operation.node()).replace("stratoswarm_EXAMPLE", server.token());
            check(operation, web.ask(operation.method(), target(operation, true), body));
        }
    }

    @Test
    void shouldDescribeErrorsAsTheyAre() throws IOException {
        Web admin = new Web(server.url()).bearer(server.token());
        JsonSchema problem = schema(document.at("/components/schemas/Problem"));
        for (Web.Answer answer : List.of(
                admin.get("/api/v1/nothing"),
                admin.get("/api/v1/agents?x=1"),
                new Web(server.url()).get("/api/v1/agents"),
                admin.post("/api/v1/agents", ""))) {
            assertEquals("application/problem+json", answer.header("content-type"));
            assertEquals(Set.of(), problem.validate(answer.json()));
        }
        Web.Answer manifest = admin.post("/api/v1/graphs", "{\"wrong\": 1}");
        assertEquals(422, manifest.status());
        assertEquals(
                Set.of(),
                schema(document.at("/components/schemas/ManifestRefused")).validate(manifest.json()));
    }

    private void check(Operation operation, Web.Answer answer) throws IOException {
        String what = operation.id() + " gave " + answer.status() + " " + answer.body();
        assertEquals(2, answer.status() / 100, what);
        JsonNode described = operation.node().at("/responses/" + answer.status() + "/content");
        String mediaType = answer.header("content-type").replaceFirst(";.*", "");
        assertTrue(described.has(mediaType), what + " as " + mediaType);
        if (mediaType.equals("application/json") || mediaType.equals("application/x-ndjson")) {
            JsonSchema schema = schema(described.path(mediaType).path("schema"));
            for (String part : mediaType.endsWith("ndjson") ? lines(answer) : List.of(answer.body())) {
                assertEquals(Set.of(), schema.validate(Json.MAPPER.readTree(part)), what);
            }
        }
    }

    private static List<String> lines(Web.Answer answer) {
        return answer.body().lines().filter(line -> line.startsWith("{")).toList();
    }

    /** The part alone with what it may refer to: the whole document would be read anew for each answer. */
    private JsonSchema schema(JsonNode part) {
        ObjectNode holder = part.deepCopy();
        holder.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        holder.set("components", document.get("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        holder,
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
    }

    private static String target(Operation operation, boolean withQuery) {
        String path = operation.path();
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : operation.node().path("parameters")) {
            String name = parameter.path("name").asText();
            Optional<String> example =
                    Optional.ofNullable(parameter.get("example")).map(JsonNode::asText);
            boolean needed = parameter.path("required").asBoolean();
            assertTrue(
                    example.isPresent() || !needed, operation.id() + ": '" + name + "' is required and has no example");
            if (parameter.path("in").asText().equals("path")) {
                path = path.replace("{" + name + "}", example.orElse(""));
            } else if (example.isPresent() && parameter.path("in").asText().equals("query")) {
                query.add(name + "=" + URLEncoder.encode(example.get(), StandardCharsets.UTF_8));
            }
        }
        return withQuery && !query.isEmpty() ? path + "?" + String.join("&", query) : path;
    }

    private static String body(JsonNode operation) {
        for (JsonNode content : operation.at("/requestBody/content")) {
            JsonNode example = content.path("example");
            assertFalse(example.isMissingNode(), operation.path("operationId") + ": its body has no example");
            return example.isTextual() ? example.textValue() : example.toString();
        }
        return "";
    }
}
