package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** ptrace(2) as far as a capture needs it. The thread that seizes must make all further calls for what it seized. */
public final class Ptrace {
    private static final long CONT = 7;
    private static final long DETACH = 17;
    private static final long SYSCALL = 24;
    private static final long SETOPTIONS = 0x4200;
    private static final long GETEVENTMSG = 0x4201;
    private static final long GETSIGINFO = 0x4202;
    private static final long GETREGSET = 0x4204;
    private static final long SETREGSET = 0x4205;
    private static final long SEIZE = 0x4206;
    private static final long INTERRUPT = 0x4207;
    private static final long GETSIGMASK = 0x420a;
    private static final long SETSIGMASK = 0x420b;
    private static final long GET_RSEQ_CONFIGURATION = 0x420f;

    /** Options: stops at calls are told from signals; who is made by clone is traced too; it dies with its tracer; no filter of calls. */
    static final long TRACESYSGOOD = 1;

    static final long TRACECLONE = 8;
    static final long EXITKILL = 1 << 20;
    static final long SUSPEND_SECCOMP = 1 << 21;

    private static final long WNOHANG = 1;
    /** Threads of any kind, not only those that send SIGCHLD. */
    private static final long WALL = 0x4000_0000;

    /** Notes of a core file that hold registers, elf.h: NT_PRSTATUS, NT_PRFPREG, NT_X86_XSTATE. */
    public static final int NT_PRSTATUS = 1;

    public static final int NT_PRFPREG = 2;
    public static final int NT_X86_XSTATE = 0x202;
    private static final int NT_ARM_TLS = 0x401;
    private static final int NT_ARM_SVE = 0x405;

    /** As the kernel's PTRACE_EVENT_STOP: a stop that was asked for, or one of the whole group. */
    static final int EVENT_STOP = 128;

    private static final int SIGINFO_BYTES = 128;
    /** Enough for AMX tiles (11 KiB) and SVE at its largest (17 KiB); a set that does not fit would be cut off by the kernel. */
    private static final int REGSET_BYTES = 64 << 10;

    private Ptrace() {}

    /** The sets of registers of this architecture, the general ones first. */
    public static int[] regsets() {
        return Syscall.arm()
                ? new int[] {NT_PRSTATUS, NT_PRFPREG, NT_ARM_TLS, NT_ARM_SVE}
                : new int[] {NT_PRSTATUS, NT_PRFPREG, NT_X86_XSTATE};
    }

    /** What became of a thread that was waited for. */
    public sealed interface Wait {
        /** Nothing yet. */
        record Pending() implements Wait {}

        /**
         * It is stopped.
         *
         * @param signal the signal that it was about to take and must be given when it is let go; 0 for none
         * @param code what stopped it: the lowest eight bits a signal, above them a PTRACE_EVENT
         */
        record Stopped(int signal, int code) implements Wait {}

        /** It ended, or is not traced any more. */
        record Gone() implements Wait {}
    }

    /**
     * Puts the calling thread before others, where the host lets it: what it has stopped would else wait with it for a busy processor.
     */
    public static void hurry() {
        long prioProcess = 0;
        long callingThread = 0;
        Syscall.SETPRIORITY.call(prioProcess, callingThread, -15, 0);
    }

    /** Attaches without stopping. No option is set: what the thread does later is not our concern. */
    public static long seize(int tid) {
        return Syscall.PTRACE.call(SEIZE, tid, 0, 0);
    }

    /** Asks a seized thread to stop; it does so at its next return to its program. */
    public static long interrupt(int tid) {
        return Syscall.PTRACE.call(INTERRUPT, tid, 0, 0);
    }

    public static long detach(int tid, int signal) {
        return Syscall.PTRACE.call(DETACH, tid, 0, signal);
    }

