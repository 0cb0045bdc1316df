package io.stratoswarm.audit.capture.linux;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Two places in the code of a process that are there in every C library: a system call followed by a return, and the call of rt_sigreturn
 * that the handlers of signals return to. With both, a thread that is led to make a system call finds its own way back.
 *
 * @param call address of the instructions {@code syscall; ret}
 * @param back address of {@code mov $15, %eax; syscall}
 */
public record ReturnPath(long call, long back) {
    private static final byte[] CALL = HexFormat.of().parseHex("0f05c3");
    private static final List<byte[]> BACK = List.of(
            HexFormat.of().parseHex("48c7c00f0000000f05"), HexFormat.of().parseHex("b80f0000000f05"));
    private static final int CHUNK = 1 << 20;
    private static final int LONGEST = 9;

    /** Code of a process. */
    public record Code(long start, long end) {}

    /** Looks through code in this order. */
    public static Optional<ReturnPath> find(int pid, List<Code> areas) {
        long call = 0;
        long back = 0;
        for (Code area : areas) {
            for (long at = area.start(); at < area.end() && (call == 0 || back == 0); at += CHUNK - LONGEST) {
                int length = (int) Math.min(CHUNK, area.end() - at);
                byte[] bytes = RemoteBytes.read(pid, at, length).orElse(new byte[0]);
                int index = call == 0 ? index(bytes, CALL) : -1;
                call = index >= 0 ? at + index : call;
                for (byte[] pattern : BACK) {
                    index = back == 0 ? index(bytes, pattern) : -1;
                    back = index >= 0 ? at + index : back;
                }
            }
        }
        return call == 0 || back == 0 ? Optional.empty() : Optional.of(new ReturnPath(call, back));
    }

    private static int index(byte[] in, byte[] pattern) {
        for (int i = 0; i <= in.length - pattern.length; i++) {
            if (in[i] == pattern[0] && starts(in, i, pattern)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean starts(byte[] in, int at, byte[] pattern) {
        for (int i = 1; i < pattern.length; i++) {
            if (in[at + i] != pattern[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is still there. */
    boolean holds(int pid) {
        byte @Nullable [] there = RemoteBytes.read(pid, call, CALL.length).orElse(null);
        byte @Nullable [] longer = RemoteBytes.read(pid, back, LONGEST).orElse(null);
        return there != null
                && longer != null
                && index(there, CALL) == 0
                && BACK.stream().anyMatch(it -> index(longer, it) == 0);
    }
}
