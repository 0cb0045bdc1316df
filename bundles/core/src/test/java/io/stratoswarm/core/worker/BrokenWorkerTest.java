package io.stratoswarm.core.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are none: what stands in for the Java machine is a script of the shell. Real ones are tested in script-worker. */
class BrokenWorkerTest {
    @TempDir
    Path folder;

    private static final ScriptCode CODE =
            new ScriptCode("a", "a.js", "js", "test", "1", "react", false, ScriptLimits.DEFAULT);

    private Load loadWith(String java) throws Exception {
        install(java);
        try (WorkerPool pool = pool()) {
            assertTrue(pool.capabilities().getFirst().available());
            return pool.load(CODE).get(20, TimeUnit.SECONDS);
        }
    }

    private void install(String java) throws IOException {
        Path home = folder.resolve("home/script-worker");
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/polyglot-0.jar"));
        Files.createFile(home.resolve("lib/js-language-0.jar"));
        Files.createFile(home.resolve("worker.jar"));
        Path program = folder.resolve("jdk/bin/java");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + java + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
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

    /** The loads are counted by the fake; its second one, which is the reload, fails. */
    @Test
    void shouldTryAFailedReloadOnceMoreByItself() throws Exception {
        Path loads = folder.resolve("loads");
        install("exec '" + System.getProperty("java.home") + "/bin/java' -Xmx32m -cp '" + place(FakeWorker.class) + ":"
                + place(Wire.class) + "' io.stratoswarm.core.worker.FakeWorker '" + loads + "'");
        try (WorkerPool pool = pool()) {
            WorkerPool.Code code = assertInstanceOf(
                            Load.Loaded.class, pool.load(CODE).get(60, TimeUnit.SECONDS))
                    .code();
            assertEquals("1", call(code).output());
            ProcessHandle.of(pool.workers().getFirst().pid()).orElseThrow().destroyForcibly();
            ScriptOutcome last = call(code);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!last.output().equals("3") && System.nanoTime() < end) {
                if (last.status() == ScriptOutcome.Status.THREW) {
                    assertEquals(
                            "it could not be loaded again after its worker had ended: the machine was busy",
                            last.error());
                }
                Thread.sleep(20);
                last = call(code);
            }
            assertEquals("3", last.output(), last.toString());
            assertEquals(3, Files.readAllLines(loads).size());
        }
    }

    private static String place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    private static ScriptOutcome call(WorkerPool.Code code) throws Exception {
        return code.call(List.of("{}")).get(60, TimeUnit.SECONDS).getFirst();
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        try (WorkerPool pool = pool()) {
            assertFalse(pool.capabilities().getFirst().available());
            String reason = pool.capabilities().getFirst().detail();
            assertTrue(reason.contains("jdk/bin/java"), reason);
            assertUnavailable(reason, pool.load(CODE).get(1, TimeUnit.SECONDS));
            assertTrue(pool.workers().isEmpty());
        }
    }
}
