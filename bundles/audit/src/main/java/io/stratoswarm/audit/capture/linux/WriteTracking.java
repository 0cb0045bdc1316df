package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Which pages of another process were written to since they were asked for last, by userfaultfd(2) with write-protection that the kernel
 * lifts by itself (UFFD_FEATURE_WP_ASYNC, Linux 6.7, Documentation/admin-guide/mm/userfaultfd.rst): the first write to a page costs the process
 * one fault, which nobody has to answer. When the descriptor is closed, as it is when the daemon ends, the kernel removes all marks.
 */
public final class WriteTracking implements AutoCloseable {
    /** O_CLOEXEC, O_NONBLOCK, UFFD_USER_MODE_ONLY: what a process of any user may have. */
    public static final long FLAGS = 0x80000 | 0x800 | 1;

    private static final long API = 0xAA;
    /** _IOWR(0xAA, 0x3F, struct uffdio_api), which has 24 bytes. */
    private static final long UFFDIO_API = 0xC018_AA3FL;
    /** _IOWR(0xAA, 0x00, struct uffdio_register), which has 32 bytes. */
    private static final long UFFDIO_REGISTER = 0xC020_AA00L;

    private static final long MODE_WP = 2;
    private static final long WP_UNPOPULATED = 1 << 13;
    private static final long WP_ASYNC = 1 << 15;
    private static final long FEATURES = WP_ASYNC | WP_UNPOPULATED;

    private final long descriptor;

    private WriteTracking(long descriptor) {
        this.descriptor = descriptor;
    }

    /** Why this kernel cannot do it; empty where it can. */
    public static Optional<String> unavailable() {
        long descriptor = Syscall.USERFAULTFD.call(FLAGS, 0);
        if (descriptor < 0) {
            return Optional.of("this kernel gives no userfaultfd (" + Errno.text(descriptor) + ")");
        }
        try {
            begin(descriptor);
            return Optional.empty();
        } catch (LinuxFailure e) {
            return Optional.of("write-protection without a handler needs Linux 6.7 (" + e.getMessage() + ")");
        } finally {
            Syscall.CLOSE.call(descriptor, 0);
        }
    }

    /** Takes over the descriptor that a process has made for its own memory. */
    public static WriteTracking of(int pid, int descriptor) throws LinuxFailure {
        long process = Syscall.PIDFD_OPEN.call(pid, 0);
        if (process < 0) {
            throw new LinuxFailure(process, "the process cannot be opened");
        }
        try {
            long held = Syscall.PIDFD_GETFD.call(process, descriptor, 0, 0);
            if (held < 0) {
                throw new LinuxFailure(held, "its descriptor cannot be taken over");
            }
            try {
                begin(held);
                return new WriteTracking(held);
            } catch (LinuxFailure e) {
                Syscall.CLOSE.call(held, 0);
                throw e;
            }
        } finally {
            Syscall.CLOSE.call(process, 0);
        }
    }

    private static void begin(long descriptor) throws LinuxFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api = arena.allocate(24, 8);
            api.set(ValueLayout.JAVA_LONG, 0, API);
            api.set(ValueLayout.JAVA_LONG, 8, FEATURES);
            long result = Syscall.IOCTL.call(descriptor, UFFDIO_API, api.address(), 0);
            if (result < 0) {
                throw new LinuxFailure(result, "the kernel does not offer WP_ASYNC");
            }
        }
    }

    /** Includes an area; once is enough, and again does no harm. */
    public void include(long start, long end) throws LinuxFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment area = arena.allocate(32, 8);
            area.set(ValueLayout.JAVA_LONG, 0, start);
            area.set(ValueLayout.JAVA_LONG, 8, end - start);
            area.set(ValueLayout.JAVA_LONG, 16, MODE_WP);
            long result = Syscall.IOCTL.call(descriptor, UFFDIO_REGISTER, area.address(), 0);
            if (result < 0) {
                throw new LinuxFailure(result, "an area cannot be followed");
            }
        }
    }

    @Override
    public void close() {
        Syscall.CLOSE.call(descriptor, 0);
    }
}