    /** Looks once, without waiting. */
    public static Wait poll(int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            long result = Syscall.WAIT4.call(tid, status.address(), WNOHANG | WALL, 0);
            if (result == 0 || result == -Errno.EINTR) {
                return new Wait.Pending();
            }
            int word = status.get(ValueLayout.JAVA_INT, 0);
            if (result < 0 || (word & 0xff) != 0x7f) {
                return new Wait.Gone();
            }
            int signal = word >> 8 & 0xff;
            return new Wait.Stopped(word >> 16 == EVENT_STOP ? 0 : signal, word >>> 8);
        }
    }

    /** A set of registers of a stopped thread, as the kernel gives it; empty where this machine does not have it. */
    public static Optional<byte[]> registers(int tid, int set) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(REGSET_BYTES, 64);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ValueLayout.JAVA_LONG, 0, bytes.address());
            vector.set(ValueLayout.JAVA_LONG, 8, REGSET_BYTES);
            long result = Syscall.PTRACE.call(GETREGSET, tid, set, vector.address());
            return result < 0
                    ? Optional.empty()
                    : Optional.of(bytes.asSlice(0, vector.get(ValueLayout.JAVA_LONG, 8))
                            .toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Sets a set of registers of a stopped thread, as {@link #registers} gave it. */
    static long setRegisters(int tid, int set, byte[] registers) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(
                    ValueLayout.JAVA_LONG,
                    0,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, registers).address());
            vector.set(ValueLayout.JAVA_LONG, 8, registers.length);
            return Syscall.PTRACE.call(SETREGSET, tid, set, vector.address());
        }
    }

    /** The signals that a stopped thread blocks, or will block again once the call that it is in has ended. */
    static OptionalLong signalMask(int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(8, 8);
            long result = Syscall.PTRACE.call(GETSIGMASK, tid, 8, mask.address());
            return result < 0 ? OptionalLong.empty() : OptionalLong.of(mask.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    static long setSignalMask(int tid, long blocked) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(8, 8);
            mask.set(ValueLayout.JAVA_LONG, 0, blocked);
            return Syscall.PTRACE.call(SETSIGMASK, tid, 8, mask.address());
        }
    }

    static long setOptions(int tid, long options) {
        return Syscall.PTRACE.call(SETOPTIONS, tid, 0, options);
    }

    /** Lets a stopped thread run up to the entry or exit of a system call. */
    static long untilCall(int tid, int signal) {
        return Syscall.PTRACE.call(SYSCALL, tid, 0, signal);
    }

    static long goOn(int tid) {
        return Syscall.PTRACE.call(CONT, tid, 0, 0);
    }

    /** What belongs to the event that stopped the thread: of a clone the new process. */
    static long eventMessage(int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(8, 8);
            long result = Syscall.PTRACE.call(GETEVENTMSG, tid, 0, message.address());
            return result < 0 ? result : message.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Where the thread has registered restartable sequences, rseq(2); 0 where it has not, or before Linux 5.13. */
    static long restartableSequences(int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment configuration = arena.allocate(24, 8);
            long result = Syscall.PTRACE.call(GET_RSEQ_CONFIGURATION, tid, 24, configuration.address());
            return result < 0 ? 0 : configuration.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Makes the kernel kill a stopped process when its tracer ends. */
    public static long dieWithTracer(int pid) {
        return setOptions(pid, EXITKILL);
    }

    public static long signal(int pid, int tid, int signal) {
        return Syscall.TGKILL.call(pid, tid, signal, 0);
    }

    /** What stopped the thread: a siginfo_t. */
    public static Optional<byte[]> signalInfo(int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(SIGINFO_BYTES, 8);
            long result = Syscall.PTRACE.call(GETSIGINFO, tid, 0, bytes.address());
            return result < 0 ? Optional.empty() : Optional.of(bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * Bytes that wait in a pipe or socket of another process, counted and not read. The descriptor is held for the moment of the count
     * by pidfd_getfd(2), which opens nothing anew.
     */
    public static OptionalInt waiting(int pid, int descriptor) {
        long process = Syscall.PIDFD_OPEN.call(pid, 0);
        if (process < 0) {
            return OptionalInt.empty();
        }
        try {
            long held = Syscall.PIDFD_GETFD.call(process, descriptor, 0, 0);
            if (held < 0) {
                return OptionalInt.empty();
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
                long fionread = 0x541B;
                long result = Syscall.IOCTL.call(held, fionread, count.address(), 0);
                return result < 0 ? OptionalInt.empty() : OptionalInt.of(count.get(ValueLayout.JAVA_INT, 0));
            } finally {
                Syscall.CLOSE.call(held, 0);
            }
        } finally {
            Syscall.CLOSE.call(process, 0);
        }
    }
}
