package io.stratoswarm.audit.capture.linux;

import java.nio.ByteBuffer;

/** The general registers of x86-64 as ptrace gives them, {@code struct user_regs_struct}. */
final class Registers {
    static final int R15 = 0;
    static final int R10 = 7;
    static final int R8 = 9;
    static final int RAX = 10;
    static final int RDX = 12;
    static final int RSI = 13;
    static final int RDI = 14;
    /** The number of the system call that the thread is in; negative where it is in none. */
    static final int ORIG_RAX = 15;

    static final int RIP = 16;
    static final int CS = 17;
    static final int EFLAGS = 18;
    static final int RSP = 19;
    static final int SS = 20;
    private static final int COUNT = 27;

    /** The code segment of programs of 64 bits. */
    private static final long CS_64 = 0x33;

    private final long[] values = new long[COUNT];

    Registers(byte[] bytes) {
        RemoteBytes.little(bytes).asLongBuffer().get(values);
    }

    /** Whether these bytes are of a thread that runs as a program of 64 bits; one of 32 bits has another set. */
    static boolean is64(byte[] bytes) {
        return bytes.length == COUNT * Long.BYTES
                && (RemoteBytes.little(bytes).getLong(CS * Long.BYTES) & 0xffff) == CS_64;
    }

    long get(int register) {
        return values[register];
    }

    Registers with(int register, long value) {
        Registers copy = new Registers(bytes());
        copy.values[register] = value;
        return copy;
    }

    byte[] bytes() {
        byte[] bytes = new byte[COUNT * Long.BYTES];
        ByteBuffer out = RemoteBytes.little(bytes);
        for (long value : values) {
            out.putLong(value);
        }
        return bytes;
    }

    /**
     * As the kernel would leave them where it interrupts the call that the thread is in by a signal with SA_RESTART, arch/x86/kernel/signal.c.
     * A call that knows how much of its time is left (nanosleep) cannot be begun again like this; it ends with EINTR.
     */
    Registers restarted() {
        if (get(ORIG_RAX) < 0) {
            return this;
        }
        int erestartsys = -512;
        int erestartnohand = -514;
        int erestartRestartblock = -516;
        long result = get(RAX);
        if (result <= erestartsys && result >= erestartnohand) {
            return with(RAX, get(ORIG_RAX)).with(RIP, get(RIP) - 2);
        }
        return result == erestartRestartblock ? with(RAX, -Errno.EINTR) : this;
    }
}
