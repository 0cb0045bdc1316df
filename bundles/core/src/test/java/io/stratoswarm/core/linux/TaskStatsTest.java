package io.stratoswarm.core.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Of this very process, which has many threads. */
class TaskStatsTest {
    private static final int OWN = (int) ProcessHandle.current().pid();

    private static TaskStats stats() {
        try {
            return new TaskStats();
        } catch (LinuxException e) {
            throw new TestAbortedException(e.getMessage());
        }
    }

    @Test
    void shouldCountTheSwitchesOfAllThreads() throws Exception {
        CountDownLatch slept = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 300; i++) {
                LockSupport.parkNanos(100_000);
            }
            slept.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        slept.await();
        try (TaskStats stats = stats()) {
            long[] before = byFiles();
            long[] voluntary = new long[3];
            long[] involuntary = new long[3];
            stats.ask(new int[] {OWN, OWN, OWN}, 3, voluntary, involuntary);
            // Kernels may count those that ended as well, so that there is no upper bound.
            for (int i = 0; i < 3; i++) {
                assertTrue(voluntary[i] >= before[0], voluntary[i] + " of " + before[0]);
                assertTrue(involuntary[i] >= before[1], involuntary[i] + " of " + before[1]);
            }
            assertTrue(voluntary[0] > ofMain() + 250, "not the first thread alone");
        } finally {
            leave.countDown();
            other.join();
        }
    }

    private static long ofMain() throws IOException {
        return count(Path.of("/proc/" + OWN + "/task/" + OWN), "voluntary");
    }

    private static long count(Path task, String kind) throws IOException {
        return Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith(kind + "_ctxt"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
    }

    /** Of the threads that are there, and as many as are still there when they are looked at. */
    private static long[] byFiles() throws IOException {
        long[] sums = new long[2];
        String[] threads = Path.of("/proc/" + OWN + "/task").toFile().list();
        for (String thread : threads == null ? new String[0] : threads) {
            Path folder = Path.of("/proc/" + OWN + "/task/" + thread);
            try {
                sums[0] += count(folder, "voluntary");
                sums[1] += count(folder, "nonvoluntary");
            } catch (NoSuchFileException ended) {
                continue;
            }
        }
        return sums;
    }

    @Test
    void shouldSayThatAProcessIsNotThere() throws Exception {
        Process ended = new ProcessBuilder("/bin/true").start();
        ended.waitFor();
        try (TaskStats stats = stats()) {
            int gone = (int) ended.pid();
            int[] pids = new int[TaskStats.MOST];
            Arrays.fill(pids, OWN);
            pids[1] = gone;
            pids[40] = gone;
            long[] voluntary = new long[pids.length];
            stats.ask(pids, pids.length, voluntary, new long[pids.length]);
            for (int i = 0; i < pids.length; i++) {
                if (pids[i] == gone) {
                    assertEquals(-Errno.ESRCH, voluntary[i]);
                } else {
                    assertTrue(voluntary[i] > 0, i + ": " + voluntary[i]);
                }
            }
        }
    }
}
