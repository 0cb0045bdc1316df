package io.stratoswarm.graphops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A runner of nodes on real pipes, and the graph {@code shop}; the test has the other ends of the pipes. */
public final class NodeRig implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Path root;
    private final LinuxPipes pipes;
    private final Map<String, FlowSpec> flows = new HashMap<>();
    private final Map<String, Long> incarnations = new HashMap<>();
    private final List<NodeType> types;
    private Nodes nodes;
    private String boot = "boot-1";

    public NodeRig(Path root, NodeType... types) throws IOException {
        this.root = root;
        this.types = List.of(types);
        pipes = new LinuxPipes(root.resolve("pipes"));
        nodes = open();
    }

    private Nodes open() throws IOException {
        Nodes opened = new Nodes(root.resolve("nodes"), boot, pipes, this::declaration);
        types.forEach(opened::add);
        return opened;
    }

    public Nodes nodes() {
        return nodes;
    }

    public LinuxPipes pipes() {
        return pipes;
    }

    /** Ends the runner and makes another one on what it kept. */
    public void restart() throws IOException {
        nodes.close();
        nodes = open();
    }

    /** The host has crashed: what was in pipes is gone. */
    public void rebooted() {
        boot += "x";
    }

    private Optional<Graphs.Declaration> declaration(String name) {
        List<NodeSpec> declared = flows.values().stream()
                .flatMap(
                        flow -> List.of(flow.from().node(), flow.to().getFirst().node()).stream())
                .distinct()
                .map(id -> new NodeSpec(id, AgentSpec.of(List.of()), 1, List.of()))
                .toList();
        return Optional.of(
                new Graphs.Declaration(name, 1, false, declared, List.copyOf(flows.values()), List.of(), List.of()));
    }

    /** A flow from {@code node.channel} to {@code node.channel}. */
    public void flow(String from, String to, FlowSpec.Framing framing, DataType data, long maxRecord) {
        flows.put(
                from + to,
                new FlowSpec(
                        "f" + flows.size(),
                        end(from),
                        List.of(end(to)),
                        data,
                        data,
                        List.of(),
                        Optional.empty(),
                        framing,
                        maxRecord,
                        1 << 20,
                        new FlowSpec.Delivery.AtMostOnce(),
                        new FlowSpec.Routing.Copy(),
                        Map.of()));
    }

    private static FlowSpec.End end(String text) {
        String[] words = text.split("\\.");
        return new FlowSpec.End(words[0], words[1]);
    }

    /** @param wires names of channels; those that the node writes to begin with {@code >} */
    public Agent start(String node, String type, String settings, String... wires) {
        String id = "shop/" + node;
        List<AgentSpec.Wire> all = new ArrayList<>();
        for (String wire : wires) {
            String channel = wire.replace(">", "");
            all.add(new AgentSpec.Wire(channel, wire.startsWith(">"), false));
            if (!incarnations.containsKey(id)) {
                pipes.makeChannel(id, channel, OptionalLong.empty());
            }
        }
        long incarnation = incarnations.merge(id, 1L, Long::sum);
        AgentSpec spec = AgentSpec.of(List.of()).with(all, Optional.of(new AgentSpec.Builtin(type, settings)));
        Agent agent = new Agent(id, incarnation);
        nodes.start(id, incarnation, spec, agent);
        return agent;
    }

    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (long left = PATIENCE_SECONDS * 1_000; left > 0; left -= 5) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(5);
        }
        fail("after " + PATIENCE_SECONDS + " s still not so: " + what);
    }

    @Override
    public void close() {
        nodes.close();
        pipes.close();
    }

    /** An incarnation, seen from its supervisor and from the flows. */
    public final class Agent implements NodeRunner.Listener {
        public final List<String> log = new CopyOnWriteArrayList<>();
        public final CompletableFuture<Integer> status = new CompletableFuture<>();
        public volatile String message = "";
        public volatile String waits = "";
        public volatile boolean ready;
        private final String id;
        private final long incarnation;
        private final Map<String, Pipe> opened = new HashMap<>();
        private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

        Agent(String id, long incarnation) {
            this.id = id;
            this.incarnation = incarnation;
        }

        @Override
        public void started() {}

        @Override
        public void ready() {
            ready = true;
        }

        @Override
        public void log(String line) {
            log.add(line);
        }

        @Override
        public void waiting(String reason) {
            waits = reason;
            log.add(reason.isEmpty() ? "goes on" : "waits: " + reason);
        }

        @Override
        public void ended(int ended, String why) {
            message = why;
            status.complete(ended);
        }

        public int ended() throws Exception {
            return status.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        public void awaitReady() throws InterruptedException {
            await("ready: " + message + log, () -> ready);
        }

        public void stop() throws Exception {
            nodes.stop(id, incarnation);
            assertEquals(0, ended(), message);
        }

        public void kill() throws Exception {
            nodes.kill(id, incarnation);
            assertTrue(ended() != 0);
        }

        public void endInput() {
            nodes.endInput(id, incarnation, "stdin");
        }

        private Pipe pipe(String channel) {
            return opened.computeIfAbsent(channel, name -> pipes.open(id, name, OptionalLong.empty()));
        }

        /** What is in its output now. */
        public byte[] bytes() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment into = arena.allocate(1 << 20);
                long read = pipe("stdout").read(into);
                return into.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        public List<String> lines(int count) throws InterruptedException {
            List<String> lines = new ArrayList<>();
            await(count + " lines; there are " + lines, () -> {
                rest.writeBytes(bytes());
                String text = rest.toString(StandardCharsets.UTF_8);
                int from = 0;
                for (int end = text.indexOf('\n'); end >= 0 && lines.size() < count; end = text.indexOf('\n', from)) {
                    lines.add(text.substring(from, end));
                    from = end + 1;
                }
                rest.reset();
                rest.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
                return lines.size() >= count;
            });
            return lines;
        }

        public void assertNothingMore() {
            rest.writeBytes(bytes());
            assertEquals("", rest.toString(StandardCharsets.UTF_8));
        }

        public void give(byte[] bytes) throws InterruptedException {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                long[] at = {0};
                await("room in its input", () -> {
                    if (at[0] < bytes.length) {
                        at[0] += pipe("stdin").write(from.asSlice(at[0]));
                    }
                    return at[0] == bytes.length;
                });
            }
        }

        public void give(String... lines) throws InterruptedException {
            give((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
