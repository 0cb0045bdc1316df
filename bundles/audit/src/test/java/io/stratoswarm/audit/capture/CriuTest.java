package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriuTest {
    @TempDir
    Path folder;

    /** A program of this name that answers so. */
    private Criu.Found found(String version, String check) throws IOException {
        Path program = folder.resolve("criu");
        Files.writeString(
                program, "#!/bin/sh\ncase $1 in --version) echo '" + version + "' ;; check) " + check + " ;; esac\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return Criu.find(List.of(folder));
    }

    @Test
    void shouldSayWhyItCannotBeUsed() throws IOException {
        assertEquals(
                "agents cannot be restored from captures: the program criu is not installed",
                Criu.find(List.of(folder)).detail());
        assertTrue(found("Version: 3.17.1", "exit 0")
                .detail()
                .endsWith("criu is 3.17.1, and 4.1 is the oldest that works"));
        assertTrue(found("Version: 4.0", "exit 0").criu().isEmpty());
        assertTrue(found("who knows", "exit 0").detail().endsWith("does not tell its version: who knows"));
        assertTrue(found("Version: 4.2.1", "echo 'Error (criu/cr-check.c:1): no ptrace here'; exit 1")
                .detail()
                .endsWith("check' says: no ptrace here"));
        assertTrue(found("Version: 4.1", "exit 0").criu().isPresent());
        assertTrue(found("Version: 10.0", "exit 0").capability().available());
    }

    /** Whatever this host has. */
    @Test
    void shouldCaptureByItOrRefuseWithTheReason() throws IOException {
        Criu.Found here = Criu.find();
        Captures.Request request =
                new Captures.Request(List.of("shop/a"), Captures.CRIU, false, false, "a test", List.of());
        if (here.criu().isEmpty()) {
            StratoswarmException refused = assertThrows(StratoswarmException.class, () -> CaptureRun.check(request));
            assertEquals(Kind.UNAVAILABLE, refused.kind());
            assertTrue(String.valueOf(refused.getMessage()).contains(here.detail()), refused.getMessage());
            return;
        }
        CaptureRun.check(request);
        Process process = new ProcessBuilder("sleep", "60")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        try {
            assertEquals(java.util.Optional.empty(), here.criu().get().dump((int) process.pid(), folder));
            assertFalse(Criu.files(folder).isEmpty());
            assertTrue(process.isAlive());
        } finally {
            process.destroyForcibly();
        }
        assertTrue(here.criu().get().dump(1 << 30, folder).orElse("").startsWith("criu: "));
    }
}
