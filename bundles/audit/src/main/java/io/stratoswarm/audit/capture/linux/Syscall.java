package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** System calls by number; numbers differ between the two processor architectures that are supported. */
enum Syscall {
    CLOSE(3, 57),
    MMAP(9, 222),
    MUNMAP(11, 215),
    IOCTL(16, 29),
    PREAD64(17, 67),
    MADVISE(28, 233),
    WAIT4(61, 260),
    PTRACE(101, 117),
    SETPRIORITY(141, 140),
    TGKILL(234, 131),
    OPENAT(257, 56),
    PROCESS_VM_READV(310, 270),
    PROCESS_VM_WRITEV(311, 271),
    USERFAULTFD(323, 282),
    PIDFD_OPEN(434, 434),
    PIDFD_GETFD(438, 438);

    private final long number;

    Syscall(int x86, int arm) {
        this.number = arm() ? arm : x86;
    }

    static boolean arm() {
        return "aarch64".equals(System.getProperty("os.arch"));
    }

    /** The result, or the negated errno, as the kernel itself returns it. */
    long call(long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            long result = (long) Libc.SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(long) (int) Libc.ERRNO.get(state, 0L) : result;
        } catch (Throwable impossible) {
            throw new IllegalStateException("system call " + this + " could not be made", impossible);
        }
    }

    long call(long a, long b, long c, long d) {
        return call(a, b, c, d, 0, 0);
    }

    long call(long a, long b) {
        return call(a, b, 0, 0, 0, 0);
    }

    /** Linked at the first call, not when the class is named. */
    private static final class Libc {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle SYSCALL;

        static {
            Linker linker = Linker.nativeLinker();
            MemorySegment address = linker.defaultLookup()
                    .find("syscall")
                    .orElseThrow(() -> new IllegalStateException("the C library exports no syscall(2)"));
            ValueLayout.OfLong l = ValueLayout.JAVA_LONG;
            SYSCALL = linker.downcallHandle(
                    address, FunctionDescriptor.of(l, l, l, l, l, l, l, l), Linker.Option.captureCallState("errno"));
        }

        private Libc() {}
    }
}
