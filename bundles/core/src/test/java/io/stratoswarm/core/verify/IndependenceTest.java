package io.stratoswarm.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IndependenceTest {
    @Test
    void shouldImportNothingOfTheWriter() throws IOException {
        Path sources = Path.of("src/main/java/io/stratoswarm/core");
        for (String folder : List.of("verify", "lmdbfile")) {
            List<Path> files;
            try (Stream<Path> entries = Files.list(sources.resolve(folder))) {
                files = entries.toList();
            }
            assertTrue(files.size() > 3);
            for (Path file : files) {
                List<String> foreign = Files.readAllLines(file).stream()
                        .filter(line -> line.contains("io.stratoswarm.") || line.contains("org."))
                        .filter(line -> !line.startsWith("package ") && !line.contains("org.jspecify"))
                        .filter(line -> !line.contains("io.stratoswarm.core.lmdbfile"))
                        .toList();
                assertEquals(List.of(), foreign, file.toString());
            }
        }
    }
}
