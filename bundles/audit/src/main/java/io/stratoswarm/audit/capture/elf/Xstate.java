package io.stratoswarm.audit.capture.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The extended registers of x86 in the layout that debuggers expect in a core file. Where the parts of an XSAVE area lie is up to the
 * processor; processors of AMD leave no room for what they do not have (MPX), and gdb before 14 knows the layout of Intel's only. What
 * is captured is the kernel's own bytes; only what is exported is laid out anew, and only where it is of exactly that shape.
 */
final class Xstate {
    /** Where the kernel says which parts are enabled: XCR0, in the bytes of the legacy area that are left to software. */
    private static final int XCR0 = 464;

    private static final long AVX512 = 0xe0;
    private static final long PKRU = 1 << 9;
    private static final int COMPACT = 2432;
    private static final int SPREAD = 2688;
    private static final int PKRU_BYTES = 8;

    private Xstate() {}

    static byte[] spread(byte[] area) {
        if (area.length != COMPACT && area.length != COMPACT + PKRU_BYTES) {
            return area;
        }
        long enabled = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN).getLong(XCR0);
        boolean keys = (enabled & PKRU) != 0;
        if ((enabled & AVX512) != AVX512 || keys != area.length > COMPACT) {
            return area;
        }
        byte[] out = new byte[SPREAD + (keys ? PKRU_BYTES : 0)];
        // Up to the upper halves of YMM both are the same; then eight mask registers, the upper halves of ZMM0-15, and
        // ZMM16-31.
        System.arraycopy(area, 0, out, 0, 832);
        System.arraycopy(area, 832, out, 1088, 64);
        System.arraycopy(area, 896, out, 1152, 512);
        System.arraycopy(area, 1408, out, 1664, 1024);
        if (keys) {
            System.arraycopy(area, COMPACT, out, SPREAD, PKRU_BYTES);
        }
        return out;
    }
}
