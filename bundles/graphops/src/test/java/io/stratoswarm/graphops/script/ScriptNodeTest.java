package io.stratoswarm.graphops.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.graphops.node.NodeRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptNodeTest {
    @TempDir
    Path folder;

    private final Map<String, ScriptStatus> statuses = new ConcurrentHashMap<>();
    private final TransformKind kind =
            new TransformKind(name -> Optional.ofNullable(statuses.get(name)), Runnable::run);
    private NodeRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new NodeRig(
                folder,
                new ScriptType(kind, folder.resolve("nodes")::resolve, () -> Instant.parse("2026-01-01T12:00:00Z")));
        carry(Framing.LINES, DataType.TEXT, DataType.TEXT);
    }

    private void carry(Framing framing, DataType from, DataType to) {
        rig.flow("log.stdout", "parse.stdin", framing, from, 100_000);
        rig.flow("parse.stdout", "out.stdin", framing, to, 100_000);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NodeRig.Agent node() {
        return rig.start("parse", "script", "{\"script\":\"up\",\"batch\":3}", "stdin", ">stdout");
    }

    private JavaScripts script(java.util.function.UnaryOperator<String> function) {
        JavaScripts script = new JavaScripts("up", function);
        kind.loaded(script);
        return script;
    }

    private List<String> refused() throws IOException {
        return Files.readAllLines(folder.resolve("nodes/shop/parse/refused.jsonl"));
    }

    @Test
    void shouldGiveWhatTheScriptMakesOfEachRecord() throws Exception {
        script(input -> switch (input) {
            case "\"none\"" -> "null";
            case "\"two\"" -> "[\"a\",\"b\"]";
            default -> input;
        });
        NodeRig.Agent node = node();
        node.give("one", "none", "two", "ümlaut \"x\"");
        assertEquals(List.of("one", "a", "b", "ümlaut \"x\""), node.lines(4));
        node.stop();
        node.assertNothingMore();
    }

    @Test
    void shouldGiveJsonAsValues() throws Exception {
        carry(Framing.LINES, DataType.JSON, DataType.JSON);
        script(input -> "[" + input + ",[1, 2],\"x\"]");
        NodeRig.Agent node = node();
        node.give("{\"a\": 1}", "{broken", "5");
        assertEquals(List.of("{\"a\":1}", "[1,2]", "\"x\"", "5", "[1,2]", "\"x\""), node.lines(6));
        assertEquals(1, refused().size());
        assertTrue(
                refused().getFirst().contains("\"record\":\"{broken\""),
                refused().toString());
        assertTrue(refused().getFirst().contains("it is no JSON"), refused().toString());
    }

    @Test
    void shouldGiveBytesInBase64() throws Exception {
        carry(Framing.LENGTH_PREFIXED, DataType.BYTES, DataType.BYTES);
        script(input -> input);
        NodeRig.Agent node = node();
        byte[] framed = {0, 0, 0, 3, -1, '\n', 0};
        node.give(framed);
        byte[][] found = new byte[1][];
        NodeRig.await("it came", () -> (found[0] = node.bytes()).length > 0);
        assertArrayEquals(framed, found[0]);
    }

    @Test
    void shouldRefuseOnlyTheRecordsThatFailByThemselves() throws Exception {
        JavaScripts script = script(input -> {
            if (input.contains("bad")) {
                throw new IllegalStateException("Error: cannot take it");
            }
            return input.contains("number") ? "5" : input.contains("torn") ? "\"a\\nb\"" : input;
        });
        NodeRig.Agent node = node();
        node.give("a", "bad", "b", "number", "torn", "c");
        assertEquals(List.of("a", "b", "c"), node.lines(3));
        NodeRig.await("all is told", () -> {
            try {
                return refused().size() == 3;
            } catch (IOException e) {
                return false;
            }
        });
        assertEquals(
                "{\"time\":\"2026-01-01T12:00:00Z\",\"reason\":\"Error: cannot take it at transform (x.js:3:1)\","
                        + "\"bytes\":3,\"record\":\"bad\"}",
                refused().get(0));
        assertTrue(
                refused().get(1).contains("the script gave number, but the flow carries text"),
                refused().get(1));
        assertTrue(refused().get(2).contains("newline"), refused().get(2));
        assertTrue(node.log.toString().contains("records were refused"), node.log.toString());
        assertTrue(script.calls.stream().allMatch(call -> call.size() <= 3));
    }

    @Test
    void shouldWaitForItsScriptAndSayWhy() throws Exception {
        NodeRig.Agent node = node();
        node.give("early");
        NodeRig.await("it says so", () -> node.waits.startsWith("there is no script 'up'"));
        assertTrue(!node.ready);
        statuses.put("up", status("disabled", "by uid:0"));
        NodeRig.await("it says so", () -> node.waits.contains("'stratoswarm scripts enable up' lets it run"));
        script(input -> input);
        assertEquals(List.of("early"), node.lines(1));
        assertTrue(node.ready);
        assertEquals("", node.waits);
    }

    private static ScriptStatus status(String state, String reason) {
        return new ScriptStatus(Optional.empty(), "up", "up.js", false, state, reason, "", "", 0, 0, "", 0);
    }

    @Test
    void shouldKeepRecordsWhileTheScriptIsInQuarantine() throws Exception {
        JavaScripts script = script(input -> {
            throw new IllegalStateException("it is in quarantine");
        });
        script.status = Status.REFUSED;
        NodeRig.Agent node = node();
        node.give("a", "b");
        NodeRig.await("it waits", () -> node.waits.contains("it is in quarantine"));
        node.stop();
        script(input -> input);
        NodeRig.Agent again = node();
        assertEquals(List.of("a", "b"), again.lines(2));
    }

    @Test
    void shouldTakeANewVersionBetweenBatches() throws Exception {
        script(input -> "\"old\"");
        NodeRig.Agent node = node();
        node.give("a");
        assertEquals(List.of("old"), node.lines(1));
        script(input -> "\"new\"");
        node.give("b");
        assertEquals(List.of("new"), node.lines(1));
    }

    @Test
    void shouldEndWithItsInput() throws Exception {
        script(input -> input);
        NodeRig.Agent node = node();
        List<String> lines =
                IntStream.range(0, 50_000).mapToObj(i -> "line " + i).toList();
        Thread giver = Thread.startVirtualThread(() -> {
            try {
                node.give(lines.toArray(String[]::new));
                node.endInput();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertEquals(lines, node.lines(lines.size()));
        giver.join();
        assertEquals(0, node.ended(), node.message);
        node.assertNothingMore();
    }

    @Test
    void shouldBeDeclaredForEditors() throws IOException {
        Path types = Path.of(System.getProperty("stratoswarm.repository.root", "../.."), "scripts", "types");
        for (String file : List.of("stratoswarm.d.ts", "stratoswarm.pyi")) {
            String text = Files.readString(types.resolve(file));
            for (String schema : List.of(kind.inputSchema(), kind.outputSchema())) {
                String[] words = schema.split("\"");
                assertTrue(text.contains(words[3]) && text.contains(words[7]), file + " lacks " + schema);
            }
        }
    }
}
