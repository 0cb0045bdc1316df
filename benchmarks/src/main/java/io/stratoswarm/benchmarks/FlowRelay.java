package io.stratoswarm.benchmarks;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.core.pipe.LinuxPipes;
import io.stratoswarm.graphops.flow.FlowControl;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Records of 200 bytes through one flow, beside {@code a | cat | b} in the same run, everything on one processor: start it under
 * {@code taskset}. Both read the same file with {@code cat} and end in {@code cat >/dev/null}. Rounds of both take turns, and each
 * ratio is of two rounds that follow each other, so that a machine that is busy with other things is busy for both. On one
 * processor that nobody else uses, the time on the clock is the sum of the processor times of all three; the ratio of these is told
 * as well, since it holds on a busy machine too.
 */
public final class FlowRelay {
    private static final int RECORD = 200;
    private static final int RECORDS = 1_000_000;
    private static final int TIMES = 4;
    private static final int ROUNDS = Integer.getInteger("rounds", 9);
    private static final int WARM_UP = Integer.getInteger("warmup", 6);
    private static final double NO_LIMIT = 1e12;

    private FlowRelay() {}

    /** A figure: how the flow is made, to how many receivers it leads, and what is to be reached. */
    private record Figure(String name, Framing framing, boolean routed, double goal) {}

    public static void main(String[] arguments) throws Exception {
        Folders folders = Folders.create();
        Path folder = folders.root();
        Path shared = Files.isDirectory(Path.of("/dev/shm"))
                ? Files.createTempFile(Path.of("/dev/shm"), "records", ".jsonl")
                : folder.resolve("records.jsonl");
        try {
            write(shared);
            String only = arguments.length > 0 ? arguments[0] : "";
            for (Figure figure : List.of(
                    new Figure("lines, ledger on", Framing.LINES, false, 0.9),
                    new Figure("bytes", Framing.BYTES, false, 1.0),
                    new Figure("lines, rate limit and predicate route", Framing.LINES, true, 0.5))) {
                if (figure.name().startsWith(only)) {
                    measure(figure, shared, folder);
                }
            }
        } finally {
            Files.delete(shared);
            folders.remove();
        }
    }

