package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.capture.Captures;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures of what is not as it was, against captures that know of none before. */
class ComparingTest {
    /** At each signal it writes to so many pages in a hundred as it is told, the second time to all. */
    private static final String WRITES = """
            import mmap, os, signal, sys
            size = 16 << 20
            block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for page in range(0, size, 4096):
                block[page:page + 16] = os.urandom(16)
            rounds = 0
            def write(*_):
                global rounds
                for page in range(0, size, 4096 if rounds == 1 else 409600):
                    block[page:page + 16] = os.urandom(16)
                rounds += 1
                print('round', rounds, flush=True)
            signal.signal(signal.SIGUSR1, write)
            print('ready', flush=True)
            while True:
                signal.pause()
            """;

    @TempDir
    Path folder;

    @Test
    void shouldHoldWhatACaptureOfEverythingHolds() throws Exception {
        int seed = Integer.getInteger("seed", ThreadLocalRandom.current().nextInt(1 << 30));
        System.out.println("seed " + seed);
        try (TargetProcess target =
                        TargetProcess.start(folder, "python3", "-c", IncrementsTest.MOVES, String.valueOf(seed));
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            rig.capture(false);
            for (int i = 1; i <= Integer.getInteger("rounds", 4); i++) {
                IncrementsTest.round(target, i);
                // Nothing moves between the two.
                IncrementsTest.signal("-STOP", target.pid);
                Captures.Capture compared = rig.capture(false);
                Captures.Capture whole = rig.captureAfresh();
                IncrementsTest.signal("-CONT", target.pid);
                assertFalse(compared.partial() || whole.partial(), () -> "seed " + seed + ": " + compared.agents());
                assertEquals(
                        List.of(),
                        IncrementsTest.memory(rig, compared.number(), whole.number()),
                        "seed " + seed + ", round " + i);
                assertEquals(whole.pages(), compared.pages());
                assertEquals(List.of(), rig.control.verify(compared.number()).problems());
                assertTrue(compared.bytes() < whole.bytes() / 2, compared.bytes() + " bytes of " + whole.bytes());
            }
        }
    }

    @Test
    void shouldCopyAllAgainWhereMuchWasWrittenTheLastTime() throws Exception {
        try (TargetProcess target = TargetProcess.start(folder, "python3", "-c", WRITES);
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            long whole = rig.capture(false).bytes();
            assertTrue(whole > 16 << 20, whole + " bytes");
            IncrementsTest.round(target, 1);
            assertTrue(rig.capture(false).bytes() < 4 << 20, "one page in a hundred is copied");
            IncrementsTest.round(target, 2);
            assertTrue(rig.capture(false).bytes() > 16 << 20, "all that was written");
            IncrementsTest.round(target, 3);
            Captures.Capture all = rig.capture(false);
            assertTrue(all.bytes() > 16 << 20, "whatever was written");
            assertTrue(all.changedPages() < 2_000, all.changedPages() + " pages changed");
            assertTrue(rig.capture(false).bytes() < 4 << 20, "and then only that again");
        }
    }

    @Test
    void shouldLeaveOutWhatHasNoRoomAndSaySo() throws Exception {
        CaptureSettings usual = CaptureSettings.DEFAULT;
        try (TargetProcess target = TargetProcess.start(folder, "python3", "-c", WRITES);
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            rig.capture(false);
            IncrementsTest.round(target, 1);
            rig.capture(false);
            rig.control.configure(new CaptureSettings(
                    usual.keepCount(),
                    usual.keepMillis(),
                    usual.keepBytes(),
                    8 << 20,
                    usual.stopMillis(),
                    usual.copyMillis(),
                    usual.everyMillis(),
                    usual.onFailure(),
                    usual.beforeRisky()));
            IncrementsTest.round(target, 2);
            Captures.Capture little = rig.capture(false);
            assertTrue(little.partial());
            assertTrue(
                    little.agents().getFirst().problems().getFirst().contains("were left out"),
                    () -> little.agents().toString());
            assertEquals(List.of(), rig.control.verify(little.number()).problems());
        }
    }
}
