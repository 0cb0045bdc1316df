package io.stratoswarm.core.script.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.SchemaChecker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What editors complete from is made of the schemas, and the checker of the schemas agrees with a library for all of them. */
class TypesTest {
    private static final List<String> SCHEMAS =
            List.of(Schemas.REACTION_INPUT, Schemas.REACTION_OUTPUT, Schemas.PROBE_INPUT, Schemas.PROBE_OUTPUT);
    private static final Path FOLDER =
            Path.of(System.getProperty("stratoswarm.repository.root", "../.."), "scripts", "types");

    /** {@code mvn -pl bundles/core verify -Dtest=TypesTest -Dtypes.update=true} writes them anew. */
    private static void compare(String name, String text) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("types.update")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        assertEquals(text, Files.readString(file), "make it anew with -Dtypes.update=true");
    }

    /** Of a kind of another bundle, whose own test compares. */
    private static final List<String> OTHERS = List.of("""
            {"title": "TransformInput",
             "description": "A record that a transform is given: a text, or any value of JSON, as the data type of the flow says."}
            """, """
            {"title": "TransformOutput",
             "description": "What a transform makes of a record: a record, a list of records, or null (None) for nothing."}
            """);

    /** Of kinds of other bundles, which read the same files. */
    private static final List<Path> FILES = List.of(
            FOLDER.resolve("../../bundles/graphops/src/main/resources/io/stratoswarm/graphops/reshape"),
            FOLDER.resolve("../../bundles/healing/src/main/resources/io/stratoswarm/healing/script"),
            FOLDER.resolve("../../bundles/audit/src/main/resources/io/stratoswarm/audit/compliance"));

    private static TypeText all() throws IOException {
        TypeText text = new TypeText();
        SCHEMAS.forEach(text::add);
        OTHERS.forEach(text::add);
        for (Path folder : FILES) {
            for (String file : List.of("input.json", "output.json")) {
                text.add(Files.readString(folder.resolve(file)));
            }
        }
        return text;
    }

    @Test
    void shouldDeclareForTypescriptWhatTheSchemasSay() throws IOException {
        compare("stratoswarm.d.ts", all().typescript());
    }

    @Test
    void shouldDeclareForPythonWhatTheSchemasSay() throws IOException {
        compare("stratoswarm.pyi", all().python());
    }

    @Test
    void shouldAgreeWithALibraryOnRandomChangesOfGoodValues() {
        List<String> good = List.of("""
                {"trigger":"event","time":"2026-01-01T00:00:00Z","skipped":0,"agents":[],"log":[{"stream":"out","text":"x"}],
                 "event":{"sequence":1,"time":"t","type":"A","source":"s","subject":"agent/a/b","actor":"system","payload":{"n":1}},
                 "agent":{"id":"a/b","graph":"a","node":"b","replica":0,"phase":"ready","reason":"r","since":"s","incarnation":1,
                 "restarts":0,"command":"c"}}""", """
                {"actions":[{"action":"restart","agent":"a","reason":"b","confidence":0.5},
                 {"action":"signal","agent":"a","signal":"HUP","reason":"b"},{"action":"note","reason":"b"}]}""", """
                {"time":"t","metrics":{"a":1,"b":2.5},"log":[]}""", """
                {"value":1.5,"metrics":{"a":1},"healthy":true,"reason":"r"}""");
        long seed = 20_260_101;
        Random random = new Random(seed);
        JsonSchemaFactory library = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        int wrong = 0;
        for (int i = 0; i < SCHEMAS.size(); i++) {
            JsonSchema reference = library.getSchema(SCHEMAS.get(i));
            SchemaChecker checker = SchemaChecker.of(SCHEMAS.get(i));
            JsonNode value = JsonNodes.known(good.get(i));
            assertEquals(Optional.empty(), checker.wrong(value));
            for (int n = 0; n < 500; n++) {
                JsonNode changed = changed(value, random);
                boolean fits = reference.validate(changed).isEmpty();
                assertEquals(fits, checker.wrong(changed).isEmpty(), "seed " + seed + ": " + changed);
                wrong += fits ? 0 : 1;
            }
        }
        assertTrue(wrong > 500, "only " + wrong + " changes made something wrong");
    }

    /** One place in the tree is removed, renamed or replaced. */
    private static JsonNode changed(JsonNode good, Random random) {
        JsonNode copy = good.deepCopy();
        List<JsonNode> places = new ArrayList<>();
        collect(copy, places);
        JsonNode place = places.get(random.nextInt(places.size()));
        JsonNode[] others = {
            JsonNodes.known("null"),
            JsonNodes.known("5"),
            JsonNodes.known("5.0"),
            JsonNodes.known("-1.5"),
            JsonNodes.known("\"\""),
            JsonNodes.known("\"ready\""),
            JsonNodes.known("\"signal\""),
            JsonNodes.known("true"),
            JsonNodes.known("[]"),
            JsonNodes.known("{}"),
            JsonNodes.known("[{}]")
        };
        JsonNode other = others[random.nextInt(others.length)];
        if (place instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
            switch (random.nextInt(3)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name + "x", other);
                default -> object.set(name, other);
            }
        } else if (place instanceof com.fasterxml.jackson.databind.node.ArrayNode array) {
            array.add(other);
        }
        return copy;
    }

    private static void collect(JsonNode node, List<JsonNode> places) {
        if (node.isContainerNode()) {
            places.add(node);
            node.forEach(each -> collect(each, places));
        }
    }
}
