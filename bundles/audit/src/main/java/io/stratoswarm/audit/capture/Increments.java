package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.Errno;
import io.stratoswarm.audit.capture.linux.InjectedCall;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.WriteTracking;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Copies, while processes are stopped, only what they have written to since they were captured so the last time. For this a process is led to
 * make a userfaultfd, once; the daemon takes it over, and the process closes its own.
 *
 * <p>What is not known to be unchanged is copied: pages outside of what is followed, and all where the last such capture was not kept or
 * is not there any more.
 */
final class Increments implements Taking {
    private final LedCalls calls;
    private final Trackers trackers;
    private final Function<String, Map<Long, Seen>> seen;

    /** @param seen what the last capture held that is still there, by process */
    Increments(LedCalls calls, Trackers trackers, Function<String, Map<Long, Seen>> seen) {
        this.calls = calls;
        this.trackers = trackers;
        this.seen = seen;
    }

    /** Why this host cannot do it; empty where it can. */
    static Optional<String> unavailable() {
        return LedCalls.unavailable().or(WriteTracking::unavailable);
    }

    @Override
    public boolean prepare(Image rehearsal) {
        byte[] program = rehearsal.files.getOrDefault("auxv", new byte[0]);
        if (trackers.of(rehearsal.process(), program).isPresent()) {
            return false;
        }
        calls.prepare(rehearsal);
        return true;
    }

    @Override
    public void take(Image image, Tracer tracer, Memory memory) throws LinuxFailure {
        Optional<WriteTracking> tracking = follow(image, tracer);
        if (tracking.isEmpty()) {
            memory.copy(image, image.pid, image.areas, false);
            return;
        }
        Map<Long, Seen> known = trackers.begin(image.process()) ? seen.apply(image.process()) : Map.of();
        Set<Area> followed = new HashSet<>();
        for (Area area : image.areas) {
            if (area.writable() && !area.shared() && !area.foreign() && includes(tracking.get(), area)) {
                followed.add(area);
            }
        }
        PageRuns found = memory.runs();
        found.scanWritten(image.pid, image.areas, followed::contains, known);
        image.unchanged = found.unchanged();
        memory.copy(image, image.pid, found);
    }

    /** Where the kernel does not follow an area, for example since another follows it already, all of it is copied. */
    private static boolean includes(WriteTracking tracking, Area area) {
        try {
            tracking.include(area.start(), area.end());
            return true;
        } catch (LinuxFailure e) {
            return false;
        }
    }

    private Optional<WriteTracking> follow(Image image, Tracer tracer) {
        byte[] program = image.files.getOrDefault("auxv", new byte[0]);
        Optional<WriteTracking> known = trackers.of(image.process(), program);
        if (known.isPresent()) {
            return known;
        }
        InjectedCall.Outcome made = calls.call(image, tracer, InjectedCall.USERFAULTFD, false, WriteTracking.FLAGS);
        if (!made.refused().isEmpty() || made.result() < 0) {
            whole(image, made.refused().isEmpty() ? "userfaultfd: " + Errno.text(made.result()) : made.refused());
            return Optional.empty();
        }
        try {
            WriteTracking tracking = WriteTracking.of(image.pid, (int) made.result());
            trackers.put(image.process(), program, tracking);
            return Optional.of(tracking);
        } catch (LinuxFailure e) {
            whole(image, String.valueOf(e.getMessage()));
            return Optional.empty();
        } finally {
            InjectedCall.Outcome closed = calls.call(image, tracer, InjectedCall.CLOSE, false, made.result());
            if (!closed.refused().isEmpty() || closed.result() < 0) {
                image.problems.add("process " + image.pid + " keeps a descriptor, " + made.result()
                        + ", that was made for the capture: "
                        + (closed.refused().isEmpty() ? Errno.text(closed.result()) : closed.refused()));
            }
        }
    }

    private static void whole(Image image, String why) {
        image.problems.add(
                "the writes of process " + image.pid + " cannot be followed, so it was copied whole: " + why);
    }
}
