package io.stratoswarm.core.linux;

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
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    FSTAT(5, 80),
    LSEEK(8, 62),
    IOCTL(16, 29),
    PREAD64(17, 67),
    MADVISE(28, 233),
    SOCKET(41, 198),
    RECVMSG(47, 212),
    BIND(49, 200),
    SETSOCKOPT(54, 208),
    KILL(62, 129),
    FCNTL(72, 25),
    FTRUNCATE(77, 46),
    FALLOCATE(285, 47),
    GETDENTS64(217, 61),
    READLINKAT(267, 78),
    NEWFSTATAT(262, 79),
    STATFS(137, 43),
    ADJTIMEX(159, 171),
    CLOCK_GETTIME(228, 113),
    UMASK(95, 166),
    GETEUID(107, 175),
    GETEGID(108, 177),
    SETPRIORITY(141, 140),
    SCHED_SETAFFINITY(203, 122),
    SCHED_GETAFFINITY(204, 123),
    EPOLL_CTL(233, 21),
    OPENAT(257, 56),
    MKNODAT(259, 33),
    SPLICE(275, 76),
    TEE(276, 77),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    EPOLL_CREATE1(291, 20),
    PIPE2(293, 59),
    RECVMMSG(299, 243),
    PRLIMIT64(302, 261),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_OPEN(434, 434),
    PROCESS_MADVISE(440, 440);

    /** Where the C library's errno is put; a thread makes one call at a time. */
    private static final ThreadLocal<MemorySegment> STATES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Libc.STATE));

    private final long number;

    Syscall(int x86, int arm) {
        this.number = arm() ? arm : x86;
    }

    static boolean arm() {
        return "aarch64".equals(System.getProperty("os.arch"));
    }

    /** The result, or the negated errno, as the kernel itself returns it. */
    long call(long a, long b, long c, long d, long e, long f) {
        try {
            MemorySegment state = STATES.get();
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

    /**
     * As {@link #call(long, long, long, long)}, for calls that only look: errno is got by a second call where the first failed, since to
     * keep it costs each call as much as a short one takes.
     */
    long look(long a, long b, long c, long d) {
        long result;
        try {
            result = (long) Libc.PLAIN.invokeExact(number, a, b, c, d);
        } catch (Throwable impossible) {
            throw new IllegalStateException("system call " + this + " could not be made", impossible);
        }
        return result == -1 ? call(a, b, c, d) : result;
    }

    /** Linked at the first call, not when the class is named. */
    private static final class Libc {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle SYSCALL;
        /** With fewer arguments, and without errno. */
        static final MethodHandle PLAIN;

        static {
            Linker linker = Linker.nativeLinker();
            MemorySegment address = linker.defaultLookup()
                    .find("syscall")
                    .orElseThrow(() -> new IllegalStateException("the C library exports no syscall(2)"));
            ValueLayout.OfLong l = ValueLayout.JAVA_LONG;
            SYSCALL = linker.downcallHandle(
                    address, FunctionDescriptor.of(l, l, l, l, l, l, l, l), Linker.Option.captureCallState("errno"));
            PLAIN = linker.downcallHandle(address, FunctionDescriptor.of(l, l, l, l, l, l));
        }

        private Libc() {}
    }
}
