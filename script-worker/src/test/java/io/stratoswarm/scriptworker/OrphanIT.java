package io.stratoswarm.scriptworker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.core.worker.WorkerPool;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** No worker outlives the process that started it. */
class OrphanIT {
    /** A daemon in small: loads a script that never ends, calls it, prints the worker's process id, and waits. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            Bench bench = new Bench("js");
            WorkerPool.Code code = bench.function("busy", "while (true);", bench.within(60_000));
            var running = code.call(List.of("1"));
            System.out.println(bench.pid());
            running.join();
        }
    }

    @Test
    void shouldEndABusyWorkerWithItsParent() throws Exception {
        Process parent = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long pid;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.matches("[0-9]+")) {
                line = out.readLine();
            }
            pid = Long.parseLong(String.valueOf(line));
        }
        ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
        assertTrue(worker.isAlive());
        parent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        for (int i = 0; i < 100 && worker.isAlive(); i++) {
            Thread.sleep(50);
        }
        assertFalse(worker.isAlive(), "worker " + pid + " outlived its parent");
    }
}
