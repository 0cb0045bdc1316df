package io.stratoswarm.benchmarks;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.core.pipe.LinuxPipes;
import io.stratoswarm.core.store.LmdbQueueStore;
import io.stratoswarm.graphops.flow.FlowControl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Records of 200 bytes from {@code cat} through a flow that delivers at least once to a program that reads them and acknowledges each
 * hundred: durable queue, every append synced. From the first byte to the last acknowledgement. What appends take, which is mostly
 * the disk's sync, is told as a share of the time.
 */
public final class FlowsDurable {
    private static final String GRAPH = "bench";
    private static final int RECORD = 200;
    private static final int RECORDS = Integer.getInteger("records", 1_000_000);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final long BUFFER = 64L << 20;

    private FlowsDurable() {}

    /** Times the appends of a store. */
    private record Timed(QueueStore store, AtomicLong nanos, AtomicLong appends) implements QueueStore {
        @Override
        public Queue open(String name, long maxBytes) {
            return store.open(name, maxBytes);
        }

        @Override
        public void delete(String name) {
            store.delete(name);
        }

        @Override
        public void write(List<Change> changes) {
            long begun = System.nanoTime();
            store.write(changes);
            nanos.addAndGet(System.nanoTime() - begun);
            appends.incrementAndGet();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Folders folders = Folders.create();
        try {
            Path records = folders.root().resolve("records");
            write(records);
            measure(folders.root(), records);
        } finally {
            folders.remove();
        }
    }

    private static void write(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (int i = 0; i < RECORDS; i++) {
                String head = Integer.toString(i);
                out.write((head + "x".repeat(RECORD - head.length() - 1) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void measure(Path folder, Path records) throws Exception {
        LinuxPipes pipes = new LinuxPipes(folder.resolve("pipes"));
        Path source = pipes.makeChannel(GRAPH + "/a", "stdout", OptionalLong.empty());
        Path input = pipes.makeChannel(GRAPH + "/b", "stdin", OptionalLong.of(1));
        Path done = pipes.makeChannel(GRAPH + "/b", "done", OptionalLong.of(1));
        String program = "$| = 1; open(A, \">\", $ENV{DONE}); select(A); $| = 1;"
                + " while (<STDIN>) { print A $. - 99, \"-\", $., \"\\n\" if $. % 100 == 0 }";
        ProcessBuilder reader = new ProcessBuilder("perl", "-e", program)
                .redirectInput(input.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        reader.environment().put("DONE", done.toString());
        Process receiver = reader.start();
        try (LmdbQueueStore lmdb = new LmdbQueueStore(folder.resolve("queues"))) {
            Timed store = new Timed(lmdb, new AtomicLong(), new AtomicLong());
            try (FlowControl control = control(pipes, store, folder)) {
                rounds(control, store, source, records);
            }
        } finally {
            receiver.destroyForcibly();
            pipes.close();
        }
    }

    private static void rounds(FlowControl control, Timed store, Path source, Path records) throws Exception {
        double[] rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            store.nanos().set(0);
            store.appends().set(0);
            long expected = (round + 1L) * RECORDS;
            long begun = System.nanoTime();
            Process writer = new ProcessBuilder(
                            "sh", "-c", "exec cat \"$1\" >\"$0\"", source.toString(), records.toString())
                    .inheritIO()
                    .start();
            writer.waitFor();
            FlowLedger ledger = control.status(GRAPH).getFirst().ledger();
            while (ledger.delivered() < expected
                    || ledger.receivers().getFirst().unacknowledged() > 0) {
                Thread.sleep(1);
                ledger = control.status(GRAPH).getFirst().ledger();
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            rates[round] = RECORDS / seconds;
            if (ledger.read() != expected || !ledger.balanced()) {
                throw new IllegalStateException("the ledger is wrong: " + ledger);
            }
            System.out.printf(
                    Locale.ROOT,
                    "round %d: %,.0f records/s; %d appends of %.0f us, %.0f %% of the time%n",
                    round + 1,
                    rates[round],
                    store.appends().get(),
                    store.nanos().get() / 1e3 / Math.max(1, store.appends().get()),
                    store.nanos().get() / 1e7 / seconds);
        }
        System.out.printf(
                Locale.ROOT,
                "at least once, ack on a channel, %d bytes: median %,.0f records/s; to reach 200,000%n",
                RECORD,
                Appends.median(rates));
    }

    private static FlowControl control(LinuxPipes pipes, QueueStore store, Path folder) {
        FlowSpec flow = new FlowSpec(
                "f",
                new End("a", "stdout"),
                List.of(new End("b", "stdin")),
                DataType.TEXT,
                DataType.TEXT,
                List.of(),
                Optional.empty(),
                Framing.LINES,
                1 << 20,
                BUFFER,
                new Delivery.AtLeastOnce(new Ack.OnChannel("done")),
                new Routing.Copy(),
                Map.of());
        AgentSpec spec = AgentSpec.of(List.of("cat"));
        AgentSpec wired =
                spec.with(List.of(new Wire("stdin", false, true), new Wire("done", true, true)), Optional.empty());
        Graphs.Declaration declaration = new Graphs.Declaration(
                GRAPH,
                1,
                false,
                List.of(new NodeSpec("a", spec, 1, List.of()), new NodeSpec("b", wired, 1, List.of())),
                List.of(flow),
                List.of(),
                List.of());
        AgentStatus running = new AgentStatus(
                "any",
                GRAPH,
                "any",
                0,
                AgentPhase.READY,
                "",
                0,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "");
        return new FlowControl(new FlowControl.Surroundings(
                pipes,
                store,
                twin(Graphs.class, Map.of("declaration", Optional.of(declaration), "list", List.of())),
                twin(Agents.class, Map.of("get", Optional.of(running))),
                twin(Journal.class, Map.of("append", "later")),
                Optional::empty,
                () -> null,
                folder.resolve("flows"),
                "one",
                InstantSource.system(),
                System::nanoTime));
    }

    /** Stands in for a service of core, as far as flows ask it. */
    private static <T> T twin(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (method.getName().equals("watch")) {
                @SuppressWarnings("unchecked")
                Consumer<String> changed = (Consumer<String>) given[0];
                changed.accept(GRAPH);
                AutoCloseable nothing = () -> {};
                return nothing;
            }
            Object answer = answers.get(method.getName());
            if (answer == null) {
                throw new UnsupportedOperationException(method.toString());
            }
            return answer.equals("later") ? CompletableFuture.completedFuture(null) : answer;
        }));
    }
}
