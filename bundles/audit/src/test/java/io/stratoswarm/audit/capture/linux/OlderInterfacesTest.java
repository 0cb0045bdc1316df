package io.stratoswarm.audit.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kernels before 6.7 have no PAGEMAP_SCAN, and some hosts forbid process_vm_readv. */
class OlderInterfacesTest {
    private final int pid = (int) ProcessHandle.current().pid();

    @Test
    void shouldFindTheSamePagesByEitherWay() throws LinuxFailure {
        int pages = 3000;
        try (NativeBuffer buffer = NativeBuffer.reserve((long) pages * PageScan.PAGE)) {
            BitSet touched = new BitSet();
            for (int i = 0; i < pages; i += 1 + i % 7) {
                buffer.segment().set(ValueLayout.JAVA_BYTE, (long) i * PageScan.PAGE, (byte) 1);
                touched.set(i);
            }
            long start = buffer.segment().address();
            for (boolean ioctl : new boolean[] {true, false}) {
                BitSet found = new BitSet();
                try (PageScan scan = PageScan.of(pid, () -> ioctl)) {
                    scan.scan(start, start + (long) pages * PageScan.PAGE, (from, to, file) -> {
                        assertFalse(file);
                        found.set((int) ((from - start) / PageScan.PAGE), (int) ((to - start) / PageScan.PAGE));
                    });
                }
                assertEquals(touched, found, "by the ioctl: " + ioctl);
            }
        }
    }

    @Test
    void shouldCopyTheSameBytesByEitherWay() throws LinuxFailure {
        try (NativeBuffer source = NativeBuffer.reserve(1 << 20);
                NativeBuffer into = NativeBuffer.reserve(1 << 20)) {
            for (int i = 0; i < 1 << 20; i++) {
                source.segment().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + (i >> 12)));
            }
            for (boolean byCall : new boolean[] {true, false}) {
                into.segment().fill((byte) 0);
                List<Run> runs = List.of(
                        new Run(source.segment().address(), 8192, 0),
                        new Run(source.segment().address() + 65_536, 40_960, 8192));
                try (ProcessMemory memory = new ProcessMemory(pid, byCall)) {
                    assertEquals(List.of(), memory.copy(runs, into.segment(), () -> true));
                }
                for (Run run : runs) {
                    MemorySegment expected = source.segment()
                            .asSlice(run.address() - source.segment().address(), run.length());
                    assertEquals(-1, expected.mismatch(into.segment().asSlice(run.offset(), run.length())));
                }
            }
        }
    }

    @Test
    void shouldTellWhatCannotBeRead() throws LinuxFailure {
        try (NativeBuffer source = NativeBuffer.reserve(3 * PageScan.PAGE);
                NativeBuffer into = NativeBuffer.reserve(3 * PageScan.PAGE)) {
            source.segment().fill((byte) 7);
            long start = source.segment().address();
            // Nothing is ever mapped at the second page of an address space.
            List<Run> runs = List.of(new Run(start, 4096, 0), new Run(0x1000, 4096, 4096), new Run(start, 4096, 8192));
            try (ProcessMemory memory = new ProcessMemory(pid, true)) {
                assertEquals(List.of(runs.get(1)), memory.copy(runs, into.segment(), () -> true));
            }
            assertEquals((byte) 7, into.segment().get(ValueLayout.JAVA_BYTE, 8192));
        }
        assertTrue(Errno.text(-Errno.ESRCH).contains("no such"));
    }
}
