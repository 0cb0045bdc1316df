package io.stratoswarm.benchmarks;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.metric.MetricOptions;
import io.stratoswarm.core.metric.OpenMetricStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bytes, CPU and query times of the store of metrics. Real processes of this host are recorded for a minute; each agent then
 * behaves as one of them (half of the agents as one of the busiest quarter), under a clock that is moved second by second. Beside
 * it the same values in a Gorilla library and in rows of SQLite. Arguments: agents, hours, seed.
 */
final class Metrics {
    private static final int RECORD_SECONDS = 60;
    private static final int DAY_AGENTS = 10;
    private static final long START = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();
    private static final MetricOptions OPTIONS =
            new MetricOptions(26 * MetricOptions.HOUR, 240 * MetricOptions.HOUR, 64L << 30, 1_000, 100_000);

    private final List<long[][]> traces;
    private final long seed;
    private volatile long now = START;
    private long recordNanos;
    private long stepNanos;
    private long longestStepNanos;

    private Metrics(List<long[][]> traces, long seed) {
        this.traces = traces;
        this.seed = seed;
    }

    public static void main(String[] arguments) throws Exception {
        int agents = Integer.parseInt(arguments[0]);
        int hours = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        List<long[][]> traces = ProcessTraces.record(RECORD_SECONDS);
        System.out.printf(
                "recorded %d processes for %d s; the busiest used %.1f %% of a core, the median one %.3f %%; seed %d%n",
                traces.size(), RECORD_SECONDS, cpu(traces.getFirst()), cpu(traces.get(traces.size() / 2)), seed);
        Folders folders = Folders.create();
        try {
            new Metrics(traces, seed).write(folders.make("many"), agents, hours, false);
            System.out.println("the same, every agent as one of the five busiest processes:");
            new Metrics(traces.subList(0, Math.min(5, traces.size())), seed).write(folders.make("busy"), 100, 1, false);
            new Metrics(traces, seed).write(folders.make("day"), DAY_AGENTS, 24, true);
            MetricPeers.run(folders.make("peers"), agents(traces, seed, DAY_AGENTS), 2 * 3_600, START);
        } finally {
            folders.remove();
        }
    }

    private static double cpu(long[][] trace) {
        return (trace[RECORD_SECONDS][2] - trace[0][2]) / 1e7 / RECORD_SECONDS;
    }

    static List<SimulatedAgent> agents(List<long[][]> traces, long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<SimulatedAgent> agents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int among = i % 2 == 0 ? Math.max(1, traces.size() / 4) : traces.size();
            agents.add(new SimulatedAgent(traces.get(random.nextInt(among)), random.split()));
        }
        return agents;
    }

    private void write(Path folder, int agents, int hours, boolean query) throws Exception {
        InstantSource clock = () -> Instant.ofEpochMilli(now);
        try (OpenJournal journal =
                        new OpenJournal(folder, JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom());
                OpenMetricStore metrics = OpenMetricStore.open(
                        folder.resolve("metrics"), journal.journal(), journal.blobs(), clock, OPTIONS)) {
            for (int i = 0; i < ProcessTraces.NAMES.length; i++) {
                metrics.declare(new MetricInfo(
                        ProcessTraces.NAMES[i],
                        i < ProcessTraces.COUNTERS ? MetricInfo.Kind.COUNTER : MetricInfo.Kind.GAUGE,
                        "",
                        ""));
            }
            long samples = fill(metrics, agents, hours);
            now += 60_000;
            metrics.step();
            long file = Files.size(folder.resolve("metrics/data.mdb"));
            System.out.printf(
                    "%d agents x %d metrics x %d h: %d samples, %.3f bytes a sample in the file, %.3f in use;"
                            + " CPU a sample: %.0f ns to take in, %.0f ns to store (longest step %.0f ms)%n",
                    agents,
                    ProcessTraces.NAMES.length,
                    hours,
                    samples,
                    (double) file / samples,
                    (double) metrics.bytes() / samples,
                    (double) recordNanos / samples,
                    (double) stepNanos / samples,
                    longestStepNanos / 1e6);
            if (query) {
                queries(metrics);
            }
        }
    }

    private long fill(OpenMetricStore metrics, int count, int hours) {
        var threads = ManagementFactory.getThreadMXBean();
        List<SimulatedAgent> agents = agents(traces, seed, count);
        Series[][] series = new Series[count][ProcessTraces.NAMES.length];
        for (int a = 0; a < count; a++) {
            for (int m = 0; m < series[a].length; m++) {
                series[a][m] = Series.of("graph" + a / 10 + "/node." + a % 10, ProcessTraces.NAMES[m]);
            }
        }
        long samples = 0;
        List<Sample> batch = new ArrayList<>(count * ProcessTraces.NAMES.length);
        for (long second = 0; second < hours * 3_600L; second++) {
            now = START + second * 1_000;
            batch.clear();
            for (int a = 0; a < count; a++) {
                SimulatedAgent agent = agents.get(a);
                agent.second();
                for (int m = 0; m < series[a].length; m++) {
                    batch.add(new Sample(series[a][m], now, agent.value(m)));
                }
            }
            long before = threads.getCurrentThreadCpuTime();
            metrics.record(batch);
            long taken = threads.getCurrentThreadCpuTime();
            recordNanos += taken - before;
            samples += batch.size();
            if (second % 30 == 29) {
                metrics.step();
                long step = threads.getCurrentThreadCpuTime() - taken;
                stepNanos += step;
                longestStepNanos = Math.max(longestStepNanos, step);
            }
        }
        return samples;
    }

    private void queries(OpenMetricStore metrics) {
        SplittableRandom random = new SplittableRandom(seed);
        for (long step : new long[] {60_000, 300_000, 1_000, 0}) {
            double[] millis = new double[200];
            long points = 0;
            for (int round = -20; round < millis.length; round++) {
                int agent = random.nextInt(DAY_AGENTS);
                MetricQuery query = new MetricQuery(
                        "graph" + agent / 10 + "/node." + agent % 10,
                        ProcessTraces.NAMES[random.nextInt(ProcessTraces.NAMES.length)],
                        Collections.emptySortedMap(),
                        START,
                        START + 24 * MetricOptions.HOUR,
                        step,
                        MetricQuery.Aggregate.values()[random.nextInt(7)]);
                long began = System.nanoTime();
                points += metrics.query(query).getFirst().timesMillis().length;
                if (round >= 0) {
                    millis[round] = (System.nanoTime() - began) / 1e6;
                }
            }
            Arrays.sort(millis);
            System.out.printf(
                    "one metric over 24 h, step %d s: p50 %.2f ms, p99 %.2f ms (%d points a query)%n",
                    step / 1_000, millis[100], millis[198], points / 220);
        }
    }
}
