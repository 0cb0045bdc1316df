package io.stratoswarm.graphops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A type that a bundle offers, and what the runner does with it. */
class PluginTypeTest {
    @TempDir
    Path folder;

    private final Ticker ticker = new Ticker();
    private NodeRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new NodeRig(folder, ticker);
        rig.flow("t.stdout", "out.stdin", Framing.LINES, DataType.TEXT, 1_000);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NodeRig.Agent start(int to) {
        return rig.start("t", "acme.ticker", "{\"to\": " + to + "}", ">stdout");
    }

    private static NodeType type(Body body) {
        return new NodeType() {
            @Override
            public String id() {
                return "acme.other";
            }

            @Override
            public List<String> check(String settings) {
                return List.of();
            }

            @Override
            public void run(NodeContext context) throws Exception {
                body.run(context);
            }
        };
    }

    private interface Body {
        void run(NodeContext context) throws Exception;
    }

    @Test
    void shouldRunATypeToItsEndAndGoOnFromItsPosition() throws Exception {
        NodeRig.Agent first = start(5);
        assertEquals(0, first.ended(), first.message);
        assertEquals(List.of("1", "2", "3", "4", "5"), first.lines(5));
        rig.restart();
        NodeRig.Agent second = start(7);
        assertEquals(0, second.ended(), second.message);
        assertEquals(List.of("6", "7"), second.lines(2));
    }

    @Test
    void shouldKeepWhatIsWrittenWhileThereIsNoRoom() throws Exception {
        int most = 500_000;
        NodeRig.Agent agent = start(most);
        agent.awaitReady();
        Thread.sleep(100);
        agent.stop();
        NodeRig.Agent again = start(most);
        assertEquals(IntStream.rangeClosed(1, most).mapToObj(Integer::toString).toList(), again.lines(most));
        assertEquals(0, again.ended(), again.message);
    }

    @Test
    void shouldEndWhereItsBundleGoesAndRunAgainWhenItIsBack() throws Exception {
        NodeRig.Agent agent = start(100_000_000);
        agent.lines(1);
        rig.nodes().remove(ticker);
        assertEquals(143, agent.ended());
        assertTrue(agent.message.contains("the bundle that offers the type 'acme.ticker' was stopped"), agent.message);
        NodeRig.Agent without = start(10);
        assertEquals(1, without.ended());
        assertTrue(without.message.contains("no bundle here offers the type of node 'acme.ticker'"), without.message);
        rig.nodes().add(ticker);
        NodeRig.Agent back = start(100_000_000);
        back.lines(1_000);
        back.kill();
        assertEquals("killed", back.message);
    }

