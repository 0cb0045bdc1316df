package io.stratoswarm.audit.capture.linux;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Leads a stopped thread of another process to make one system call, and puts it back exactly as it was, as a debugger does that calls a
 * function of its program. For x86-64.
 *
 * <p>The tracer may be killed at any moment. Therefore the thread is given a way back of its own before its registers are changed: below
 * its stack lies a signal frame with all that it had, and the call that it makes is one followed by a return, to the code by which handlers
 * of signals return. Without a tracer it makes the call, returns, and goes on as after a signal. A new process that the call makes finds
 * another frame on a stack of its own, which lets it end at once. While its tracer lives the thread stops right after the call, and none
 * of that is used.
 *
 * <p>All signals are blocked meanwhile, so that none is taken with foreign registers; they wait. The call is not made by filters of
 * seccomp(2), which could kill the process for it. In the end the thread is stopped by PTRACE_INTERRUPT as before, since only from such a stop
 * the kernel begins again the call that it had been in.
 */
public final class InjectedCall {
    public static final int CLOSE = 3;
    public static final int CLONE = 56;
    public static final int WAIT4 = 61;
    public static final int USERFAULTFD = 323;
    private static final int EXIT_GROUP = 231;

    private static final int SIGTRAP = 5;
    private static final int SIGSTOP = 19;
    private static final int CALL_STOP = SIGTRAP | 0x80;
    private static final int EVENT_CLONE = 3;
    /** The part of the stack below its pointer that functions may use without saying so. */
    private static final int RED_ZONE = 128;

    private static final int EXTENDED_ALIGNMENT = 64;
    private static final long SPIN_NANOS = 3_000_000;
    private static final long PAUSE_NANOS = 50_000;

    /** Whether a range of addresses can be written to. */
    public interface Room {
        boolean writable(long start, long end);
    }

    /** Called between the steps, by their names; for tests. */
    public interface Steps {
        void at(String step);
    }

    /** A stopped thread. @param signal what it was about to take, or 0 */
    public record Caller(int pid, int tid, int signal, boolean filtered) {}

    /**
     * What came of it.
     *
     * @param refused why no call was made, or how it went wrong; empty where it was made
     * @param result what the call answered
     * @param child the process that it made, or 0
     * @param address where memory was changed for the time of the call
     * @param bytes what had been there
     */
    public record Outcome(String refused, long result, int child, long address, byte[] bytes) {
        static Outcome refused(String why) {
            return new Outcome(why, -1, 0, 0, new byte[0]);
        }
    }

