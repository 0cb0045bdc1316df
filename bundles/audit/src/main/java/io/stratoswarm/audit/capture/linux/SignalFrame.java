package io.stratoswarm.audit.capture.linux;

import java.nio.ByteBuffer;

/**
 * What rt_sigreturn(2) of x86-64 takes its registers from: {@code struct ucontext} of arch/x86/include/uapi/asm/ucontext.h, from the stack
 * pointer on. A thread that comes upon the address of such a call with this above it goes on with the registers, the signal mask and the
 * floating-point state that are written here.
 */
final class SignalFrame {
    static final int BYTES = 304;

    private static final int FLAGS = 0;
    private static final int ALTERNATE_STACK_FLAGS = 24;
    private static final int CONTEXT = 40;
    private static final int MASK = 296;

    /** UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS. */
    private static final long ALL_FLAGS = 7;

    /** No mode of sigaltstack(2), so that the kernel leaves the alternate stack as it is. */
    private static final int NO_MODE = 4;

    private static final int MAGIC_1 = 0x46505853;
    private static final int MAGIC_2 = 0x46505845;
    private static final int SOFTWARE_BYTES = 464;
    private static final int HEADER_END = 576;

    /** Where the state of the tiles of AMX lies. A thread without them may not name so much. */
    private static final int BEFORE_TILES = 2696;

    private static final long TILES = 3L << 17;

    private SignalFrame() {}

    /** @param extended address of the bytes of {@link #extended}, or 0 where floating-point state does not matter */
    static void put(ByteBuffer out, int at, Registers registers, long mask, long extended) {
        out.putLong(at + FLAGS, ALL_FLAGS);
        out.putInt(at + ALTERNATE_STACK_FLAGS, NO_MODE);
        // struct sigcontext_64: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags, segments.
        int[] order = {9, 8, 7, 6, 3, 2, 1, 0, 14, 13, 4, 5, 12, 10, 11, 19, 16, 18};
        for (int i = 0; i < order.length; i++) {
            out.putLong(at + CONTEXT + 8 * i, registers.get(order[i]));
        }
        out.putShort(at + CONTEXT + 144, (short) registers.get(Registers.CS));
        out.putShort(at + CONTEXT + 150, (short) registers.get(Registers.SS));
        out.putLong(at + CONTEXT + 184, extended);
        out.putLong(at + MASK, mask);
    }

    /** The extended state as a signal frame holds it, from what ptrace gives; empty where it cannot be kept so. */
    static byte[] extended(byte[] state) {
        if (state.length < HEADER_END) {
            return new byte[0];
        }
        ByteBuffer in = RemoteBytes.little(state);
        boolean tiles = (in.getLong(512) & TILES) != 0;
        if (tiles) {
            return new byte[0];
        }
        int size = Math.min(state.length, state.length > BEFORE_TILES ? BEFORE_TILES : state.length);
        byte[] bytes = new byte[size + 4];
        ByteBuffer out = RemoteBytes.little(bytes).put(state, 0, size);
        long features = in.getLong(SOFTWARE_BYTES) & ~TILES;
        out.putInt(SOFTWARE_BYTES, MAGIC_1);
        out.putInt(SOFTWARE_BYTES + 4, size + 4);
        out.putLong(SOFTWARE_BYTES + 8, features);
        out.putInt(SOFTWARE_BYTES + 16, size);
        for (int i = SOFTWARE_BYTES + 20; i < 512; i += 4) {
            out.putInt(i, 0);
        }
        out.putInt(size, MAGIC_2);
        return bytes;
    }
}
