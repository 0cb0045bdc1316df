package io.stratoswarm.core.manifest;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the checks that only warn need to know of the host. */
interface HostFacts {
    /** The path that the C library and the shells use where none is set. */
    String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Processors that an agent may be bound to. */
    Set<Integer> processors();

    long memoryBytes();

    /** PATH that agents get where their environment names none. */
    String path();

    boolean executable(Path file);

    boolean exists(Path file);

    static HostFacts ofThisHost() {
        return new ThisHost();
    }

    /** Reads what it is asked for, when it is asked for the first time: a large graph asks thousands of times. */
    final class ThisHost implements HostFacts {
        private @Nullable Set<Integer> processors;
        private long memoryBytes = -1;

        @Override
        public Set<Integer> processors() {
            Set<Integer> known = processors;
            if (known == null) {
                known = readProcessors();
                processors = known;
            }
            return known;
        }

        private static Set<Integer> readProcessors() {
            Optional<String> present = firstLine(Path.of("/sys/devices/system/cpu/online"));
            return present.flatMap(Units::processors)
                    .<Set<Integer>>map(HashSet::new)
                    .orElseGet(() -> {
                        Set<Integer> numbered = new HashSet<>();
                        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
                            numbered.add(cpu);
                        }
                        return numbered;
                    });
        }

        @Override
        public long memoryBytes() {
            if (memoryBytes < 0) {
                memoryBytes = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                        ? bean.getTotalMemorySize()
                        : Long.MAX_VALUE;
            }
            return memoryBytes;
        }

        @Override
        public String path() {
            String path = System.getenv("PATH");
            return path == null ? DEFAULT_PATH : path;
        }

        @Override
        public boolean executable(Path file) {
            return Files.isRegularFile(file) && Files.isExecutable(file);
        }

        @Override
        public boolean exists(Path file) {
            return Files.exists(file);
        }

        private static Optional<String> firstLine(Path file) {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException | InvalidPathException e) {
                // Without sysfs the processors are counted from zero, which is what the kernel does too.
                return Optional.empty();
            }
        }
    }
}
