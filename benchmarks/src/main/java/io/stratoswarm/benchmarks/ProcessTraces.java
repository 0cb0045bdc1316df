package io.stratoswarm.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the processes of this host did, second by second: twenty figures of each, as the kernel gives them. */
final class ProcessTraces {
    /** Names and divisors of the figures; the first {@link #COUNTERS} only rise. */
    static final String[] NAMES = {
        "cpu_user_seconds_total",
        "cpu_system_seconds_total",
        "cpu_run_seconds_total",
        "cpu_wait_seconds_total",
        "cpu_slices_total",
        "minor_faults_total",
        "major_faults_total",
        "blocked_seconds_total",
        "io_characters_read_bytes_total",
        "io_characters_written_bytes_total",
        "io_read_calls_total",
        "io_write_calls_total",
        "io_read_bytes_total",
        "io_written_bytes_total",
        "switches_voluntary_total",
        "switches_involuntary_total",
        "memory_resident_bytes",
        "memory_virtual_bytes",
        "threads",
        "open_files"
    };

    static final int COUNTERS = 16;
    private static final double[] DIVISORS = {100, 100, 1e9, 1e9, 1, 1, 1, 100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

    private ProcessTraces() {}

    static double value(int metric, long units) {
        return units / DIVISORS[metric];
    }

    /** [process][second][figure], the busiest process first; only those that lived all the time. */
    static List<long[][]> record(int seconds) throws IOException, InterruptedException {
        Map<String, List<long[]>> found = new HashMap<>();
        for (int second = 0; second <= seconds; second++) {
            long began = System.nanoTime();
            try (Stream<Path> all = Files.list(Path.of("/proc"))) {
                for (Path process : all.filter(
                                path -> path.getFileName().toString().matches("[0-9]+"))
                        .toList()) {
                    try {
                        long[] one = read(process);
                        if (one[17] > 0) {
                            found.computeIfAbsent(process.toString(), k -> new ArrayList<>())
                                    .add(one);
                        }
                    } catch (IOException | RuntimeException e) {
                        // The process has ended meanwhile; it is left out below.
                        found.remove(process.toString());
                    }
                }
            }
            Thread.sleep(Math.max(0, 1_000 - (System.nanoTime() - began) / 1_000_000));
        }
        return found.values().stream()
                .filter(trace -> trace.size() == seconds + 1)
                .map(trace -> trace.toArray(long[][]::new))
                .sorted(Comparator.comparingLong((long[][] trace) -> trace[0][2] - trace[seconds][2]))
                .toList();
    }

    private static long[] read(Path process) throws IOException {
        long[] one = new long[NAMES.length];
        String stat = Files.readString(process.resolve("stat"));
        String[] f = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        one[0] = Long.parseLong(f[11]);
        one[1] = Long.parseLong(f[12]);
        one[5] = Long.parseLong(f[7]);
        one[6] = Long.parseLong(f[9]);
        one[7] = Long.parseLong(f[39]);
        one[16] = Long.parseLong(f[21]) * 4_096;
        one[17] = Long.parseLong(f[20]);
        one[18] = Long.parseLong(f[17]);
        String[] schedule =
                Files.readString(process.resolve("schedstat")).strip().split(" ");
        one[2] = Long.parseLong(schedule[0]);
        one[3] = Long.parseLong(schedule[1]);
        one[4] = Long.parseLong(schedule[2]);
        int at = 8;
        for (String line : Files.readAllLines(process.resolve("io")).subList(0, 6)) {
            one[at++] = Long.parseLong(line.substring(line.indexOf(' ') + 1));
        }
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("voluntary_ctxt")) {
                one[14] = Long.parseLong(line.substring(line.indexOf('\t') + 1));
            } else if (line.startsWith("nonvoluntary_ctxt")) {
                one[15] = Long.parseLong(line.substring(line.indexOf('\t') + 1));
            }
        }
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            one[19] = files.count();
        }
        return one;
    }
}
