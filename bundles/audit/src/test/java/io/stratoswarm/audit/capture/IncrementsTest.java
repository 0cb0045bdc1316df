package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.capture.Captures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures of what was written to, against captures of everything. */
class IncrementsTest {
    /** At each signal it does what moves memory about: writes, gives back, maps, grows, and makes children that write. */
    static final String MOVES = """
            import mmap, os, random, signal, sys, threading, time
            random.seed(int(sys.argv[1]))
            flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
            block = mmap.mmap(-1, 8 << 20, flags=flags)
            for page in range(0, 8 << 20, 4096):
                block[page:page + 16] = os.urandom(16)
            others, heap, rounds = [], [], 0
            def write(into, most):
                for _ in range(random.randrange(most)):
                    at = random.randrange(len(into) // 64) * 64
                    into[at:at + 8] = os.urandom(8)
            def move(*_):
                global rounds
                write(block, 60)
                first = random.randrange(2000)
                block.madvise(mmap.MADV_DONTNEED, first * 4096, random.randrange(1, 48) * 4096)
                if random.random() < 0.6:
                    others.append(mmap.mmap(-1, random.randrange(1, 60) * 4096, flags=flags))
                for each in others:
                    write(each, 10)
                if len(others) > 3:
                    others.pop(random.randrange(len(others))).close()
                if others and random.random() < 0.5:
                    others[0].resize(len(others[0]) + 40960)
                heap.append(bytearray(os.urandom(random.randrange(1, 200000))))
                if len(heap) > 6:
                    heap.pop(random.randrange(len(heap)))
                child = os.fork()
                if child == 0:
                    write(block, 60)
                    os._exit(0)
                os.waitpid(child, 0)
                rounds += 1
                print('round', rounds, flush=True)
            signal.signal(signal.SIGUSR1, move)
            print('ready', flush=True)
            while True:
                signal.pause()
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void shouldBeOfferedByThisKernel() {
        assumeTrue(
                Increments.unavailable().isEmpty(),
                () -> Increments.unavailable().toString());
    }

    static void signal(String name, int pid) throws Exception {
        new ProcessBuilder("kill", name, String.valueOf(pid)).start().waitFor();
    }

    static void round(TargetProcess target, int number) throws Exception {
        signal("-USR1", target.pid);
        for (int i = 0; i < 1000 && !ForkTest.text(target).contains("round " + number + "\n"); i++) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertTrue(ForkTest.text(target).contains("round " + number + "\n"), () -> ForkTest.text(target));
    }

    static List<Captures.Difference> memory(CaptureRig rig, long before, long after) {
        return rig.control.diff(before, after, "tester").differences().stream()
                .filter(it -> it.name().contains("/memory/"))
                .toList();
    }

    @Test
    void shouldHoldWhatACaptureOfEverythingHolds() throws Exception {
        int seed = Integer.getInteger("seed", ThreadLocalRandom.current().nextInt(1 << 30));
        System.out.println("seed " + seed);
        try (TargetProcess target = TargetProcess.start(folder, "python3", "-c", MOVES, String.valueOf(seed));
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            int descriptors = Proc.host().numbers(target.pid + "/fd").size();
            for (int i = 1; i <= Integer.getInteger("rounds", 4); i++) {
                round(target, i);
                if (i % 3 == 2) {
                    rig.capture(false);
                }
                // Nothing moves between the two.
                signal("-STOP", target.pid);
                Captures.Capture dirty = rig.capture(Captures.DIRTY, false);
                Captures.Capture whole = rig.captureAfresh();
                signal("-CONT", target.pid);
                assertTrue(!dirty.partial() && !whole.partial(), () -> "seed " + seed + ": " + dirty.agents());
                assertEquals(List.of(), memory(rig, dirty.number(), whole.number()), "seed " + seed + ", round " + i);
                assertEquals(whole.pages(), dirty.pages());
                assertEquals(List.of(), rig.control.verify(dirty.number()).problems());
                if (i > 1) {
                    long copied = dirty.agents().getFirst().bytes();
                    assertTrue(copied < whole.agents().getFirst().bytes() / 2, copied + " bytes were copied");
                }
            }
            assertEquals(descriptors, Proc.host().numbers(target.pid + "/fd").size(), "its descriptors");
        }
    }

    @Test
    void shouldCopyAllAgainWhereTheLastCaptureIsGoneOrAnotherProgramRuns() throws Exception {
        Path mark = folder.resolve("mark");
        String program = "import os, signal, sys, time\nprint('ready', flush=True)\nblock = bytearray(4 << 20)\n"
                + "signal.signal(signal.SIGUSR1, lambda *_: os.execvp('python3', ['python3', '-c',"
                + " 'import sys, time; open(sys.argv[1], \"w\").close(); block = bytearray(b\"a\" * (4 << 20)); time.sleep(600)',"
                + " sys.argv[1]]))\nwhile True:\n    signal.pause()\n";
        try (TargetProcess target = TargetProcess.start(folder, "python3", "-c", program, mark.toString());
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            long first = rig.capture(Captures.DIRTY, false).agents().getFirst().bytes();
            long second = rig.capture(Captures.DIRTY, false).agents().getFirst().bytes();
            assertTrue(second < first / 2, second + " of " + first);
            rig.control.remove(2, "tester").join();
            rig.control.remove(1, "tester").join();
            assertTrue(rig.capture(Captures.DIRTY, false).agents().getFirst().bytes() > first / 2);
            signal("-USR1", target.pid);
            for (int i = 0; i < 1000 && !Files.exists(mark); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            TimeUnit.MILLISECONDS.sleep(100);
            signal("-STOP", target.pid);
            Captures.Capture other = rig.capture(Captures.DIRTY, false);
            Captures.Capture whole = rig.capture(false);
            assertTrue(!other.partial(), () -> other.agents().toString());
            assertEquals(List.of(), memory(rig, other.number(), whole.number()));
        }
    }
}
