package io.stratoswarm.core.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are none: what stands in for the Java machine is a script of the shell. Real ones are tested in script-worker. */
class BrokenWorkerTest {
    @TempDir
    Path folder;

    private Load loadWith(String java) throws Exception {
        Path home = folder.resolve("home/script-worker");
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/polyglot-0.jar"));
        Files.createFile(home.resolve("lib/js-language-0.jar"));
        Files.createFile(home.resolve("worker.jar"));
        Path program = folder.resolve("jdk/bin/java");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + java + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (WorkerPool pool = pool()) {
            assertTrue(pool.capabilities().getFirst().available());
            return pool.load(new ScriptCode("a", "a.js", "js", "test", "1", "react", false, ScriptLimits.DEFAULT))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private WorkerPool pool() {
        return WorkerPools.open(
                folder.resolve("home"), folder.resolve("work"), folder.resolve("jdk"), System::nanoTime);
    }

    private static void assertUnavailable(String reason, Load load) {
        assertEquals(reason, assertInstanceOf(Load.Unavailable.class, load).reason());
    }

    @Test
    void shouldKillAWorkerThatSendsGarbage() throws Exception {
        Load load = loadWith("echo $$ >pid; echo garbage; exec sleep 60");
        assertUnavailable(
                "no worker of js can be started: it sent what is no frame (a frame of 1734439522 bytes was announced)",
                load);
        long pid = Long.parseLong(Files.readString(folder.resolve("work/pid")).strip());
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void shouldRepeatTheLastWordsOfAWorkerThatCannotStart() throws Exception {
        assertUnavailable(
                "no worker of js can be started: exit status 3: no memory",
                loadWith("echo first >&2; echo no memory >&2; exit 3"));
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        try (WorkerPool pool = pool()) {
            assertFalse(pool.capabilities().getFirst().available());
            String reason = pool.capabilities().getFirst().detail();
            assertTrue(reason.contains("jdk/bin/java"), reason);
            var code = new ScriptCode("a", "a.js", "js", "test", "1", "react", false, ScriptLimits.DEFAULT);
            assertUnavailable(reason, pool.load(code).get(1, TimeUnit.SECONDS));
            assertTrue(pool.workers().isEmpty());
        }
    }
}
