package io.stratoswarm.audit.verify;

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
        List<Path> files;
        try (Stream<Path> entries = Files.list(Path.of("src/main/java/io/stratoswarm/audit/verify"))) {
            files = entries.toList();
        }
        assertTrue(files.size() > 8);
        for (Path file : files) {
            List<String> foreign = Files.readAllLines(file).stream()
                    .filter(line -> line.contains("io.stratoswarm.") || line.contains("org."))
                    .filter(line -> !line.startsWith("package ") && !line.contains("org.jspecify"))
                    .filter(line -> !line.contains("io.stratoswarm.api.log.LogVerifier"))
                    .toList();
            assertEquals(List.of(), foreign, file.toString());
        }
    }
}
