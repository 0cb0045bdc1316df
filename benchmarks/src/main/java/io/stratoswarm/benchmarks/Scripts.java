package io.stratoswarm.benchmarks;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.worker.ScriptCode;
import io.stratoswarm.core.worker.WorkerPool;
import io.stratoswarm.core.worker.WorkerPools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * The cost of scripts: {@code Scripts HOME [seconds]}, where HOME is a distribution. What is per core is per second of CPU of this
 * process and of the worker together, so that a busy machine changes it little.
 */
final class Scripts {
    private static final ScriptLimits LIMITS = new ScriptLimits(10_000, 1_000_000_000, 256 << 20, 16 << 20, 100_000);
    private static final List<String> LANGUAGES = List.of("js", "python");
    private static final int TICKS = 100;

    private final Path home;
    private final Path work;
    private final double seconds;

    private Scripts(Path home, Path work, double seconds) {
        this.home = home;
        this.work = work;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        Folders folders = Folders.create();
        double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 10;
        try {
            new Scripts(Path.of(arguments[0]), folders.make("workers"), seconds).run();
        } finally {
            folders.remove();
        }
    }

    private void run() throws Exception {
        for (String language : LANGUAGES) {
            start(language);
        }
        PlainJava.report(seconds);
        for (boolean interpreted : new boolean[] {true, false}) {
            System.setProperty("stratoswarm.scripts.interpreted", Boolean.toString(interpreted));
            for (String language : LANGUAGES) {
                try (WorkerPool pool = pool()) {
                    String how = interpreted ? "interpreted" : "optimised";
                    policy(pool, language, how);
                    if (!interpreted) {
                        single(pool, language);
                        batched(pool, language);
                    }
                }
            }
        }
    }

    private WorkerPool pool() {
        return WorkerPools.open(home, work, Path.of(System.getProperty("java.home")), System::nanoTime);
    }

    private static WorkerPool.Code load(WorkerPool pool, String language, String name, String source, boolean batch) {
        var code = new ScriptCode(name, name, language, "benchmark", source, "react", batch, LIMITS);
        WorkerPool.Load load = pool.load(code).join();
        if (load instanceof WorkerPool.Load.Loaded loaded) {
            return loaded.code();
        }
        throw new IllegalStateException(load.toString());
    }

    /** With the cache of what Python unpacks empty at first, then full. */
    private void start(String language) throws Exception {
        for (String cache : language.equals("python") ? List.of("empty cache", "full cache") : List.of("")) {
            try (WorkerPool pool = pool()) {
                long began = System.nanoTime();
                WorkerPool.Code code = load(pool, language, "first", echo(language), false);
                long loaded = System.nanoTime();
                check(code.call(List.of("1")).join());
                long called = System.nanoTime();
                check(code.call(List.of("1")).join());
                long again = System.nanoTime();
                print(
                        "%s first script %s: loaded after %.2f s, first call %.1f ms, second %.2f ms, resident %d MiB",
                        language,
                        cache,
                        (loaded - began) / 1e9,
                        (called - loaded) / 1e6,
                        (again - called) / 1e6,
                        resident(pool));
            }
        }
    }

    private static String echo(String language) {
        return language.equals("js") ? "function react(i) { return i; }" : "def react(i):\n    return i\n";
    }

    private void single(WorkerPool pool, String language) throws Exception {
        WorkerPool.Code code = load(pool, language, "echo", echo(language), false);
        List<String> input = List.of("\"AgentExited shop/web.0\"");
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            check(code.call(input).join());
        }
        long[] nanos = new long[20_000];
        for (int i = 0; i < nanos.length; i++) {
            long began = System.nanoTime();
            check(code.call(input).join());
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        print(
                "%s round trip, single: p50 %.1f us, p99 %.1f us, least %.1f us",
                language, nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3, nanos[0] / 1e3);
    }

    private void batched(WorkerPool pool, String language) throws Exception {
        WorkerPool.Code code = load(pool, language, "batch", echo(language), true);
        List<String> inputs = Collections.nCopies(
                1_000, "\"2026-11-23 12:00:00 a line of a log, as long as lines are mostly, 80 bytes\"");
        rate(pool, code, inputs, 8, seconds);
        Rate rate = rate(pool, code, inputs, 8, seconds);
        print(
                "%s round trip, batches of 1,000 records: %,.0f records/s, %,.0f records/s a core (worker alone %,.0f)",
                language, rate.aSecond(), rate.aCore(), rate.aWorkerCore());
    }

    private void policy(WorkerPool pool, String language, String how) throws Exception {
        WorkerPool.Code code = load(pool, language, "policy", PlainJava.policy(language), false);
        List<String> inputs = Collections.nCopies(1_000, PlainJava.input());
        rate(pool, code, inputs, 4, 3 * seconds);
        Rate rate = rate(pool, code, inputs, 4, seconds);
        print(
                "%s policy on a map of 20 entries, %s: %,.0f calls/s, %,.0f calls/s a core (worker alone %,.0f)",
                language, how, rate.aSecond(), rate.aCore(), rate.aWorkerCore());
    }

    private record Rate(double aSecond, double aCore, double aWorkerCore) {}

    private static Rate rate(WorkerPool pool, WorkerPool.Code code, List<String> inputs, int window, double seconds)
            throws IOException {
        long pid = worker(pool);
        long began = System.nanoTime();
        long end = began + (long) (seconds * 1e9);
        double workerCpu = cpu(Long.toString(pid));
        double ownCpu = cpu("self");
        long records = 0;
        Deque<CompletableFuture<List<ScriptOutcome>>> flying = new ArrayDeque<>();
        while (System.nanoTime() < end) {
            flying.add(code.call(inputs));
            if (flying.size() >= window) {
                records += check(flying.remove().join());
            }
        }
        while (!flying.isEmpty()) {
            records += check(flying.remove().join());
        }
        double wall = (System.nanoTime() - began) / 1e9;
        workerCpu = cpu(Long.toString(pid)) - workerCpu;
        return new Rate(records / wall, records / (workerCpu + cpu("self") - ownCpu), records / workerCpu);
    }

    private static int check(List<ScriptOutcome> outcomes) {
        for (ScriptOutcome outcome : outcomes) {
            if (!outcome.ok()) {
                throw new IllegalStateException(outcome.toString());
            }
        }
        return outcomes.size();
    }

    private static long worker(WorkerPool pool) {
        return pool.workers().stream()
                .filter(it -> !it.spare())
                .findFirst()
                .orElseThrow()
                .pid();
    }

    private static double cpu(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields =
                Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / (double) TICKS;
    }

    private static long resident(WorkerPool pool) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + worker(pool) + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
