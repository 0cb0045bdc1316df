package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was taken from a process while it was stopped. Filled by the tracing thread, read by others after that has ended.
 *
 * <p>Its memory lies in a buffer that the runs point into.
 */
final class Image {
    /**
     * A thread.
     *
     * @param stat fields of {@code /proc/PID/task/TID/stat} from the third on
     * @param signal the signal that it was about to take, or 0
     * @param registers by note type, the kernel's own bytes
     */
    record ThreadState(
            int tid,
            String name,
            List<String> stat,
            int signal,
            Map<Integer, byte[]> registers,
            Optional<byte[]> signalInfo) {
        /** Whether it stood in a system call; of x86-64, where the number of the call is the 16th word. */
        boolean inCall() {
            byte[] general = registers.getOrDefault(Ptrace.NT_PRSTATUS, new byte[0]);
            return general.length == 27 * 8
                    && ByteBuffer.wrap(general).order(ByteOrder.LITTLE_ENDIAN).getLong(15 * 8) >= 0;
        }

        long field(int number) {
            // Fields are numbered from 1 in proc_pid_stat(5); the first of the list is the third.
            int index = number - 3;
            return index < stat.size() ? Long.parseLong(stat.get(index)) : 0;
        }
    }

    /**
     * An open file.
     *
     * @param target what the link in {@code /proc/PID/fd} says
     * @param info the text in {@code /proc/PID/fdinfo}
     * @param waiting bytes that wait in a pipe
     */
    record Descriptor(int number, String target, String info, OptionalInt waiting) {}

    final String agent;
    final int pid;
    final List<ThreadState> threads = new ArrayList<>();
    final List<Descriptor> descriptors = new ArrayList<>();
    /** Files and links of {@code /proc/PID} by name. */
    final Map<String, byte[]> files = new LinkedHashMap<>();

    final List<String> problems = new ArrayList<>();
    List<Area> areas = List.of();
    List<Run> runs = new ArrayList<>();
    List<Run> unread = List.of();
    /** What is there and was not copied, for it is as it was in the last capture; offsets say nothing. */
    List<Run> unchanged = List.of();

    Image(String agent, int pid) {
        this.agent = agent;
        this.pid = pid;
    }

    /** What names the process for good: its number, and when it was started, so that it is never mistaken for a later one. */
    String process() {
        String[] stat =
                StopCopy.text(this, "stat").replaceFirst("(?s).*\\) ", "").split(" ");
        // Field 22 is when it was started, in ticks since the boot.
        return agent + " " + pid + " " + (stat.length > 19 ? stat[19] : "?");
    }

    long bytes() {
        return runs.stream().mapToLong(Run::length).sum();
    }
}
