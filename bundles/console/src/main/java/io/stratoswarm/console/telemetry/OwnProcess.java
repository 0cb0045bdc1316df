package io.stratoswarm.console.telemetry;

import static io.stratoswarm.console.telemetry.Family.Kind.COUNTER;
import static io.stratoswarm.console.telemetry.Family.Kind.GAUGE;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What this process uses, under the names that client libraries of Prometheus give it. */
public final class OwnProcess {
    private OwnProcess() {}

    public static void collect(List<Family> families) {
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu ->
                        families.add(Family.of("process_cpu_seconds", COUNTER, "seconds", "CPU time of the daemon.")
                                .add(cpu.toMillis() / 1e3)));
        long resident = resident();
        if (resident >= 0) {
            families.add(Family.of("process_resident_memory_bytes", GAUGE, "bytes", "Resident memory of the daemon.")
                    .add(resident));
        }
        long files = openFiles();
        if (files >= 0) {
            families.add(Family.of("process_open_fds", GAUGE, "", "Open file descriptors of the daemon.")
                    .add(files));
        }
        Runtime runtime = Runtime.getRuntime();
        families.add(Family.of("jvm_memory_used_bytes", GAUGE, "bytes", "Used memory of the Java machine.")
                .add(Map.of("area", "heap"), runtime.totalMemory() - runtime.freeMemory()));
        families.add(Family.of("jvm_memory_max_bytes", GAUGE, "bytes", "Most memory that the Java machine takes.")
                .add(Map.of("area", "heap"), runtime.maxMemory()));
        families.add(Family.of("jvm_threads_current", GAUGE, "", "Platform threads of the Java machine.")
                .add(ManagementFactory.getThreadMXBean().getThreadCount()));
        Family count = Family.of("jvm_gc_collections", COUNTER, "", "Garbage collections.");
        Family time = Family.of("jvm_gc_collection_seconds", COUNTER, "seconds", "Time spent in garbage collections.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            Map<String, String> labels = Map.of("gc", collector.getName());
            count.add(labels, Math.max(0, collector.getCollectionCount()));
            time.add(labels, Math.max(0, collector.getCollectionTime()) / 1e3);
        }
        families.add(count);
        families.add(time);
    }

    /** In bytes; -1 where the host does not tell. */
    private static long resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024;
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static long openFiles() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            long count = 0;
            for (Path ignored : files) {
                count++;
            }
            return count;
        } catch (IOException e) {
            return -1;
        }
    }
}