    @Test
    void shouldTellWhyANodeFailed() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        rig.nodes().add(type(context -> {
            if (runs.getAndIncrement() == 0) {
                throw new StratoswarmException(StratoswarmException.Kind.FULL, "no space\nleft");
            }
            throw new NoClassDefFoundError("acme/Missing");
        }));
        NodeRig.Agent agent = rig.start("t", "acme.other", "{}", ">stdout");
        assertEquals(1, agent.ended());
        assertEquals("no space left", agent.message);
        NodeRig.Agent second = rig.start("t", "acme.other", "{}", ">stdout");
        assertEquals(1, second.ended());
        assertEquals("NoClassDefFoundError: acme/Missing", second.message);
    }

    @Test
    void shouldNotStartTwice() throws Exception {
        NodeRig.Agent agent = start(100_000_000);
        agent.awaitReady();
        assertThrows(StratoswarmException.class, () -> start(1));
        agent.kill();
    }

    @Test
    void shouldRefuseALineWithANewlineAndLoseNothingElse() throws Exception {
        rig.nodes().add(type(context -> {
            NodeContext.RecordOutput output = context.output("stdout");
            output.write(List.of("good".getBytes(StandardCharsets.UTF_8)));
            output.write(
                    List.of("also good".getBytes(StandardCharsets.UTF_8), "a\nb".getBytes(StandardCharsets.UTF_8)));
        }));
        NodeRig.Agent agent = rig.start("t", "acme.other", "{}", ">stdout");
        assertEquals(1, agent.ended());
        assertTrue(agent.message.contains("holds a newline"), agent.message);
        assertEquals(List.of("good"), agent.lines(1));
        agent.assertNothingMore();
    }

    @Test
    void shouldGiveAgainWhatWasNotDone() throws Exception {
        rig.flow("log.stdout", "b.stdin", Framing.LINES, DataType.TEXT, 1_000);
        List<String> seen = new ArrayList<>();
        AtomicInteger runs = new AtomicInteger();
        rig.nodes().add(type(context -> {
            NodeContext.RecordInput input = context.input("stdin");
            int run = runs.getAndIncrement();
            for (List<byte[]> records = input.read(2); !records.isEmpty(); records = input.read(2)) {
                synchronized (seen) {
                    records.forEach(record -> seen.add(run + new String(record, StandardCharsets.UTF_8)));
                }
                if (run == 0 && seen.size() > 2) {
                    throw new IllegalStateException("broken");
                }
            }
        }));
        NodeRig.Agent agent = rig.start("b", "acme.other", "{}", "stdin");
        agent.give("a", "b", "c", "d", "e");
        assertEquals(1, agent.ended());
        NodeRig.Agent again = rig.start("b", "acme.other", "{}", "stdin");
        again.endInput();
        assertEquals(0, again.ended(), again.message);
        assertEquals("0a", seen.getFirst());
        List<String> second = seen.stream().filter(it -> it.startsWith("1")).toList();
        assertEquals(5 - (second.contains("1c") ? 2 : 1), second.size(), seen.toString());
    }

    @Test
    void shouldTakeRecordsThatAreLongerThanAPipe() throws Exception {
        rig.flow("log.stdout", "b.stdin", Framing.LINES, DataType.TEXT, 8 << 20);
        rig.flow("b.stdout", "out.stdin", Framing.LINES, DataType.TEXT, 8 << 20);
        rig.nodes().add(type(context -> {
            for (List<byte[]> records = context.input("stdin").read(9);
                    !records.isEmpty();
                    records = context.input("stdin").read(9)) {
                context.input("stdin").doneWithNextWrite();
                context.output("stdout").write(records);
            }
        }));
        NodeRig.Agent agent = rig.start("b", "acme.other", "{}", "stdin", ">stdout");
        List<String> lines = List.of("x".repeat(5 << 20), "y".repeat(8 << 20), "z");
        Thread giver = Thread.startVirtualThread(() -> {
            try {
                agent.give(lines.toArray(String[]::new));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertEquals(lines, agent.lines(3));
        giver.join();
        agent.stop();
    }

    @Test
    void shouldForgetWhatWasInPipesWhenTheHostHasCrashed() throws Exception {
        NodeRig.Agent agent = start(400_000);
        agent.awaitReady();
        Thread.sleep(100);
        agent.stop();
        rig.rebooted();
        rig.restart();
        agent.bytes();
        NodeRig.Agent again = start(400_000);
        List<String> lines = again.lines(2);
        assertTrue(Integer.parseInt(lines.get(1)) > 1, lines.toString());
        again.kill();
    }

    @Test
    void shouldRemoveWhatNodesKeptThatAreNoMore() throws Exception {
        NodeRig.Agent agent = start(3);
        assertEquals(0, agent.ended());
        Path kept = folder.resolve("nodes/shop/t");
        Files.createDirectories(folder.resolve("nodes/shop/gone.2"));
        assertTrue(Files.exists(kept));
        rig.nodes().changed("shop");
        assertTrue(Files.exists(kept));
        assertTrue(Files.notExists(folder.resolve("nodes/shop/gone.2")));
    }

    @Test
    void shouldBeTheExampleOfTheGuide() throws IOException {
        Path root = Path.of(System.getProperty("stratoswarm.repository.root", "../.."));
        String guide = Files.readString(root.resolve("docs/add-a-bundle.md"));
        String source = Files.readString(
                root.resolve("bundles/graphops/src/test/java/io/stratoswarm/graphops/node/Ticker.java"));
        assertTrue(guide.contains(source.substring(source.indexOf("/** Counts"))), "the guide shows another Ticker");
    }
}
