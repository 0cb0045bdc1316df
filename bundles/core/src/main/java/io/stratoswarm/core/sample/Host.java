package io.stratoswarm.core.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file systems of the kernel, passed in so that tests can pose as another host.
 *
 * @param proc {@code /proc}
 * @param sys {@code /sys}
 * @param pageBytes size of a page of memory
 * @param countsDescriptors whether the size of {@code /proc/PID/fd} is the number of descriptors, as it is since Linux 6.2
 */
record Host(Path proc, Path sys, long pageBytes, boolean countsDescriptors) {
    private static final int AT_PAGESZ = 6;
    private static final long USUAL_PAGE = 4_096;

    static Host real() {
        Path proc = Path.of("/proc");
        return new Host(proc, Path.of("/sys"), page(), counts(proc.resolve("self/fd")));
    }

    /** From the vector that the kernel gives each program at its start, see getauxval(3). */
    private static long page() {
        try {
            ByteBuffer pairs = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (pairs.remaining() >= 16) {
                long key = pairs.getLong();
                long value = pairs.getLong();
                if (key == AT_PAGESZ) {
                    return value;
                }
            }
        } catch (IOException unreadable) {
            return USUAL_PAGE;
        }
        return USUAL_PAGE;
    }

    private static boolean counts(Path folder) {
        try {
            return Files.size(folder) > 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    String process(int pid, String file) {
        return proc + "/" + pid + "/" + file;
    }
}
