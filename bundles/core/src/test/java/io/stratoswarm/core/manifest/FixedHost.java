package io.stratoswarm.core.manifest;

import java.nio.file.Path;
import java.util.Set;

/** A host of two processors, 1 GiB of memory and three files. */
final class FixedHost implements HostFacts {
    private static final Set<String> FILES = Set.of("/usr/bin/sleep", "/usr/bin/true", "/srv");

    @Override
    public Set<Integer> processors() {
        return Set.of(0, 1);
    }

    @Override
    public long memoryBytes() {
        return 1L << 30;
    }

    @Override
    public String path() {
        return "/usr/local/bin:/usr/bin";
    }

    @Override
    public boolean executable(Path file) {
        return FILES.contains(file.toString());
    }

    @Override
    public boolean exists(Path file) {
        return FILES.contains(file.toString());
    }
}