    /** The thread did not come to the next stop. */
    private static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        Lost(String message) {
            super(message);
        }
    }

    private final ReturnPath path;
    private final LongSupplier nanos;
    private final long deadline;
    private final Steps steps;
    private boolean stop;

    /** @param deadline of {@code nanos}, after which a call that has not returned is left to itself */
    public InjectedCall(ReturnPath path, LongSupplier nanos, long deadline, Steps steps) {
        this.path = path;
        this.nanos = nanos;
        this.deadline = deadline;
        this.steps = steps;
    }

    /**
     * Makes the call. All other threads of the process must be stopped as well.
     *
     * @param withStack the second argument is to be the stack of a new process
     */
    public Outcome make(Caller caller, Room room, int number, boolean withStack, long... arguments) {
        byte[] general = Ptrace.registers(caller.tid(), Ptrace.NT_PRSTATUS).orElse(new byte[0]);
        OptionalLong mask = Ptrace.signalMask(caller.tid());
        byte[] extended = SignalFrame.extended(
                Ptrace.registers(caller.tid(), Ptrace.NT_X86_XSTATE).orElse(new byte[0]));
        if (general.length == 0 || mask.isEmpty()) {
            return Outcome.refused("its thread " + caller.tid() + " ended");
        }
        if (!Registers.is64(general)) {
            return Outcome.refused("it is a program of 32 bits");
        }
        if (extended.length == 0) {
            return Outcome.refused("the extended registers of its thread " + caller.tid() + " could not be put back");
        }
        if (!path.holds(caller.pid())) {
            return Outcome.refused("its code has changed");
        }
        Registers original = sequence(caller, new Registers(general));
        long top = original.get(Registers.RSP) - RED_ZONE;
        long state = (top - extended.length) & -EXTENDED_ALIGNMENT;
        long frame = state - SignalFrame.BYTES;
        long childFrame = frame - 16 - SignalFrame.BYTES;
        long start = childFrame - 8;
        int length = (int) (top - start);
        byte[] before = room.writable(start, top)
                ? RemoteBytes.read(caller.pid(), start, length).orElse(new byte[0])
                : new byte[0];
        if (before.length == 0) {
            return Outcome.refused("its thread " + caller.tid() + " has no room on its stack");
        }
        Registers calling = original.with(Registers.RIP, path.call())
                .with(Registers.RSP, frame - 8)
                .with(Registers.RAX, number)
                .with(Registers.ORIG_RAX, -1);
        int[] order = {Registers.RDI, Registers.RSI, Registers.RDX, Registers.R10, Registers.R8};
        for (int i = 0; i < order.length; i++) {
            calling = calling.with(order[i], i < arguments.length ? arguments[i] : 0);
        }
        if (withStack) {
            calling = calling.with(Registers.RSI, childFrame - 8);
        }
        ByteBuffer bytes = RemoteBytes.little(new byte[length]);
        bytes.putLong(0, path.back());
        Registers ending =
                calling.with(Registers.RAX, EXIT_GROUP).with(Registers.RDI, 0).with(Registers.RSP, childFrame);
        SignalFrame.put(bytes, 8, ending, -1L, 0);
        bytes.putLong((int) (frame - 8 - start), path.back());
        SignalFrame.put(bytes, (int) (frame - start), original.restarted(), mask.getAsLong(), state);
        bytes.put((int) (state - start), extended);
        steps.at("prepared");
        if (!RemoteBytes.write(caller.pid(), start, bytes.array())) {
            RemoteBytes.write(caller.pid(), start, before);
            return Outcome.refused("its memory cannot be written to");
        }
        return with(caller, original, calling, mask.getAsLong(), start, before);
    }

    private Outcome with(Caller caller, Registers original, Registers calling, long mask, long address, byte[] before) {
        int tid = caller.tid();
        steps.at("frame");
        boolean filter = caller.filtered();
        long options = Ptrace.TRACESYSGOOD | Ptrace.TRACECLONE;
        long allowed = Ptrace.setOptions(tid, filter ? options | Ptrace.SUSPEND_SECCOMP : options);
        if (allowed < 0) {
            RemoteBytes.write(caller.pid(), address, before);
            return Outcome.refused(
                    filter
                            ? "its system calls are filtered by seccomp, and the filter cannot be set aside for one ("
                                    + Errno.text(allowed) + ")"
                            : "it cannot be led to make a call (" + Errno.text(allowed) + ")");
        }
        // The registers first: from then on the thread finds its way back by itself, with its mask.
        long changed = Ptrace.setRegisters(tid, Ptrace.NT_PRSTATUS, calling.bytes());
        if (changed < 0) {
            RemoteBytes.write(caller.pid(), address, before);
            return Outcome.refused("its registers cannot be changed (" + Errno.text(changed) + ")");
        }
        steps.at("registers");
        Ptrace.setSignalMask(tid, -1L);
        steps.at("mask");
        String wrong = "";
        long result = -1;
        int child = 0;
        try {
            Made made = run(caller);
            result = made.result();
            child = made.child();
            wrong = made.wrong();
            steps.at("called");
            Ptrace.interrupt(tid);
            Ptrace.goOn(tid);
            while (await(tid).code() >> 8 != Ptrace.EVENT_STOP) {
                // A stop for a signal that cannot be blocked.
                stop = true;
                Ptrace.goOn(tid);
            }
        } catch (Lost e) {
            return new Outcome(String.valueOf(e.getMessage()), -1, child, address, before);
        }
        // The mask first: should this be the end, the thread has its way back still.
        Ptrace.setSignalMask(tid, mask);
        steps.at("unmasked");
        Ptrace.setRegisters(tid, Ptrace.NT_PRSTATUS, original.bytes());
        steps.at("restored");
        RemoteBytes.write(caller.pid(), address, before);
        Ptrace.setOptions(tid, 0);
        if (stop) {
            Ptrace.signal(caller.pid(), tid, SIGSTOP);
        }
        return new Outcome(wrong, result, child, address, before);
    }

    private record Made(long result, int child, String wrong) {}

    /** From the entry of the call to its exit. */
    private Made run(Caller caller) throws Lost {
        int tid = caller.tid();
        // A blocked signal that is given is put back among those that wait.
        stop = caller.signal() == SIGSTOP;
        long resumed = Ptrace.untilCall(tid, stop ? 0 : caller.signal());
        boolean entered = false;
        int child = 0;
        while (true) {
            if (resumed < 0) {
                throw new Lost("it ended in the middle");
            }
            int code = await(tid).code();
            int signal = code & 0xff;
            if (signal == CALL_STOP) {
                if (entered) {
                    break;
                }
                entered = true;
                steps.at("entered");
            } else if (code >> 8 == EVENT_CLONE) {
                child = (int) Ptrace.eventMessage(tid);
                steps.at("cloned");
            } else if (code >> 8 == 0 && signal == SIGSTOP) {
                stop = true;
            } else if (code >> 8 == 0) {
                // Nothing else gets past the mask but what the kernel forces upon the thread for this call.
                return new Made(-1, child, "the call was answered by signal " + signal);
            }
            resumed = Ptrace.untilCall(tid, 0);
        }
        byte[] after = Ptrace.registers(tid, Ptrace.NT_PRSTATUS).orElse(new byte[0]);
        if (after.length == 0) {
            throw new Lost("it ended in the middle");
        }
        return new Made(new Registers(after).get(Registers.RAX), child, "");
    }

    private Ptrace.Wait.Stopped await(int tid) throws Lost {
        long began = nanos.getAsLong();
        while (true) {
            switch (Ptrace.poll(tid)) {
                case Ptrace.Wait.Stopped stopped -> {
                    return stopped;
                }
                case Ptrace.Wait.Gone gone -> throw new Lost("it ended in the middle");
                case Ptrace.Wait.Pending pending -> {
                    long now = nanos.getAsLong();
                    if (now - deadline >= 0) {
                        throw new Lost("the call that it was led to make has not returned; it goes on by itself");
                    }
                    if (now - began < SPIN_NANOS) {
                        Thread.onSpinWait();
                    } else {
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                }
            }
        }
    }

    /**
     * A thread that was interrupted in a restartable sequence must begin it anew, which the kernel sees to by the address that it comes back
     * to; after a detour it would not see it. Linux, kernel/rseq.c.
     */
    private static Registers sequence(Caller caller, Registers registers) {
        long area = Ptrace.restartableSequences(caller.tid());
        long pointer = area == 0 ? 0 : word(caller.pid(), area + 8);
        if (pointer == 0) {
            return registers;
        }
        long start = word(caller.pid(), pointer + 8);
        long length = word(caller.pid(), pointer + 16);
        long at = registers.get(Registers.RIP);
        return Long.compareUnsigned(at - start, length) < 0
                ? registers.with(Registers.RIP, word(caller.pid(), pointer + 24))
                : registers;
    }

    private static long word(int pid, long address) {
        return RemoteBytes.read(pid, address, Long.BYTES)
                .map(it -> RemoteBytes.little(it).getLong(0))
                .orElse(0L);
    }
}
