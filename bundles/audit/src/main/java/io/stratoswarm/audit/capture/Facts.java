package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.Ptrace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads what is known of a process but its memory. */
final class Facts {
    private static final List<String> FILES =
            List.of("maps", "auxv", "cmdline", "environ", "status", "stat", "limits", "cgroup");
    private static final List<String> LINKS = List.of("exe", "cwd", "root");

    private final Proc proc;

    Facts(Proc proc) {
        this.proc = proc;
    }

    void registers(Image image, int tid, int signal) {
        Map<Integer, byte[]> sets = new LinkedHashMap<>();
        for (int set : Ptrace.regsets()) {
            Ptrace.registers(tid, set).ifPresent(bytes -> sets.put(set, bytes));
        }
        if (!sets.containsKey(Ptrace.NT_PRSTATUS)) {
            image.problems.add("thread " + tid + " of process " + image.pid + " ended while it was being captured");
            return;
        }
        String task = image.pid + "/task/" + tid;
        image.threads.add(new Image.ThreadState(
                tid,
                proc.text(task + "/comm").strip(),
                List.of(proc.stat(task)),
                signal,
                sets,
                Ptrace.signalInfo(tid)));
    }

    void read(Image image) {
        for (String name : FILES) {
            image.files.put(name, proc.bytes(image.pid + "/" + name).orElse(new byte[0]));
        }
        for (String name : LINKS) {
            image.files.put(name, proc.link(image.pid + "/" + name).getBytes(StandardCharsets.UTF_8));
        }
        for (int number : proc.numbers(image.pid + "/fd")) {
            String target = proc.link(image.pid + "/fd/" + number);
            OptionalInt waiting = target.startsWith("pipe:") || isFifo(target)
                    ? Ptrace.waiting(image.pid, number)
                    : OptionalInt.empty();
            image.descriptors.add(
                    new Image.Descriptor(number, target, proc.text(image.pid + "/fdinfo/" + number), waiting));
        }
    }

    /** Channels of agents are FIFOs with a name. A count of what is no pipe would say something else, so only these are asked. */
    private static boolean isFifo(String target) {
        try {
            return target.startsWith("/")
                    && (((Number) Files.getAttribute(Path.of(target), "unix:mode")).intValue() & 0170000) == 0010000;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
