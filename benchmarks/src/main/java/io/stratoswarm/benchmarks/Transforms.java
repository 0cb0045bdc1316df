package io.stratoswarm.benchmarks;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.core.pipe.LinuxPipes;
import io.stratoswarm.core.worker.ScriptCode;
import io.stratoswarm.core.worker.WorkerPool;
import io.stratoswarm.core.worker.WorkerPools;
import io.stratoswarm.graphops.flow.FlowControl;
import io.stratoswarm.graphops.node.Nodes;
import io.stratoswarm.graphops.script.FlowScripts;
import io.stratoswarm.graphops.script.ScriptType;
import io.stratoswarm.graphops.script.TransformKind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * Records a second through a script node and through a flow with a script on it, from pipe to pipe, both exact over a kill: {@code
 * Transforms HOME [seconds]}, where HOME is a distribution. JSON of about 200 bytes; the script adds a field. What is per core is per second of CPU of this process, which
 * also makes and reads the records, and of the worker.
 */
final class Transforms {
    private static final ScriptLimits LIMITS = new ScriptLimits(10_000, 1_000_000_000, 256 << 20, 16 << 20, 100_000);
    private static final int TICKS = 100;
    private static final int WARM_UP = 10;
    private static final String RECORD =
            "{\"source\":\"example\",\"number\":%d,\"value\":0.52,\"host\":\"worker-7.example\",\"message\":\""
                    + "x".repeat(110) + "\"}\n";
    private static final Map<String, String> CODE = Map.of(
            "js",
            "function transform(records) { return records.map(r => ({...r, twice: 2 * r.value})); }",
            "python",
            "def transform(records):\n    return [dict(r, twice=2 * r['value']) for r in records]\n");

    /** Where the script is, and between which channels. */
    private enum Way {
        NODE(new String[] {"g/s", "stdin"}, new String[] {"g/s", "stdout"}),
        FLOW(new String[] {"bench/a", "stdout"}, new String[] {"bench/b", "stdin"});

        private final String[] from;
        private final String[] to;

        Way(String[] from, String[] to) {
            this.from = from;
            this.to = to;
        }
    }

    private final Path home;
    private final Folders folders;
    private final double seconds;
    private int made;

