package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What steps through JSON without making anything of it agrees with Jackson, which makes trees. */
class JsonProperties {
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final List<String> NAMES = List.of(
            "a",
            "b",
            "user",
            "id",
            "x y",
            "q\"uote",
            "sl\\ash",
            "é",
            "",
            "measured",
            "measured0",
            "measured1",
            "measurex");
    private static final List<String> PATHS = List.of(
            "a",
            "user.id",
            "user",
            "b.a.id",
            "é",
            "x y",
            "a.b",
            "q\"uote",
            "sl\\ash",
            "measured",
            "measured1",
            "a.measurex");

    private static final byte[] PUNCTUATION = "{}[]\":,01-+.eE\\ \ntfnu\u0002a/".getBytes(StandardCharsets.US_ASCII);

    private static JsonNode tree(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 5 : 8)) {
            case 0 -> JACKSON.getNodeFactory().numberNode(random.nextInt(200) - 100);
            case 1 -> JACKSON.getNodeFactory().numberNode(random.nextDouble() * 1e9);
            case 2 -> JACKSON.getNodeFactory().textNode(text(random));
            case 3 -> JACKSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 4 -> JACKSON.getNodeFactory().nullNode();
            case 5 -> {
                ArrayNode array = JACKSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(tree(random, depth + 1));
                }
                yield array;
            }
            default -> object(random, depth);
        };
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JACKSON.createObjectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
            object.set(NAMES.get(random.nextInt(NAMES.size())), tree(random, depth + 1));
        }
        return object;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(24); i > 0; i--) {
            text.append(pick(random));
        }
        return text.toString();
    }

    private static String pick(Random random) {
        List<String> parts = List.of("a", "bc", " ", "\"", "\\", "/", "\n", "\t", "\u0001", "é", "€", "😀", "0", "{");
        return parts.get(random.nextInt(parts.size()));
    }

    private static boolean reads(byte[] record) {
        FieldValues values = new FieldValues();
        PATHS.forEach(values::add);
        values.add("there is none such"); // So that all of the record is looked at.
        try {
            values.read(record, 0, record.length);
            return true;
        } catch (NotJson e) {
            assertTrue(e.reason().startsWith("no JSON: "), e.reason());
            return false;
        }
    }

    @Property(tries = 3000)
    void shouldAcceptWhatJacksonAccepts(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] record = (random.nextBoolean()
                        ? tree(random, 0).toString()
                        : tree(random, 0).toPrettyString())
                .getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0 && record.length > 0; i--) {
            // Only such as leave the text valid UTF-8, of which only Jackson takes care.
            int place = random.nextInt(record.length);
            if (record[place] > 0) {
                record[place] = PUNCTUATION[random.nextInt(PUNCTUATION.length)];
            }
        }
        boolean jackson;
        try {
            jackson = !JACKSON.readTree(record).isMissingNode();
        } catch (IOException e) {
            jackson = false;
        }
        assertEquals(jackson, reads(record), () -> new String(record, StandardCharsets.UTF_8));
    }

    @Property
    void shouldFindTheValuesOfFields(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        ObjectNode object = object(random, 0);
        byte[] record = object.toString().getBytes(StandardCharsets.UTF_8);
        FieldValues values = new FieldValues();
        PATHS.forEach(values::add);
        values.read(record, 0, record.length);
        for (int i = 0; i < PATHS.size(); i++) {
            JsonNode wanted = object;
            for (String name : PATHS.get(i).split("\\.")) {
                wanted = wanted.path(name);
            }
            assertEquals(!wanted.isMissingNode(), values.there(i), PATHS.get(i) + " of " + object);
            if (values.there(i)) {
                assertEquals(
                        wanted.isTextual() ? wanted.textValue() : wanted.toString(),
                        values.text(i),
                        PATHS.get(i) + " of " + object);
                assertEquals(Receiver.key(values.text(i)), values.key(i), values.text(i));
                assertEquals(wanted.isNumber(), values.isNumber(i));
                assertTrue(values.textIs(i, values.text(i).getBytes(StandardCharsets.UTF_8), values.text(i)));
            }
        }
    }

    private static JsonNode changed(Transform.Plain transform, ObjectNode object) throws IOException {
        byte[] record = object.toString().getBytes(StandardCharsets.UTF_8);
        Batch batch = new Batch();
        batch.begin(0, 1, record.length);
        batch.records().add(record, 0, record.length, 0);
        transform.apply(batch);
        assertTrue(batch.refusals().isEmpty(), () -> batch.refusals() + " " + object);
        return JACKSON.readTree(batch.records().copy(0));
    }

    @Property
    void shouldProject(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        ObjectNode object = object(random, 0);
        List<String> paths = PATHS.subList(0, 1 + random.nextInt(PATHS.size()));
        assertEquals(project(object, paths, ""), changed(new Project(paths), object));
    }

    private static ObjectNode project(ObjectNode object, List<String> paths, String before) {
        ObjectNode kept = JACKSON.createObjectNode();
        object.properties().forEach(entry -> {
            String path = before + entry.getKey();
            if (paths.contains(path)) {
                kept.set(entry.getKey(), entry.getValue());
            } else if (entry.getValue() instanceof ObjectNode inner
                    && paths.stream().anyMatch(it -> it.startsWith(path + "."))) {
                kept.set(entry.getKey(), project(inner, paths, path + "."));
            }
        });
        return kept;
    }

    @Property
    void shouldRename(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        ObjectNode object = object(random, 0);
        Map<String, String> names = new LinkedHashMap<>();
        names.put("a", "c");
        names.put("user.id", random.nextBoolean() ? "user.number" : "number");
        names.put("b", random.nextBoolean() ? "a" : "user.b");
        assertEquals(renamed(object, names), changed(new Rename(names), object), object.toString());
    }

    private static ObjectNode renamed(ObjectNode object, Map<String, String> names) {
        ObjectNode result = object.deepCopy();
        names.forEach((from, to) -> {
            ObjectNode parent = parent(result, from, false);
            String last = from.substring(from.lastIndexOf('.') + 1);
            if (parent != null && parent.has(last)) {
                JsonNode value = parent.remove(last);
                java.util.Objects.requireNonNull(parent(result, to, true))
                        .set(to.substring(to.lastIndexOf('.') + 1), value);
            }
        });
        return result;
    }

    @org.jspecify.annotations.Nullable
    private static ObjectNode parent(ObjectNode object, String path, boolean make) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return object;
        }
        JsonNode inner = object.get(path.substring(0, dot));
        if (!(inner instanceof ObjectNode) && !make) {
            return null;
        }
        ObjectNode next = inner instanceof ObjectNode there ? there : JACKSON.createObjectNode();
        object.set(path.substring(0, dot), next);
        return parent(next, path.substring(dot + 1), make);
    }

    @Example
    void shouldRefuseWhatIsNoObject() {
        byte[] record = "[1,2]".getBytes(StandardCharsets.UTF_8);
        Batch batch = new Batch();
        batch.begin(5, 1, record.length);
        batch.records().add(record, 0, record.length, 5);
        new Project(List.of("a")).apply(batch);
        assertEquals(0, batch.records().size());
        assertEquals(
                "no JSON: it is no object at byte 1",
                batch.refusals().getFirst().reason());
    }
}
