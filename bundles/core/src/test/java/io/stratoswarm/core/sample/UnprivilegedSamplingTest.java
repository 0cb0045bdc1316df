package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.testing.MemoryMetrics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sampling by the user nobody of a process that is root's. */
class UnprivilegedSamplingTest {
    /** Runs as nobody; prints what it can tell of the process of that pid. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            int pid = Integer.parseInt(arguments[0]);
            long start = ProcFs.host().stat(pid).orElseThrow().startTicks();
            MemoryMetrics metrics = new MemoryMetrics();
            Footprints footprints = new Footprints() {
                @Override
                public List<Footprint> footprints() {
                    return List.of(new Footprint("a", 1, pid, start, 0, 0));
                }

                @Override
                public Place place(String agent) {
                    return new Place(Set.of(), "none", Map.of(), Path.of("/nonexistent"));
                }
            };
            long[] millis = {1_000_000};
            try (Sampler sampler = new Sampler(
                    Host.real(),
                    TaskCounts.ofThisKernel(),
                    Descriptors.ofThisProcess(),
                    footprints,
                    metrics,
                    new SampleSettings(true, 1_000, 50, 15),
                    () -> Instant.ofEpochMilli(millis[0]),
                    System::nanoTime)) {
                for (int i = 0; i < 17; i++) {
                    millis[0] += 1_000;
                    sampler.step();
                }
                System.out.println("user " + (Linux.effectiveUser() != 0));
                for (String name : List.of(
                        "memory_resident_bytes",
                        "threads",
                        "io_read_bytes_total",
                        "open_fds",
                        "memory_proportional_bytes",
                        "sockets",
                        "context_switches_total")) {
                    System.out.println(name + " "
                            + metrics.latest("a").stream()
                                    .anyMatch(sample -> sample.series().name().equals(name)));
                }
                sampler.found().capabilities(Host.real()).stream()
                        .filter(it -> it.name().equals("metrics.agent.io"))
                        .forEach(it -> System.out.println(it.name() + " " + it.available()));
                sampler.found().capabilities(Host.real()).stream()
                        .filter(it -> it.name().equals("metrics.agent.switches"))
                        .forEach(it -> System.out.println(it.detail()));
            }
        }
    }

    @Test
    void shouldTellWhatItMayReadAndNothingElse() throws Exception {
        assumeTrue(
                Linux.effectiveUser() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "only root can become nobody");
        // Neither the build folder nor the temporary folders of JUnit can be entered by nobody.
        Path open = Files.createTempDirectory(Path.of("/tmp"), "nobody");
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            Process process = new ProcessBuilder(
                            "/usr/bin/setpriv",
                            "--reuid",
                            "nobody",
                            "--regid",
                            "nogroup",
                            "--clear-groups",
                            "--",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            String.join(File.pathSeparator, classes(open)),
                            Main.class.getName(),
                            Long.toString(ProcessHandle.current().pid()))
                    .redirectErrorStream(true)
                    .start();
            assertEquals(
                    List.of(
                            "user true",
                            "memory_resident_bytes true",
                            "threads true",
                            "io_read_bytes_total false",
                            "open_fds false",
                            "memory_proportional_bytes false",
                            "sockets false",
                            "context_switches_total true",
                            "metrics.agent.io false",
                            "taskstats may not be asked: operation not permitted (EPERM); read from /proc/PID/status, in turns"
                                    + " where that takes too much"),
                    process.inputReader()
                            .lines()
                            .filter(line -> !line.contains("DEBUG"))
                            .toList());
        } finally {
            try (var all = Files.walk(open)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static List<String> classes(Path to) throws IOException {
        List<String> path = new ArrayList<>();
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : own.split(File.pathSeparator)) {
            Path from = Path.of(entry);
            Path copy = to.resolve("lib" + path.size() + "-" + from.getFileName());
            if (Files.isDirectory(from)) {
                copyTree(from, copy);
            } else if (Files.exists(from) && entry.matches(".*(slf4j|logback|jspecify|api|osgi)[^/]*")) {
                Files.copy(from, copy);
            }
            path.add(copy.toString());
        }
        return path;
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
