package io.stratoswarm.audit.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Of this process's own memory, where the test knows each write. */
class WriteTrackingTest {
    private static final int PAGES = 40_000;

    @Test
    void shouldTellEachPageThatWasWrittenToAndNoOther() throws Exception {
        assumeTrue(
                WriteTracking.unavailable().isEmpty(),
                () -> WriteTracking.unavailable().toString());
        int seed = Integer.getInteger("seed", ThreadLocalRandom.current().nextInt(1 << 30));
        Random random = new Random(seed);
        int pid = (int) ProcessHandle.current().pid();
        long descriptor = Syscall.USERFAULTFD.call(WriteTracking.FLAGS, 0);
        try (NativeBuffer buffer = NativeBuffer.reserve((long) PAGES * PageScan.PAGE);
                WriteTracking tracking = WriteTracking.of(pid, (int) descriptor);
                PageScan scan = PageScan.of(pid)) {
            long start = buffer.segment().address();
            long end = start + (long) PAGES * PageScan.PAGE;
            tracking.include(start, end);
            BitSet there = new BitSet();
            // Up to many more regions than the kernel or a call holds at once.
            for (int writes : new int[] {30_000, 300, 1, 20_000, 3_000, 0, 15_000, 40_000, 0}) {
                BitSet truth = new BitSet();
                for (int i = 0; i < writes; i++) {
                    int page = random.nextInt(PAGES);
                    buffer.segment().set(ValueLayout.JAVA_INT, (long) page * PageScan.PAGE + 8, i + 1);
                    truth.set(page);
                }
                there.or(truth);
                BitSet found = new BitSet();
                BitSet listed = new BitSet();
                scan.written(start, end, (from, to, file, written) -> {
                    assertFalse(file);
                    int first = (int) ((from - start) / PageScan.PAGE);
                    int last = (int) ((to - start) / PageScan.PAGE);
                    assertEquals(-1, first < last ? listed.get(first, last).nextSetBit(0) : 0, "told twice");
                    listed.set(first, last);
                    if (written) {
                        found.set(first, last);
                    }
                });
                assertEquals(truth, found, "seed " + seed + ", " + writes + " writes");
                assertEquals(there, listed, "seed " + seed);
            }
        } finally {
            Syscall.CLOSE.call(descriptor, 0);
        }
    }
}
