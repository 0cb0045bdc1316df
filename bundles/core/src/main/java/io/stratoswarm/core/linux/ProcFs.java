package io.stratoswarm.core.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel tells of processes below {@code /proc}. The folder is passed in so that tests can pose as another boot. */
public final class ProcFs {
    /** Ticks a second of start times in {@code /proc/PID/stat}; the kernel's interface fixes it at 100. */
    public static final long TICKS_A_SECOND = 100;

    /**
     * A process at one moment.
     *
     * @param state R, S, D, Z and so on
     * @param startTicks since boot; with the pid it names a process for as long as the host runs
     */
    public record Stat(int pid, char state, int parent, int session, long startTicks) {
        /** Whether it still runs; what has ended and is not yet reaped does not. */
        public boolean alive() {
            return state != 'Z' && state != 'X';
        }
    }

    private final Path root;

    public ProcFs(Path root) {
        this.root = root;
    }

    public static ProcFs host() {
        return new ProcFs(Path.of("/proc"));
    }

    public String bootId() {
        try {
            return Files.readString(root.resolve("sys/kernel/random/boot_id")).trim();
        } catch (IOException e) {
            throw new LinuxException(
                    "cannot read the boot id below " + root + " (" + e.getMessage() + ")", Errno.ENOENT);
        }
    }

    /** Nanoseconds since 1970 at which a process of these start ticks began, given what time it is now; to 10 ms. */
    public long startNanos(long startTicks, long nowNanos) {
        try {
            String seconds = Files.readString(root.resolve("uptime")).split(" ")[0];
            long uptimeTicks = Math.round(Double.parseDouble(seconds) * TICKS_A_SECOND);
            return nowNanos - (uptimeTicks - startTicks) * (1_000_000_000L / TICKS_A_SECOND);
        } catch (IOException e) {
            throw new LinuxException(
                    "cannot read the uptime below " + root + " (" + e.getMessage() + ")", Errno.ENOENT);
        }
    }

    /** Empty where no such process is. */
    public Optional<Stat> stat(int pid) {
        try {
            String text = Files.readString(root.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The name may hold spaces and parentheses; the last closing one ends it.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Optional.of(new Stat(
                    pid,
                    fields[0].charAt(0),
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[3]),
                    Long.parseLong(fields[19])));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Program and arguments of a process; empty where it is gone, or is no program. */
    public List<String> arguments(int pid) {
        try {
            String text = Files.readString(root.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1);
            return text.isEmpty() ? List.of() : List.of(text.split("\0"));
        } catch (IOException goneOrForbidden) {
            return List.of();
        }
    }

    /** The working folder of a process, with " (deleted)" behind it where there is none any more; empty where it may not be seen. */
    public String folder(int pid) {
        try {
            return Files.readSymbolicLink(root.resolve(pid + "/cwd")).toString();
        } catch (IOException goneOrForbidden) {
            return "";
        }
    }

    /** The user that a process runs as; -1 where there is none such. */
    public int user(int pid) {
        try {
            return (Integer) Files.getAttribute(root.resolve(Integer.toString(pid)), "unix:uid");
        } catch (IOException gone) {
            return -1;
        }
    }

    public List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(root, "[0-9]*")) {
            entries.forEach(
                    entry -> pids.add(Integer.parseInt(entry.getFileName().toString())));
        } catch (IOException e) {
            throw new LinuxException("cannot list " + root + " (" + e.getMessage() + ")", Errno.EACCES);
        }
        return pids;
    }

    /**
     * Whether an entry of the environment a process was started with begins with this ASCII text, to which a caller adds a
     * NUL where it wants the whole entry; false where the environment may not be read.
     */
    public boolean started(int pid, String entry) {
        try {
            String environment = "\0" + Files.readString(root.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            return environment.contains("\0" + entry);
        } catch (IOException goneOrForbidden) {
            return false;
        }
    }

    /** Lines of {@code /proc/PID/cgroup}; empty where the process is gone. */
    public List<String> cgroups(String pid) {
        try {
            return Files.readAllLines(root.resolve(pid + "/cgroup"));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
