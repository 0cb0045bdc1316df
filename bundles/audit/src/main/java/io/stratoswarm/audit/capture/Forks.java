package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.Errno;
import io.stratoswarm.audit.capture.linux.InjectedCall;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies of processes that share their memory with them copy-on-write. A stopped process is led to make its own copy by clone(2); it
 * runs on while its copy, which never runs, is read, killed, and taken away by a call of wait4 that the process is led to make as well.
 *
 * <p>The copy sends no signal when it ends (its exit signal is none), and calls of wait that do not ask for such children do not see it. It
 * shares the table of open files, so that what the process closes is closed. It is traced from its first moment, dies with its tracer, and
 * were it let go before that is set, it would end at its first step.
 */
final class Forks implements Taking {
    /** CLONE_FILES, and no signal at its end. */
    private static final long CLONE_FLAGS = 0x400;
    /** WNOHANG and __WALL. */
    private static final long WAIT_FLAGS = 0x4000_0001L;

    private static final int SIGKILL = 9;
    /** How much of what a copy does not share is copied while the process is stopped. */
    private static final long MOST_APART = 16L << 20;

    private static final int TRIES = 3;
    private static final long PAUSE_NANOS = 200_000;

    /** A copy. @param local its number as its parent knows it */
    private record Child(
            Image image,
            int pid,
            long local,
            long address,
            byte[] bytes,
            List<Area> areas,
            @Nullable PageRuns later) {}

    private final Proc proc;
    private final LongSupplier nanos;
    private final StopCopy.Bounds bounds;
    private final LedCalls calls;
    /** Areas that a copy does not have, or has empty, as found before the stop. */
    private final Map<Integer, List<Area>> apart = new HashMap<>();

    private final List<Child> children = new ArrayList<>();

    Forks(Proc proc, LongSupplier nanos, StopCopy.Bounds bounds, LedCalls calls) {
        this.proc = proc;
        this.nanos = nanos;
        this.bounds = bounds;
        this.calls = calls;
    }

    @Override
    public boolean prepare(Image rehearsal) {
        calls.prepare(rehearsal);
        apart.put(rehearsal.pid, unshared(rehearsal.pid));
        return true;
    }

    /** Areas with the flags "do not copy on fork" and "wipe on fork", madvise(2). */
    private List<Area> unshared(int pid) {
        List<Area> found = new ArrayList<>();
        Area current = null;
        for (String line : proc.lines(pid + "/smaps")) {
            if (!line.isEmpty() && Character.digit(line.charAt(0), 16) >= 0 && line.indexOf('-') > 0) {
                current = Area.parse(line).getFirst();
            } else if (line.startsWith("VmFlags:") && current != null) {
                List<String> flags = List.of(line.substring(8).strip().split(" +"));
                if (flags.contains("dc") || flags.contains("wf")) {
                    found.add(current);
                }
            }
        }
        return found;
    }

    /** Makes a copy of the process. Where that cannot be, the image says why. */
    @Override
    public void take(Image image, Tracer tracer, Memory memory) throws LinuxFailure {
        InjectedCall.Outcome outcome = calls.call(image, tracer, InjectedCall.CLONE, true, CLONE_FLAGS);
        if (!outcome.refused().isEmpty() || outcome.result() < 0 || outcome.child() == 0) {
            refuse(
                    image,
                    outcome.refused().isEmpty()
                            ? "it may not make another process (" + Errno.text(outcome.result()) + ")"
                            : outcome.refused());
            if (outcome.child() > 0) {
                Ptrace.signal(outcome.child(), outcome.child(), SIGKILL);
            }
            return;
        }
        List<Area> shared = new ArrayList<>();
        List<Area> others = new ArrayList<>();
        List<Area> known = apart.getOrDefault(image.pid, List.of());
        for (Area area : image.areas) {
            boolean own = known.stream().anyMatch(it -> it.start() < area.end() && area.start() < it.end());
            (own || area.shared() ? others : shared).add(area);
        }
        PageRuns found = memory.runs();
        found.scan(image.pid, others, false);
        boolean now = found.bytes() + found.left() <= MOST_APART;
        children.add(new Child(
                image,
                outcome.child(),
                outcome.result(),
                outcome.address(),
                outcome.bytes(),
                shared,
                now ? null : found));
        if (now) {
            memory.copy(image, image.pid, found);
        }
    }

    private static void refuse(Image image, String why) {
        image.problems.add("no copy of process " + image.pid + " could be made, so none of its memory is there: " + why
                + "; without '--mode fork' it is copied while it is stopped");
    }

    /** Reads the copies and takes them away. */
    @Override
    public long finish(Memory memory) {
        long longest = 0;
        for (Child child : children) {
            read(child, memory);
            end(child);
            longest = Math.max(longest, takeAway(child));
        }
        return longest;
    }

    private void read(Child child, Memory memory) {
        Image image = child.image();
        try {
            while (memory.more() && Ptrace.poll(child.pid()) instanceof Ptrace.Wait.Pending) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            Ptrace.dieWithTracer(child.pid());
            if (child.later() != null) {
                memory.copy(image, image.pid, child.later());
                image.problems.add(child.later().bytes() + " bytes that process " + image.pid
                        + " shares with others (or keeps from its children) were read when it ran again, so they are of a later"
                        + " moment; of such memory at most " + (MOST_APART >> 20)
                        + " MiB are read while it is stopped");
            }
            memory.copy(image, child.pid(), child.areas(), true);
            memory.patch(image, child.address(), child.bytes());
        } catch (LinuxFailure e) {
            memory.lost(image, e);
        }
    }

    private void end(Child child) {
        Ptrace.signal(child.pid(), child.pid(), SIGKILL);
        long until = nanos.getAsLong() + bounds.copyMillis() * 1_000_000;
        while (!(Ptrace.poll(child.pid()) instanceof Ptrace.Wait.Gone) && nanos.getAsLong() - until < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The parent of a process that has ended must ask for it, or it stays in the table of processes. */
    private long takeAway(Child child) {
        Image image = child.image();
        long longest = 0;
        String why = "";
        for (int i = 0; i < TRIES; i++) {
            long began = nanos.getAsLong();
            Tracer tracer = new Tracer(proc, nanos, began + bounds.stopMillis() * 1_000_000);
            try {
                @Nullable String refused = tracer.seize(image.pid);
                if (refused != null) {
                    why = refused;
                    continue;
                }
                tracer.await(List.of(image.pid));
                if (tracer.stopped(image.pid).isEmpty()) {
                    why = "it did not stop in time";
                    continue;
                }
                Image now = new Image(image.agent, image.pid);
                now.areas = Area.parse(proc.text(image.pid + "/maps"));
                InjectedCall.Outcome outcome =
                        calls.call(now, tracer, InjectedCall.WAIT4, false, child.local(), 0, WAIT_FLAGS);
                why = outcome.refused();
                if (why.isEmpty() && outcome.result() != child.local() && outcome.result() != -Errno.ECHILD) {
                    why = "its call of wait4 answered " + outcome.result();
                }
            } finally {
                tracer.release();
                longest = Math.max(longest, nanos.getAsLong() - began);
            }
            if (why.isEmpty()) {
                return longest;
            }
        }
        if ("?ZX".indexOf(proc.state(String.valueOf(image.pid))) < 0) {
            image.problems.add("the entry of its ended copy, process " + child.pid()
                    + ", stays in the table of processes until process " + image.pid + " ends: " + why);
        }
        return longest;
    }
}