    private static void write(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (int i = 0; i < RECORDS; i++) {
                String head = "{\"seq\":" + i + ",\"level\":" + i % 8 + ",\"user\":{\"id\":\"u" + i % 1000
                        + "\"},\"message\":\"";
                String record = head + "x".repeat(RECORD - head.length() - 3) + "\"}\n";
                out.write(record.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void measure(Figure figure, Path file, Path folder) throws Exception {
        List<Double> ratios = new ArrayList<>();
        List<Double> work = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        try (Rig rig = new Rig(figure, folder.resolve(figure.name().replaceAll("\\W+", "-")), file)) {
            for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                Spent peer = Spent.by(List.of(), () -> peer(file));
                Spent flow = Spent.by(rig.readers, rig::round);
                if (i >= WARM_UP) {
                    ratios.add(peer.seconds() / flow.seconds());
                    work.add(peer.processorSeconds() / flow.processorSeconds());
                    ours.add(flow.seconds());
                    theirs.add(peer.seconds());
                }
            }
        }
        double records = (double) RECORDS * TIMES;
        System.out.printf(
                Locale.ROOT,
                "%-38s %5.2f M records/s; a | cat | b %5.2f; ratio %.2f (of %d: %.2f to %.2f), of processor time"
                        + " %.2f; to reach %.1f%n",
                figure.name(),
                records / median(ours) / 1e6,
                records / median(theirs) / 1e6,
                median(ratios),
                ROUNDS,
                ratios.stream().min(Double::compare).orElse(0.0),
                ratios.stream().max(Double::compare).orElse(0.0),
                median(work),
                figure.goal());
    }

    /** What a round took: on the clock, and of processors, by this process, its children that have ended, and some that have not. */
    private record Spent(double seconds, double processorSeconds) {
        private static final double TICKS = 100;

        interface Work {
            void run() throws Exception;
        }

        static Spent by(List<Process> others, Work work) throws Exception {
            double before = processor(others);
            long begun = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Spent(seconds, processor(others) - before);
        }

        /** See proc_pid_stat(5): utime, stime, cutime and cstime are the fields 14 to 17. */
        private static double processor(List<Process> others) throws IOException {
            double sum = ticks("self", 4);
            for (Process other : others) {
                sum += ticks(Long.toString(other.pid()), 2);
            }
            return sum / TICKS;
        }

        private static double ticks(String process, int fields) throws IOException {
            String stat = Files.readString(Path.of("/proc", process, "stat"));
            String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double sum = 0;
            for (int i = 0; i < fields; i++) {
                sum += Long.parseLong(rest[11 + i]);
            }
            return sum;
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String files(Path file) {
        return (" " + file).repeat(TIMES);
    }

    private static void peer(Path file) throws Exception {
        Process pipe = new ProcessBuilder("sh", "-c", "cat" + files(file) + " | cat | cat >/dev/null")
                .inheritIO()
                .start();
        if (pipe.waitFor() != 0) {
            throw new IllegalStateException("cat failed");
        }
    }

    /** The engine with one flow, and programs at its ends. */
    static final class Rig implements AutoCloseable {
        static final String GRAPH = "bench";

        private final LinuxPipes pipes;
        private final FlowControl control;
        private final Path file;
        private final Path source;
        private final List<Pipe> targets = new ArrayList<>();
        private final List<Process> readers = new ArrayList<>();
        private final Graphs.Declaration declaration;
        private long expected;

        Rig(Figure figure, Path folder, Path file) throws Exception {
            this.file = file;
            pipes = new LinuxPipes(folder.resolve("pipes"));
            source = pipes.makeChannel(GRAPH + "/a", "stdout", OptionalLong.empty());
            List<String> nodes = figure.routed() ? List.of("b", "c") : List.of("b");
            for (String node : nodes) {
                Path fifo = pipes.makeChannel(GRAPH + "/" + node, "stdin", OptionalLong.empty());
                targets.add(pipes.open(GRAPH + "/" + node, "stdin", OptionalLong.empty()));
                readers.add(new ProcessBuilder("sh", "-c", "exec cat <\"$0\" >/dev/null", fifo.toString())
                        .inheritIO()
                        .start());
            }
            declaration = new Graphs.Declaration(
                    GRAPH,
                    1,
                    false,
                    java.util.stream.Stream.concat(java.util.stream.Stream.of("a"), nodes.stream())
                            .map(it -> new NodeSpec(it, AgentSpec.of(List.of("cat")), 1, List.of()))
                            .toList(),
                    List.of(spec(figure, nodes)),
                    List.of(),
                    List.of());
            control = new FlowControl(new FlowControl.Surroundings(
                    pipes,
                    twin(QueueStore.class, Map.of()),
                    twin(Graphs.class, Map.of("declaration", Optional.of(declaration), "list", List.of())),
                    twin(Agents.class, Map.of("get", Optional.of(running()))),
                    twin(Journal.class, Map.of("append", new CompletableFuture<>())),
                    Optional::empty,
                    () -> null,
                    folder.resolve("state"),
                    "one",
                    InstantSource.system(),
                    System::nanoTime));
        }

        private static FlowSpec spec(Figure figure, List<String> nodes) {
            List<End> ends = nodes.stream().map(it -> new End(it, "stdin")).toList();
            Routing routing = figure.routed()
                    ? new Routing.Predicate(List.of(
                            new FlowSpec.Case(
                                    ends.getFirst(),
                                    Optional.of(new Condition.Compare(
                                            "level",
                                            Condition.Comparison.GREATER_OR_EQUAL,
                                            new Condition.Value.Number("4")))),
                            new FlowSpec.Case(ends.getLast(), Optional.empty())))
                    : new Routing.Copy();
            Optional<Rate> rate =
                    figure.routed() ? Optional.of(new Rate(false, NO_LIMIT, OptionalLong.empty())) : Optional.empty();
            return new FlowSpec(
                    "f",
                    new End("a", "stdout"),
                    ends,
                    figure.framing() == Framing.BYTES ? DataType.BYTES : DataType.JSON,
                    figure.framing() == Framing.BYTES ? DataType.BYTES : DataType.JSON,
                    List.of(),
                    rate,
                    figure.framing(),
                    1 << 20,
                    1 << 20,
                    new Delivery.AtMostOnce(),
                    routing,
                    Map.of());
        }

        static AgentStatus running() {
            return new AgentStatus(
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
        }

        /** Stands in for a service of core, as far as flows ask it. */
        static <T> T twin(Class<T> type, Map<String, Object> answers) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
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
                        return answer instanceof CompletableFuture ? CompletableFuture.completedFuture(null) : answer;
                    }));
        }

        void round() throws Exception {
            long bytes = Files.size(file) * TIMES;
            expected += bytes;
            Process writer = new ProcessBuilder("sh", "-c", "exec cat" + files(file) + " >\"$0\"", source.toString())
                    .inheritIO()
                    .start();
            writer.waitFor();
            FlowLedger ledger = control.status(GRAPH).getFirst().ledger();
            while (ledger.deliveredBytes() < expected || targets.stream().anyMatch(it -> it.waiting() > 0)) {
                Thread.sleep(1);
                ledger = control.status(GRAPH).getFirst().ledger();
            }
            if (ledger.deliveredBytes() != expected || !ledger.balanced()) {
                throw new IllegalStateException("the ledger is wrong: " + ledger);
            }
        }

        @Override
        public void close() {
            readers.forEach(Process::destroy);
            control.close();
            targets.forEach(Pipe::close);
            pipes.close();
        }
    }
}
