package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.Condition.Comparison;
import io.stratoswarm.api.graph.Condition.Value;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformTest {
    private static Records records(String... texts) {
        Records records = new Records(16);
        for (int i = 0; i < texts.length; i++) {
            byte[] bytes = texts[i].getBytes(StandardCharsets.UTF_8);
            records.add(bytes, 0, bytes.length, i);
        }
        return records;
    }

    private static boolean holds(Condition condition, String record) throws NotJson {
        FieldValues fields = new FieldValues();
        Question question = Question.of(condition, fields);
        return question.holds(new Asked(fields).about(records(record), 0));
    }

    private static Condition number(String field, Comparison how, String number) {
        return new Condition.Compare(field, how, new Value.Number(number));
    }

    private static Condition text(String field, Comparison how, String text) {
        return new Condition.Compare(field, how, new Value.Text(text));
    }

    @Test
    void shouldCompareNumbersByValueAndTheRestByText() throws NotJson {
        assertTrue(holds(number("a", Comparison.EQUALS, "10"), "{\"a\":1e1}"));
        assertTrue(holds(number("a", Comparison.LESS, "0.3"), "{\"a\":0.29999999999999999999}"));
        assertTrue(holds(number("a", Comparison.GREATER, "1"), "{\"a\":1e999999999999}"));
        assertTrue(holds(number("a.b", Comparison.GREATER_OR_EQUAL, "-5"), "{\"a\":{\"b\":-5}}"));
        assertTrue(!holds(number("a", Comparison.EQUALS, "10"), "{\"a\":\"10\"}"));
        assertTrue(holds(number("a", Comparison.NOT_EQUALS, "10"), "{}"));
        assertTrue(!holds(number("a", Comparison.LESS, "10"), "{\"a\":null}"));
        assertTrue(holds(text("a", Comparison.EQUALS, "x/é"), "{\"a\":\"x\\/\\u00e9\"}"));
        assertTrue(holds(text("a", Comparison.LESS, "b"), "{\"a\":\"abc\"}"));
        assertTrue(holds(new Condition.Compare("a", Comparison.EQUALS, new Value.Flag(true)), "{\"a\": true }"));
        assertTrue(holds(text("$", Comparison.EQUALS, "no JSON"), "no JSON"));
        assertTrue(holds(new Condition.Matches("$", "o J.O"), "no JSON"));
        assertTrue(holds(new Condition.Exists("a.b"), "{\"a\":{\"b\":null}}"));
        assertTrue(!holds(new Condition.Exists("a.b"), "{\"a\":[{\"b\":1}]}"));
        assertTrue(
                holds(new Condition.OneOf("a", List.of(new Value.Number("1"), new Value.Text("x"))), "{\"a\":\"x\"}"));
        assertTrue(holds(
                new Condition.All(List.of(
                        new Condition.Not(new Condition.Exists("z")),
                        new Condition.Any(List.of(new Condition.Exists("z"), new Condition.Exists("a"))))),
                "{\"a\":1}"));
        assertThrows(NotJson.class, () -> holds(new Condition.Exists("b"), "{\"a\":1"));
    }

    private static List<Target> receivers(int count) {
        return Rig.targets(IntStream.range(0, count).mapToObj(i -> "g/b." + i).toList(), false);
    }

    private static FlowSpec routed(Routing routing) {
        return Rig.lines("f", routing);
    }

    @Test
    void shouldKeepMostKeysWhereTheyAreWhenAReceiverComes() {
        Router four = Router.of(routed(new Routing.KeyHash("k")), receivers(4));
        Router five = Router.of(routed(new Routing.KeyHash("k")), receivers(5));
        Map<Integer, Integer> counts = new HashMap<>();
        int moved = 0;
        for (int i = 0; i < 10_000; i++) {
            Records one = records("{\"k\":\"key " + i + "\"}");
            int before = four.route(one, 0, i, new long[4]);
            int after = five.route(one, 0, 7 * i, new long[5]);
            counts.merge(before, 1, Integer::sum);
            assertTrue(before == after || after == 4, "a key moved between two that were there");
            moved += before == after ? 0 : 1;
        }
        assertTrue(moved > 1_700 && moved < 2_300, moved + " moved");
        counts.values().forEach(it -> assertTrue(it > 2_200 && it < 2_800, counts.toString()));
        assertEquals(Router.NONE, four.route(records("{}"), 0, 0, new long[4]));
        assertEquals("the field 'k', which decides the receiver, is not there", four.refusal());
    }

    @Test
    void shouldRouteByTheFirstCaseThatHoldsAndByLoad() {
        FlowSpec.End left = new FlowSpec.End("l", "stdin");
        FlowSpec.End right = new FlowSpec.End("r", "stdin");
        Router router = Router.of(
                routed(new Routing.Predicate(List.of(
                        new FlowSpec.Case(right, Optional.of(number("n", Comparison.GREATER, "5"))),
                        new FlowSpec.Case(left, Optional.of(new Condition.Exists("n")))))),
                Rig.targets(List.of("g/l", "g/r.0", "g/r.1"), false));
        assertEquals(0, router.route(records("{\"n\":1}"), 0, 9, new long[3]));
        assertEquals(1, router.route(records("{\"n\":6}"), 0, 0, new long[3]));
        assertEquals(2, router.route(records("{\"n\":6}"), 0, 1, new long[3]));
        assertEquals(Router.NONE, router.route(records("{}"), 0, 1, new long[3]));
        Router least = Router.of(routed(new Routing.LeastLoaded()), receivers(3));
        assertEquals(1, least.route(records("x"), 0, 5, new long[] {9, 2, 4}));
        assertEquals(2, least.route(records("x"), 0, 5, new long[] {9, 4, 4}));
    }

    @Test
    void shouldRefuseWhatDoesNotFitTheSchema() {
        String schema =
                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":1}},\"required\":[\"n\"]}";
        SchemaCheck check = new SchemaCheck("order", "data", new DataType.Schema.Inline(schema));
        Batch batch = new Batch();
        batch.begin(0, 4, 0);
        for (String text : List.of("{\"n\":1}", "{\"n\":0}", "{}", "[")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            batch.records().add(bytes, 0, bytes.length, batch.records().size());
        }
        check.apply(batch);
        assertEquals(1, batch.records().size());
        List<String> reasons =
                batch.refusals().stream().map(Batch.Refusal::reason).toList();
        assertEquals(3, reasons.size());
        assertTrue(reasons.get(0).startsWith("does not fit the type order: "), reasons.get(0));
        assertTrue(reasons.get(1).contains("n"), reasons.get(1));
        assertTrue(reasons.get(2).startsWith("no JSON"), reasons.get(2));
        StratoswarmException bad = assertThrows(
                StratoswarmException.class,
                () -> new SchemaCheck("order", "data", new DataType.Schema.InFile("/nowhere/schema.json")));
        assertTrue(String.valueOf(bad.getMessage()).contains("/nowhere/schema.json"), bad.getMessage());
    }

    @Test
    void shouldLetAShareThrough() {
        Batch batch = new Batch();
        batch.begin(0, 10_000, 0);
        for (int i = 0; i < 10_000; i++) {
            batch.records().add(new byte[] {1}, 0, 1, i);
        }
        new Sample(0.2).apply(batch);
        int passed = batch.records().size();
        assertTrue(passed > 1_850 && passed < 2_150, passed + " passed");
        assertEquals(10_000 - passed, batch.filtered(0, 10_000));
    }

    @Test
    void shouldKeepRefusedRecordsInABoundedFileAndCutOffWhatDoesNotCount(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("f.refused.jsonl");
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
        try (RefusedFile refused = new RefusedFile(file, 500, clock)) {
            refused.resume(0, 0);
            refused.add("be\"cause", "text\n".getBytes(StandardCharsets.UTF_8), 0, 5, 5);
            refused.add("binary", new byte[] {(byte) 0xff, 0}, 0, 2, 9);
            assertEquals(
                    List.of(
                            "{\"time\":\"2026-01-01T12:00:00Z\",\"reason\":\"be\\\"cause\",\"bytes\":5,\"record\":\"text\\n"
                                    + "\"}",
                            "{\"time\":\"2026-01-01T12:00:00Z\",\"reason\":\"binary\",\"bytes\":9,\"beginning64\":\"/wA=\"}"),
                    Files.readAllLines(file));
            long length = refused.length();
            refused.add("not counted", new byte[] {'x'}, 0, 1, 1);
            try (RefusedFile next = new RefusedFile(file, 500, clock)) {
                next.resume(0, length);
                assertEquals(length, Files.size(file));
                for (int i = 0; i < 20; i++) {
                    next.add("many", new byte[] {'x'}, 0, 1, 1);
                }
                assertTrue(next.number() >= 2);
            }
        }
        List<Long> sizes = new ArrayList<>();
        try (var all = Files.list(folder)) {
            for (Path one : all.toList()) {
                sizes.add(Files.size(one));
            }
        }
        assertEquals(2, sizes.size());
        sizes.forEach(it -> assertTrue(it <= 500, sizes.toString()));
    }

    @Test
    void shouldGoOnWithoutTheFileWhereItCannotBeWritten(@TempDir Path folder) throws Exception {
        Path inTheWay = Files.createFile(folder.resolve("none"));
        try (RefusedFile refused = new RefusedFile(inTheWay.resolve("f"), 500, InstantSource.system())) {
            refused.resume(0, 0);
            refused.add("why", new byte[] {'x'}, 0, 1, 1);
            assertEquals(1, refused.unwritten());
            assertTrue(String.valueOf(refused.failure()).contains("cannot be written"), refused.failure());
        }
    }
}
