package io.stratoswarm.graphops.endpoint;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.core.pipe.LinuxPipes;
import io.stratoswarm.graphops.node.Nodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process runs a source that follows a file, a node that changes each line and a sink that writes a file, and is killed again
 * and again; what the sink has written is what the file held, each line once and in order. This process holds the pipes meanwhile,
 * as the holder of a daemon does, and moves bytes from one to the next, as its flows do.
 */
class KilledNodesTest {
    private static final int KILLS = 12;
    private static final List<String> KEPT =
            List.of("node/shop/a/stdout", "node/shop/b/stdin", "node/shop/b/stdout", "node/shop/c/stdin");

    @TempDir
    Path folder;

    /** Makes two lines of each third record and none of each fifth. */
    static final class Changer implements NodeType {
        @Override
        public String id() {
            return "test.changer";
        }

        @Override
        public List<String> check(String settings) {
            return List.of();
        }

        @Override
        public void run(NodeContext context) throws InterruptedException {
            NodeContext.RecordInput input = context.input("stdin");
            NodeContext.RecordOutput output = context.output("stdout");
            for (List<byte[]> records = input.read(100); !records.isEmpty(); records = input.read(100)) {
                List<byte[]> changed = new ArrayList<>();
                records.forEach(record -> changed(new String(record, StandardCharsets.UTF_8))
                        .forEach(line -> changed.add(line.getBytes(StandardCharsets.UTF_8))));
                input.doneWithNextWrite();
                output.write(changed);
            }
        }

        static List<String> changed(String line) {
            int number = Integer.parseInt(line.substring(0, line.indexOf(' ')));
            return number % 5 == 0 ? List.of() : number % 3 == 0 ? List.of(line, line + " again") : List.of(line + "!");
        }
    }

    /** The process that is killed: folder of everything, then it runs until it is. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        LinuxPipes pipes = new LinuxPipes(folder.resolve("pipes"));
        Nodes nodes = new Nodes(folder.resolve("nodes"), "boot", pipes, name -> Optional.empty());
        nodes.add(new SourceType(System::nanoTime));
        nodes.add(new SinkType(System::nanoTime));
        nodes.add(new Changer());
        start(nodes, "a", "source", file(folder.resolve("in")), new AgentSpec.Wire("stdout", true, false));
        start(
                nodes,
                "b",
                "test.changer",
                "{}",
                new AgentSpec.Wire("stdin", false, false),
                new AgentSpec.Wire("stdout", true, false));
        start(nodes, "c", "sink", file(folder.resolve("out")), new AgentSpec.Wire("stdin", false, false));
        System.out.println("runs");
        Thread.sleep(600_000);
    }

    private static String file(Path path) {
        return "{\"file\":{\"path\":\"" + path + "\"}}";
    }

    private static void start(Nodes nodes, String node, String type, String settings, AgentSpec.Wire... wires) {
        AgentSpec spec =
                AgentSpec.of(List.of()).with(List.of(wires), Optional.of(new AgentSpec.Builtin(type, settings)));
        nodes.start("shop/" + node, 1, spec, new NodeRunner.Listener() {
            @Override
            public void started() {}

            @Override
            public void ready() {}

            @Override
            public void log(String line) {
                System.out.println(node + ": " + line);
            }

            @Override
            public void waiting(String reason) {}

            @Override
            public void ended(int status, String message) {
                System.out.println(node + " ended with " + status + ": " + message);
            }
        });
    }

    private Process process() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledNodesTest.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("runs", out.readLine(), Files.readString(folder.resolve("errors")));
        Thread.ofVirtual().start(() -> out.lines().forEach(line -> said.add(line)));
        return process;
    }

    private final List<String> said = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Test
    @Timeout(240)
    void shouldNeitherLoseNorDoubleALineOverKills() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> expected = new ArrayList<>();
        try (LinuxPipes pipes = new LinuxPipes(folder.resolve("pipes"))) {
            List<Pipe> held = new ArrayList<>();
            KEPT.forEach(name -> held.add(pipes.kept(name)));
            for (String channel : List.of("a stdout", "b stdin", "b stdout", "c stdin")) {
                String[] words = channel.split(" ");
                pipes.makeChannel("shop/" + words[0], words[1], OptionalLong.empty());
            }
            Thread mover = mover(pipes);
            int number = 0;
            for (int kill = 0; kill <= KILLS; kill++) {
                Process process = process();
                for (int burst = 0; burst < 5; burst++) {
                    StringBuilder text = new StringBuilder();
                    for (int i = random.nextInt(4_000); i >= 0; i--) {
                        String line = number++ + " " + "x".repeat(random.nextInt(20) == 0 ? random.nextInt(9_000) : 30);
                        text.append(line).append('\n');
                        expected.addAll(Changer.changed(line));
                    }
                    Files.writeString(folder.resolve("in"), text, CREATE, APPEND);
                    Thread.sleep(random.nextInt(200));
                }
                if (kill < KILLS) {
                    process.destroyForcibly().waitFor();
                } else {
                    awaitSize(expected, seed);
                    process.destroyForcibly().waitFor();
                }
            }
            mover.interrupt();
            mover.join();
            held.forEach(Pipe::close);
        }
        List<String> found = Files.readAllLines(folder.resolve("out"));
        for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
            assertEquals(expected.get(i), found.get(i), "line " + i + ", seed " + seed + said);
        }
        assertEquals(expected.size(), found.size(), "seed " + seed + said);
        assertTrue(said.isEmpty(), said.toString());
    }

    private void awaitSize(List<String> expected, long seed) throws Exception {
        long bytes = expected.stream().mapToLong(line -> line.length() + 1L).sum();
        Path out = folder.resolve("out");
        for (int i = 0; !Files.exists(out) || Files.size(out) < bytes; i++) {
            assertTrue(i < 12_000, "not all came; seed " + seed + said);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private Thread mover(LinuxPipes pipes) {
        return Thread.ofPlatform().start(() -> {
            try (Pipe a = pipes.open("shop/a", "stdout", OptionalLong.empty());
                    Pipe b = pipes.open("shop/b", "stdin", OptionalLong.empty());
                    Pipe after = pipes.open("shop/b", "stdout", OptionalLong.empty());
                    Pipe c = pipes.open("shop/c", "stdin", OptionalLong.empty());
                    Poller poller = pipes.poller()) {
                while (!Thread.currentThread().isInterrupted()) {
                    if (a.moveTo(b, 1 << 20) + after.moveTo(c, 1 << 20) == 0) {
                        poller.await(1, key -> {});
                    }
                }
            }
        });
    }
}
