package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process: what it says and with which status it ends. */
class LauncherIT {
    private static final long LIMIT_SECONDS = 60;

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldSayThatItIsReadyAndEndCleanlyOnSigterm() throws Exception {
        Process daemon =
                start("first", "daemon", "--data", folder.resolve("data").toString());
        Await.until("ready", LIMIT_SECONDS * 1000, () -> said("first").contains(" ready: "), () -> said("first"));
        assertTrue(said("first").contains("bundles active, data " + folder.resolve("data")), said("first"));

        Process second =
                start("second", "daemon", "--data", folder.resolve("data").toString());
        assertEquals(75, end(second), said("second"));
        assertTrue(said("second").contains("in use by the daemon with process id " + daemon.pid()), said("second"));
        assertEquals(1, said("second").lines().count(), said("second"));
        assertTrue(daemon.isAlive());

        daemon.destroy();
        assertEquals(0, end(daemon), said("first"));
        assertFalse(said("first").contains("\tat "), said("first"));
    }

    @Test
    void shouldEndWithADocumentedStatusAndOneLine() throws Exception {
        assertEquals(64, end(start("usage", "daemon", "--dada")));
        assertTrue(said("usage").contains("--dada"), said("usage"));
        assertEquals(73, end(start("create", "daemon", "--data", "/proc/none")));
        assertTrue(said("create").contains("/proc/none"), said("create"));
        assertEquals(1, said("create").lines().count(), said("create"));
    }

    @Test
    void shouldRefuseAConfigurationThatOthersCanWrite() throws Exception {
        Path config = Files.createDirectory(folder.resolve("config"));
        Path file = Files.copy(
                Repository.distribution().resolve("felix-config/framework.properties"),
                config.resolve("framework.properties"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        Process daemon =
                start("refused", "daemon", "--data", folder.resolve("data").toString(), "--config=" + config);
        assertEquals(78, end(daemon), said("refused"));
        assertTrue(said("refused").contains("chmod go-w '" + file + "'"), said("refused"));
    }

    private Process start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Repository.distribution().resolve("stratoswarm").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name).toFile());
        builder.environment().put("STRATOSWARM_NO_ARCHIVES", "yes");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int end(Process process) throws InterruptedException {
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    private String said(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            return "";
        }
    }
}
