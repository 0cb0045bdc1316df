package io.stratoswarm.audit.capture;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.audit.capture.linux.Errno;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.util.List;

/** What this host lets captures do. */
public final class CaptureProbe {
    /** CAP_SYS_PTRACE, linux/capability.h. */
    private static final int SYS_PTRACE = 19;

    private static final int NOBODY = Integer.MAX_VALUE;

    private final Proc proc;

    CaptureProbe(Proc proc) {
        this.proc = proc;
    }

    public static List<Capability> host() {
        return new CaptureProbe(Proc.host()).all();
    }

    List<Capability> all() {
        return List.of(ptrace(), scan(), modes(), Criu.find().capability());
    }

    private Capability ptrace() {
        String name = "capture.ptrace";
        // No process has this number, so whoever may call it at all is told just that.
        long asked = Ptrace.seize(NOBODY);
        if (asked != -Errno.ESRCH) {
            return new Capability(
                    name,
                    false,
                    "the call ptrace is forbidden here (" + Errno.text(asked)
                            + "), by a container's seccomp profile for example; allow it for the daemon");
        }
        String effective = proc.status("self", "CapEff");
        boolean capable = !effective.isEmpty() && (Long.parseUnsignedLong(effective, 16) >>> SYS_PTRACE & 1) == 1;
        if (capable) {
            return new Capability(name, true, "CAP_SYS_PTRACE is there; agents of every user can be captured");
        }
        String scope = proc.text("sys/kernel/yama/ptrace_scope").strip();
        if (scope.isEmpty() || scope.equals("0")) {
            return new Capability(
                    name,
                    true,
                    "without CAP_SYS_PTRACE: agents of the daemon's own user can be captured, those of others not");
        }
        return new Capability(
                name,
                false,
                "kernel.yama.ptrace_scope is " + scope + " and the daemon has no CAP_SYS_PTRACE; give it that"
                        + " (AmbientCapabilities=CAP_SYS_PTRACE in its unit)"
                        + (scope.equals("3") ? "" : ", or set kernel.yama.ptrace_scope to 0"));
    }

    private static Capability scan() {
        String name = "capture.pagemap-scan";
        try (PageScan scan = PageScan.of((int) ProcessHandle.current().pid())) {
            scan.scan(PageScan.PAGE, 16 * PageScan.PAGE, (start, end, file) -> {});
            return scan.byIoctl()
                    ? new Capability(name, true, "pages are found by PAGEMAP_SCAN")
                    : new Capability(
                            name,
                            false,
                            "this kernel is older than 6.7; captures read /proc/PID/pagemap instead, which is slower");
        } catch (LinuxFailure e) {
            return new Capability(name, false, String.valueOf(e.getMessage()));
        }
    }

    private static Capability modes() {
        String fork = LedCalls.unavailable()
                .map(why -> "fork is not available: " + why)
                .orElse("fork");
        String dirty = Increments.unavailable()
                .map(why -> "dirty is not available: " + why)
                .orElse("dirty");
        return new Capability("capture.modes", true, String.join("; ", List.of("stop-copy", fork, dirty)));
    }
}
