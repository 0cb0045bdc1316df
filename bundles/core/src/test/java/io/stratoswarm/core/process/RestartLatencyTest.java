package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From kill -9 of an agent to the exec of the next; with a bound that only a broken path would miss, and the figure printed. */
class RestartLatencyTest {
    @TempDir
    Path temporary;

    @Test
    void shouldRestartWithinMilliseconds() throws InterruptedException {
        DataFolder data = new DataFolder(temporary);
        AgentSpec spec = SpecBuilder.command("/bin/sleep", "1000").build();
        BlockingQueue<Integer> pids = new ArrayBlockingQueue<>(10);
        try (LinuxProcessHost host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom())) {
            host.listener(new Deaf() {
                @Override
                public void started(String agent, long incarnation, int pid, long startedNanos) {
                    pids.add(pid);
                }

                @Override
                public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {
                    host.start(agent, incarnation + 1, spec);
                }
            });
            host.start("a", 1, spec);
            List<Long> micros = new ArrayList<>();
            Integer pid = pids.poll(10, TimeUnit.SECONDS);
            for (int i = 0; pid != null && i < Integer.getInteger("stratoswarm.restarts", 300); i++) {
                Thread.sleep(2);
                long start = System.nanoTime();
                Linux.kill(pid, 9);
                pid = pids.poll(10, TimeUnit.SECONDS);
                micros.add((System.nanoTime() - start) / 1000);
            }
            assertTrue(pid != null, "not started again within ten seconds");
            host.listener(new Deaf());
            host.release("a");
            List<Long> warm = new ArrayList<>(micros.subList(micros.size() / 3, micros.size()));
            warm.sort(null);
            System.out.println("restart after kill -9: p50 " + warm.get(warm.size() / 2) + " us, p99 "
                    + warm.get(warm.size() * 99 / 100) + " us");
            assertTrue(warm.get(warm.size() / 2) < 50_000, () -> "p50 of " + warm.get(warm.size() / 2) + " us");
        }
    }

    /** Hears and says nothing. */
    static class Deaf implements ProcessHost.Listener {
        @Override
        public void started(String agent, long incarnation, int pid, long startedNanos) {}

        @Override
        public void setupFailed(String agent, long incarnation, String message) {}

        @Override
        public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {}

        @Override
        public void ready(String agent, long incarnation) {}

        @Override
        public void watchdog(String agent, long incarnation) {}

        @Override
        public void outputDropped(String agent, long bytes, long lines) {}
    }
}
