package io.stratoswarm.core.process;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Probes what this host offers to agents, whatever the data folder. Each answer is tried, not guessed from versions. */
final class HostFacts {
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_MEMLOCK = 8;

    private HostFacts() {}

    /** Everything, with a try of each cgroup controller that leaves nothing behind, and of the data folder's disk. */
    static List<Capability> all(ProcFs proc, Path data) {
        List<Capability> all = new ArrayList<>(probe(proc));
        try {
            Cgroups cgroups = Cgroups.ofHost(
                    proc, "stratoswarm-probe-" + ProcessHandle.current().pid());
            all.addAll(cgroups.capabilities());
            cgroups.removeRoot();
        } catch (IOException e) {
            all.add(new Capability("cgroup", false, "/proc/self/mountinfo cannot be read: " + Cgroups.reason(e)));
        }
        all.add(sync(data));
        return all;
    }

    private static Capability sync(Path data) {
        Path file = data.resolve(".probe-" + ProcessHandle.current().pid());
        try {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                for (int i = 0; i < 5; i++) {
                    channel.write(ByteBuffer.allocate(256));
                    channel.force(false);
                }
            }
            return new Capability("storage.sync", true, "fdatasync works in " + data);
        } catch (IOException e) {
            return new Capability(
                    "storage.sync", false, "a file in " + data + " cannot be written and synced: " + Cgroups.reason(e));
        }
    }

    static List<Capability> probe(ProcFs proc) {
        List<Capability> all = new ArrayList<>();
        all.add(new Capability(
                "kernel", true, read("/proc/sys/kernel/osrelease").orElse("unknown") + ", boot " + proc.bootId()));
        all.add(pidfd());
        boolean root = Linux.effectiveUser() == 0;
        all.add(new Capability(
                "agents.user",
                root && Shell.find("setpriv").isPresent(),
                root
                        ? Shell.find("setpriv").map(p -> "by " + p).orElse("setpriv is missing; install util-linux")
                        : "the daemon runs as user " + Linux.effectiveUser()
                                + "; only root can run agents as other users"));
        all.add(tool("agents.keeper", "dash", "dash"));
        all.add(tool("agents.holder", "bash", "bash"));
        all.add(tool("agents.session", "setsid", "util-linux"));
        all.add(tool("agents.rlimits", "prlimit", "util-linux"));
        all.add(tool("agents.affinity", "taskset", "util-linux"));
        all.add(niceness(root));
        all.add(limit("limit.nofile", RLIMIT_NOFILE, "each agent takes about ten descriptors of the daemon"));
        all.add(limit("limit.memlock", RLIMIT_MEMLOCK, "bytes"));
        all.add(new Capability("processors", true, Linux.affinityCount() + " usable by this daemon and its agents"));
        all.add(pressure());
        all.add(ptrace(root));
        all.add(pipes(root));
        all.add(systemd());
        all.add(Orphans.capability(proc));
        return all;
    }

    private static Capability pidfd() {
        int fd = Linux.pidfdOpen((int) ProcessHandle.current().pid());
        if (fd < 0) {
            return new Capability(
                    "pidfd",
                    false,
                    Errno.text(-fd) + "; signals are sent by number, which needs kernel 5.3 to be free of races");
        }
        int answer = Linux.pidfdSignal(fd, 0);
        Linux.close(fd);
        return new Capability("pidfd", answer == 0, answer == 0 ? "open and signal work" : Errno.text(-answer));
    }

    private static Capability tool(String name, String program, String debianPackage) {
        return Shell.find(program)
                .map(path -> new Capability(name, true, path.toString()))
                .orElseGet(() ->
                        new Capability(name, false, program + " is missing; install the package " + debianPackage));
    }

    private static Capability niceness(boolean root) {
        if (Shell.find("renice").isEmpty()) {
            return new Capability("agents.niceness", false, "renice is missing; install the package util-linux");
        }
        return new Capability("agents.niceness", true, root ? "-20 to 19" : "0 to 19; lower values need root");
    }

    private static Capability limit(String name, int resource, String note) {
        long[] limits = Linux.rlimit(0, resource);
        return new Capability(
                name, true, "soft " + number(limits[0]) + ", hard " + number(limits[1]) + " (" + note + ")");
    }

    private static String number(long value) {
        return value < 0 ? "unlimited" : Long.toString(value);
    }

    private static Capability pressure() {
        return read("/proc/pressure/cpu")
                .map(text -> new Capability(
                        "pressure", true, text.lines().findFirst().orElse("")))
                .orElseGet(() -> new Capability("pressure", false, "/proc/pressure cannot be read; boot with psi=1"));
    }

    private static Capability ptrace(boolean root) {
        String scope = read("/proc/sys/kernel/yama/ptrace_scope").orElse("none");
        boolean possible = scope.equals("none") || scope.equals("0") || root && !scope.equals("3");
        return new Capability(
                "ptrace",
                possible,
                scope.equals("none")
                        ? "no Yama restriction"
                        : "kernel.yama.ptrace_scope is " + scope
                                + (possible
                                        ? ""
                                        : "; agents can be captured only with 0, or as root with less than 3"));
    }

    private static Capability pipes(boolean root) {
        String most = read("/proc/sys/fs/pipe-max-size").orElse("unknown");
        String share = read("/proc/sys/fs/pipe-user-pages-soft").orElse("unknown");
        return new Capability(
                "pipes", true, "at most " + most + " bytes each" + (root ? "" : ", " + share + " pages for this user"));
    }

    private static Capability systemd() {
        boolean booted = Files.isDirectory(Path.of("/run/systemd/system"));
        Optional<String> socket = Optional.ofNullable(System.getenv("NOTIFY_SOCKET"));
        return new Capability(
                "systemd",
                booted,
                (booted ? "the host runs systemd" : "the host does not run systemd; start the daemon by your own means")
                        + socket.map(s -> "; it is told of readiness at " + s).orElse(""));
    }

    /** In one read: the kernel gives a number of {@code /proc/sys} only to the first, and cuts it to that one's size. */
    private static Optional<String> read(String file) {
        byte[] bytes = new byte[4096];
        try (InputStream in = new FileInputStream(file)) {
            int length = in.read(bytes);
            return Optional.of(new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8).trim());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