    private Transforms(Path home, Folders folders, double seconds) {
        this.home = home;
        this.folders = folders;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        Folders folders = Folders.create();
        try {
            double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 5;
            new Transforms(Path.of(arguments[0]), folders, seconds).run();
        } finally {
            folders.remove();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        for (String language : List.of("js", "python")) {
            try (WorkerPool pool = WorkerPools.open(
                    home,
                    folders.make("workers-" + language),
                    Path.of(System.getProperty("java.home")),
                    System::nanoTime)) {
                WorkerPool.Load load = pool.load(new ScriptCode(
                                "bench",
                                "bench",
                                language,
                                "flow",
                                Objects.requireNonNull(CODE.get(language)),
                                "transform",
                                true,
                                LIMITS))
                        .join();
                if (!(load instanceof WorkerPool.Load.Loaded loaded)) {
                    throw new IllegalStateException(load.toString());
                }
                // An interpreter that compiles as it goes is slow for long; Python for about a minute.
                measure(Way.NODE, language, 256, pool, loaded.code(), WARM_UP * seconds);
                for (Way way : Way.values()) {
                    measure(way, language, 256, pool, loaded.code(), seconds);
                    for (int batch : new int[] {1, 16, 256, 1_024, 4_096}) {
                        Scripts.print("%s", measure(way, language, batch, pool, loaded.code(), seconds));
                    }
                }
            }
        }
    }

    private String measure(Way way, String language, int batch, WorkerPool pool, WorkerPool.Code code, double time)
            throws Exception {
        Path folder = folders.make(way + "-" + language + "-" + made++);
        TransformKind kind = new TransformKind(name -> Optional.empty(), Executors.newVirtualThreadPerTaskExecutor());
        kind.loaded(new Loaded(language, code));
        try (LinuxPipes pipes = new LinuxPipes(folder.resolve("pipes"));
                AutoCloseable running =
                        way == Way.FLOW ? flow(folder, kind, batch, pipes) : node(folder, kind, batch, pipes)) {
            Thread feeder = Thread.ofPlatform().start(() -> feed(pipes, way.from));
            double cpu = cpu("self") + cpu(worker(pool));
            long began = System.nanoTime();
            long records = take(pipes, way.to, began + (long) (time * 1e9));
            double wall = (System.nanoTime() - began) / 1e9;
            double used = cpu("self") + cpu(worker(pool)) - cpu;
            feeder.interrupt();
            feeder.join();
            return String.format(
                    java.util.Locale.ROOT,
                    "%s, script on a %s, batches of at most %,d: %,.0f records/s, %,.0f a core",
                    language,
                    way.name().toLowerCase(java.util.Locale.ROOT),
                    batch,
                    records / wall,
                    records / used);
        }
    }

    private static AutoCloseable node(Path folder, TransformKind kind, int batch, LinuxPipes pipes) throws IOException {
        Nodes nodes = new Nodes(folder.resolve("nodes"), "boot", pipes, name -> Optional.of(graph()));
        nodes.add(new ScriptType(kind, folder.resolve("nodes")::resolve, InstantSource.system()));
        pipes.makeChannel("g/s", "stdin", OptionalLong.empty());
        pipes.makeChannel("g/s", "stdout", OptionalLong.empty());
        AgentSpec spec = AgentSpec.of(List.of())
                .with(
                        List.of(new AgentSpec.Wire("stdin", false, false), new AgentSpec.Wire("stdout", true, false)),
                        Optional.of(new AgentSpec.Builtin("script", "{\"script\":\"bench\",\"batch\":" + batch + "}")));
        nodes.start("g/s", 1, spec, new Silent());
        return () -> {
            nodes.kill("g/s", 1);
            nodes.close();
        };
    }

    /** The real engine of flows, with stand-ins for the services that tell it what to run. */
    private static AutoCloseable flow(Path folder, TransformKind kind, int batch, LinuxPipes pipes) {
        pipes.makeChannel("bench/a", "stdout", OptionalLong.empty());
        pipes.makeChannel("bench/b", "stdin", OptionalLong.empty());
        Graphs.Declaration declaration = new Graphs.Declaration(
                FlowRelay.Rig.GRAPH,
                1,
                false,
                java.util.stream.Stream.of("a", "b")
                        .map(it -> new NodeSpec(it, AgentSpec.of(List.of("cat")), 1, List.of()))
                        .toList(),
                List.of(flow("a", "b", List.of(new FlowSpec.Transform.Script("bench", batch)))),
                List.of(),
                List.of());
        return new FlowControl(new FlowControl.Surroundings(
                pipes,
                FlowRelay.Rig.twin(QueueStore.class, Map.of()),
                FlowRelay.Rig.twin(Graphs.class, Map.of("declaration", Optional.of(declaration), "list", List.of())),
                FlowRelay.Rig.twin(Agents.class, Map.of("get", Optional.of(FlowRelay.Rig.running()))),
                FlowRelay.Rig.twin(Journal.class, Map.of("append", new CompletableFuture<>())),
                Optional::empty,
                () -> new FlowScripts(kind),
                folder.resolve("state"),
                "one",
                InstantSource.system(),
                System::nanoTime));
    }

    private static Graphs.Declaration graph() {
        return new Graphs.Declaration(
                "g",
                1,
                false,
                List.of(),
                List.of(flow("a", "s", List.of()), flow("s", "b", List.of())),
                List.of(),
                List.of());
    }

    private static FlowSpec flow(String from, String to, List<FlowSpec.Transform> transforms) {
        return new FlowSpec(
                from + to,
                new FlowSpec.End(from, "stdout"),
                List.of(new FlowSpec.End(to, "stdin")),
                DataType.JSON,
                DataType.JSON,
                transforms,
                Optional.empty(),
                FlowSpec.Framing.LINES,
                1 << 20,
                1 << 20,
                new FlowSpec.Delivery.AtMostOnce(),
                new FlowSpec.Routing.Copy(),
                Map.of());
    }

    private static void feed(LinuxPipes pipes, String[] channel) {
        try (Arena arena = Arena.ofConfined();
                Pipe pipe = pipes.open(channel[0], channel[1], OptionalLong.empty())) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 5_000; i++) {
                text.append(String.format(RECORD, i));
            }
            MemorySegment all =
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, text.toString().getBytes(StandardCharsets.UTF_8));
            for (long at = 0; !Thread.currentThread().isInterrupted(); at %= all.byteSize()) {
                long written = pipe.write(all.asSlice(at));
                at += written;
                if (written == 0) {
                    Thread.sleep(1);
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static long take(LinuxPipes pipes, String[] channel, long until) throws InterruptedException {
        long lines = 0;
        try (Arena arena = Arena.ofConfined();
                Pipe pipe = pipes.open(channel[0], channel[1], OptionalLong.empty())) {
            MemorySegment into = arena.allocate(1 << 20);
            while (System.nanoTime() < until) {
                long read = pipe.read(into);
                for (long i = 0; i < read; i++) {
                    lines += into.get(ValueLayout.JAVA_BYTE, i) == '\n' ? 1 : 0;
                }
                if (read == 0) {
                    Thread.sleep(1);
                }
            }
        }
        return lines;
    }

    private static String worker(WorkerPool pool) {
        return Long.toString(pool.workers().stream()
                .filter(it -> !it.spare())
                .findFirst()
                .orElseThrow()
                .pid());
    }

    private static double cpu(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields =
                Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / (double) TICKS;
    }

    /** A script without the folder that it would lie in. */
    private record Loaded(String language, WorkerPool.Code code) implements LoadedScript {
        @Override
        public ScriptHeader header() {
            return new ScriptHeader("bench", "transform", language, "", "{}", LIMITS, List.of());
        }

        @Override
        public String hash() {
            return "";
        }

        @Override
        public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs) {
            return code.call(inputs);
        }

        @Override
        public void misbehaved(String what) {
            throw new IllegalStateException(what);
        }
    }

    /** Tells of failures alone. */
    private static final class Silent implements NodeRunner.Listener {
        @Override
        public void started() {}

        @Override
        public void ready() {}

        @Override
        public void log(String line) {
            Scripts.print("%s", line);
        }

        @Override
        public void waiting(String reason) {
            Scripts.print("waits: %s", reason);
        }

        @Override
        public void ended(int status, String message) {
            if (status != 137) {
                Scripts.print("ended with %s: %s", status, message);
            }
        }
    }
}
