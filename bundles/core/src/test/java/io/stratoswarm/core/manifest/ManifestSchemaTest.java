package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.stratoswarm.api.graph.ManifestProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema and the parser say the same. */
class ManifestSchemaTest {
    private static final Path ROOT = Path.of(System.getProperty("stratoswarm.repository.root", "../.."));
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    private static JsonNode document() throws IOException {
        return MAPPER.readTree(ROOT.resolve("docs/manifest.schema.json").toFile());
    }

    private static JsonSchema schema() throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(document());
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new HashSet<>();
        object.get("properties").fieldNames().forEachRemaining(keys::add);
        assertFalse(object.get("additionalProperties").booleanValue());
        return keys;
    }

    @Test
    void shouldKnowTheSameKeys() throws IOException {
        JsonNode schema = document();
        assertEquals(Set.copyOf(Keys.GRAPH), keys(schema));
        List<String> readiness = new ArrayList<>(Keys.READINESS_ACTIONS);
        readiness.addAll(Keys.PROBE_TIMES);
        List<String> liveness = new ArrayList<>(Keys.LIVENESS_ACTIONS);
        liveness.addAll(Keys.PROBE_TIMES);
        Map<String, List<String>> expected = Map.ofEntries(
                Map.entry("node", Keys.NODE),
                Map.entry("secret", Keys.SECRET),
                Map.entry("rlimit", Keys.RLIMIT),
                Map.entry("rlimits", Keys.RLIMIT_NAMES),
                Map.entry("resources", Keys.RESOURCES),
                Map.entry("dependency", Keys.DEPENDENCY),
                Map.entry("hooks", Keys.HOOKS),
                Map.entry("hook", Keys.HOOK),
                Map.entry("restart", Keys.RESTART),
                Map.entry("stop", Keys.STOP),
                Map.entry("readiness", readiness),
                Map.entry("liveness", liveness),
                Map.entry("tcp", Keys.TCP),
                Map.entry("http", Keys.HTTP),
                Map.entry("exec", Keys.EXEC),
                Map.entry("logPattern", Keys.LOG_PATTERN),
                Map.entry("metrics", Keys.METRICS),
                Map.entry("scrape", Keys.SCRAPE),
                Map.entry("log", Keys.LOG),
                Map.entry("dataType", Keys.TYPE),
                Map.entry("file", Keys.FILE),
                Map.entry("socket", Keys.SOCKET),
                Map.entry("httpEnd", Keys.HTTP_END),
                Map.entry("channel", Keys.CHANNEL),
                Map.entry("requests", Keys.REQUESTS),
                Map.entry("flow", Keys.FLOW),
                Map.entry("transform", Keys.TRANSFORM),
                Map.entry("case", Keys.CASE),
                Map.entry("condition", Keys.CONDITION),
                Map.entry("constraint", Keys.CONSTRAINT),
                Map.entry("objectives", List.of("latency", "balance", "packing", "temperature", "cost")));
        for (Map.Entry<String, List<String>> entry : expected.entrySet()) {
            assertEquals(Set.copyOf(entry.getValue()), keys(schema.at("/$defs/" + entry.getKey())), entry.getKey());
        }
        schema.get("$defs").properties().stream()
                .filter(definition -> definition.getValue().has("properties"))
                .forEach(definition ->
                        assertEquals(true, expected.containsKey(definition.getKey()), definition.getKey()));
    }

    static List<Path> examples() throws IOException {
        try (var files = Files.list(ROOT.resolve("examples"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldBothAcceptTheExamples(Path example) throws IOException {
        assertEquals(Set.of(), schema().validate(MAPPER.readTree(example.toFile())));
        var result = ManifestParser.parse(example.getFileName().toString(), Files.readString(example));
        assertEquals(
                List.of(), result.errors().stream().map(ManifestProblem::render).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"comand\": []",
                "\"replicas\": 0",
                "\"replicas\": \"2\"",
                "\"umask\": \"9\"",
                "\"niceness\": 20",
                "\"lifecycle\": \"once\"",
                "\"lifecycle\": \"cron\"",
                "\"schedule\": \"* * * * *\"",
                "\"environment\": {\"A\": 1}",
                "\"environment\": {\"1\": \"x\"}",
                "\"secrets\": {\"A\": \"x\"}",
                "\"resources\": {\"cpu\": 0}",
                "\"resources\": {\"memory\": \"much\"}",
                "\"rlimits\": {\"nofile\": {\"soft\": 1}}",
                "\"affinity\": []",
                "\"affinity\": \"a\"",
                "\"readiness\": {}",
                "\"readiness\": {\"notifyFd\": 3, \"notifySocket\": true}",
                "\"liveness\": {\"log\": {\"pattern\": \"x\"}}",
                "\"liveness\": {\"tcp\": {\"port\": 0}}",
                "\"liveness\": {\"http\": {\"url\": \"x\"}}",
                "\"metrics\": {}",
                "\"metrics\": {\"http\": {}}",
                "\"metrics\": {\"http\": {\"port\": 0}}",
                "\"metrics\": {\"http\": {\"port\": 80, \"path\": \"metrics\"}}",
                "\"restart\": {\"policy\": \"sometimes\"}",
                "\"stop\": {\"grace\": 5}",
                "\"watchdog\": \"soon\"",
                "\"dependsOn\": [{\"condition\": \"ready\"}]",
                "\"hooks\": {\"preStart\": {}}",
                "\"log\": {\"maxRate\": \"5MiB\"}",
                "\"type\": \"container\"",
                "\"workingDirectory\": \"x\""
            })
    void shouldBothRefuse(String members) throws IOException {
        String text = "{\"name\": \"x\", \"nodes\": [{\"id\": \"a\", \"command\": [\"true\"], " + members + "}]}";
        bothRefuse(text);
    }

    private static void bothRefuse(String text) throws IOException {
        assertFalse(schema().validate(MAPPER.readTree(text)).isEmpty(), "the schema accepts " + text);
        assertFalse(ManifestParser.parse("x", text).errors().isEmpty(), "the parser accepts " + text);
    }

    /** A graph of a source, a script and a sink, with these further parts. */
    private static String graph(String parts) {
        return "{\"name\": \"x\", \"nodes\": [{\"id\": \"a\", \"type\": \"source\", \"file\": {\"path\": \"/a\"}},"
                + " {\"id\": \"b\", \"type\": \"script\", \"script\": \"b\"},"
                + " {\"id\": \"c\", \"type\": \"sink\", \"http\": {\"url\": \"http://h/\"}}], " + parts + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"], \"route\": \"copy\", \"id\": \"f\", \"rate\": \"10/s\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"delivery\": \"at-least-once\", \"ack\": \"on-eof\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"data\": \"json\", \"transforms\": [{\"where\": {\"not\":"
                        + " {\"all\": [{\"field\": \"x.y\", \"greater\": 3}, {\"field\": \"z\", \"exists\": true}]}}},"
                        + " {\"project\": [\"a\"]}, {\"rename\": {\"a\": \"b\"}}, {\"sample\": 0.5}, {\"script\": \"s\"}]}]",
                "\"flows\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"], \"data\": \"json\", \"route\": \"key-hash\", \"key\": \"u\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"], \"route\": \"predicate\","
                        + " \"cases\": [{\"to\": \"b\", \"when\": {\"field\": \"$\", \"matches\": \"x\"}}, {\"to\": \"c\"}]}]",
                "\"types\": {\"order\": {\"format\": \"json\", \"schema\": {\"type\": \"object\"}}}, \"labels\": {\"a\": \"b\"}",
                "\"constraints\": [{\"kind\": \"spread\", \"nodes\": [\"a\"], \"by\": \"zone\", \"maxSkew\": 2}]",
                "\"constraints\": [{\"kind\": \"capacity\", \"resource\": \"cpu\", \"share\": 0.5}]",
                "\"constraints\": [{\"kind\": \"forbidden\", \"nodes\": [\"a\", \"b\"]}]",
                "\"objectives\": {\"latency\": 2, \"cost\": 0.5}"
            })
    void shouldBothAccept(String parts) throws IOException {
        assertEquals(Set.of(), schema().validate(MAPPER.readTree(graph(parts))));
        var result = ManifestParser.parse("x", graph(parts));
        assertEquals(
                List.of(), result.errors().stream().map(ManifestProblem::render).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"flows\": [{\"from\": \"a\"}]",
                "\"flows\": [{\"from\": \"a.b.c\", \"to\": \"b\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"delivery\": \"at-least-once\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"ack\": \"on-eof\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"framing\": \"words\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"rate\": \"10\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"route\": \"key-hash\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"key\": \"x\"}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"transforms\": [{}]}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"transforms\": [{\"where\": {\"field\": \"x\"}}]}]",
                "\"flows\": [{\"from\": \"a\", \"to\": \"b\", \"transforms\": [{\"sample\": 2}]}]",
                "\"types\": {\"order\": {}}",
                "\"constraints\": [{\"kind\": \"near\"}]",
                "\"constraints\": [{\"kind\": \"pin\", \"nodes\": [\"a\"]}]",
                "\"constraints\": [{\"kind\": \"capacity\"}]",
                "\"constraints\": [{\"kind\": \"spread\", \"nodes\": [\"a\"], \"place\": \"x\"}]",
                "\"objectives\": {\"latency\": -1}",
                "\"objectives\": {\"speed\": 1}"
            })
    void shouldBothRefuseParts(String parts) throws IOException {
        bothRefuse(graph(parts));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"type\": \"script\"",
                "\"type\": \"script\", \"script\": \"s\", \"command\": [\"true\"]",
                "\"type\": \"script\", \"script\": \"s\", \"metrics\": {\"http\": {\"port\": 80}}",
                "\"type\": \"source\"",
                "\"type\": \"source\", \"file\": {\"path\": \"x\"}",
                "\"type\": \"source\", \"socket\": {}",
                "\"type\": \"sink\", \"socket\": {\"connect\": \"nowhere\"}",
                "\"type\": \"source\", \"http\": {\"url\": \"x\"}",
                "\"type\": \"queue\"",
                "\"command\": [\"true\"], \"script\": \"s\"",
                "\"command\": [\"true\"], \"settings\": {}",
                "\"command\": [\"true\"], \"channels\": {\"x\": {\"direction\": \"up\"}}",
                "\"command\": [\"true\"], \"requests\": {\"gpu\": -1}",
                "\"command\": [\"true\"], \"policies\": [\"a\", \"a\"]"
            })
    void shouldBothRefuseNodes(String members) throws IOException {
        bothRefuse("{\"name\": \"x\", \"nodes\": [{\"id\": \"a\", " + members + "}]}");
    }
}
