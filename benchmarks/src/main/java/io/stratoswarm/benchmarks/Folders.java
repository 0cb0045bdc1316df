package io.stratoswarm.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders on the disk that {@code java.io.tmpdir} names; a memory file system would make figures meaningless. */
record Folders(Path root) {
    static Folders create() throws IOException {
        Path root = Files.createTempDirectory("stratoswarm-bench-");
        String type = Files.getFileStore(root).type();
        if (type.equals("tmpfs")) {
            System.out.println("warning: " + root + " is in memory; set -Djava.io.tmpdir to a disk");
        }
        return new Folders(root);
    }

    Path make(String name) throws IOException {
        return Files.createDirectory(root.resolve(name));
    }

    void remove() throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(root)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
