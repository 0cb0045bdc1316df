package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.Errno;
import io.stratoswarm.audit.capture.linux.InjectedCall;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.Ptrace;
import io.stratoswarm.audit.capture.linux.ReturnPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 *
 * <p>Used for one copying, by the threads that do it one after the other.
 */
final class Forks {
    /** CLONE_FILES, and no signal at its end. */
    private static final long CLONE_FLAGS = 0x400;
    /** WNOHANG and __WALL. */
    private static final long WAIT_FLAGS = 0x4000_0001L;

    private static final int SIGKILL = 9;
    /** How much of what a copy does not share is copied while the process is stopped. */
    private static final long MOST_APART = 16L << 20;

    private static final int TRIES = 3;
    private static final int MOST_CALLERS = 8;
    private static final long PAUSE_NANOS = 200_000;

    /** What was found before the stop. @param apart areas that a copy does not have, or has empty */
    private record Prepared(Optional<ReturnPath> path, List<Area> apart) {}

    /** A copy. @param local its number as its parent knows it */
    private record Child(
            Image image,
            int pid,
            long local,
            ReturnPath path,
            long address,
            byte[] bytes,
            List<Area> areas,
            @Nullable PageRuns later) {}

    private final Proc proc;
    private final LongSupplier nanos;
    private final StopCopy.Bounds bounds;
    private final InjectedCall.Steps steps;
    private final Map<Integer, Prepared> prepared = new HashMap<>();
    private final List<Child> children = new ArrayList<>();

    Forks(Proc proc, LongSupplier nanos, StopCopy.Bounds bounds, InjectedCall.Steps steps) {
        this.proc = proc;
        this.nanos = nanos;
        this.bounds = bounds;
        this.steps = steps;
    }

    /** Why this machine cannot do it; empty where it can. */
    static Optional<String> unavailable() {
        String machine = System.getProperty("os.arch", "");
        return machine.equals("amd64") || machine.equals("x86_64")
                ? Optional.empty()
                : Optional.of("it is made for processors of x86-64, and this one is " + machine);
    }

    /** Looks for what is needed, while the process runs. */
    void prepare(int pid, List<Area> areas) {
        List<ReturnPath.Code> code = areas.stream()
                .filter(it -> it.executable() && it.readable() && it.path().startsWith("/"))
                .sorted(Comparator.comparingInt(it -> it.path().matches(".*/(libc|ld-musl)[-.][^/]*") ? 0 : 1))
                .map(it -> new ReturnPath.Code(it.start(), it.end()))
                .toList();
        prepared.put(pid, new Prepared(ReturnPath.find(pid, code), unshared(pid)));
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

    /** Makes a copy of a process whose threads stand still. Where that cannot be, the image says why. */
    void fork(Image image, Tracer tracer, Memory memory) throws LinuxFailure {
        Prepared known = prepared.getOrDefault(image.pid, new Prepared(Optional.empty(), List.of()));
        if (known.path().isEmpty()) {
            refuse(image, "no code was found in it by which a thread could come back from a call of its own");
            return;
        }
        if (proc.status(String.valueOf(image.pid), "x86_Thread_features").contains("shstk")) {
            refuse(image, "it uses a shadow stack");
            return;
        }
        InjectedCall.Outcome outcome = call(image, tracer, known.path().get(), InjectedCall.CLONE, true, CLONE_FLAGS);
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
        List<Area> apart = new ArrayList<>();
        for (Area area : image.areas) {
            boolean own = known.apart().stream().anyMatch(it -> it.start() < area.end() && area.start() < it.end());
            (own || area.shared() ? apart : shared).add(area);
        }
        PageRuns found = memory.runs();
        found.scan(image.pid, apart, false);
        boolean now = found.bytes() + found.left() <= MOST_APART;
        children.add(new Child(
                image,
                outcome.child(),
                outcome.result(),
                known.path().get(),
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

    /** By the thread that is best for it: one that is in a system call and was not about to take a signal. */
    private InjectedCall.Outcome call(
            Image image, Tracer tracer, ReturnPath path, int number, boolean withStack, long... arguments) {
        long deadline = nanos.getAsLong() + bounds.copyMillis() * 1_000_000;
        InjectedCall call = new InjectedCall(path, nanos, deadline, steps);
        List<Area> areas = image.areas;
        InjectedCall.Room room = (start, end) -> areas.stream()
                .anyMatch(
                        it -> it.writable() && it.readable() && !it.shared() && it.start() <= start && end <= it.end());
        InjectedCall.Outcome outcome = null;
        for (int tid : callers(image, tracer)) {
            boolean filtered =
                    !proc.status(image.pid + "/task/" + tid, "Seccomp").equals("0");
            outcome = call.make(
                    new InjectedCall.Caller(image.pid, tid, tracer.signal(tid), filtered),
                    room,
                    number,
                    withStack,
                    arguments);
            if (outcome.address() != 0) {
                tracer.putBack(tid);
                return outcome;
            }
        }
        return outcome == null
                ? new InjectedCall.Outcome("none of its threads stands still", -1, 0, 0, new byte[0])
                : outcome;
    }

    private static List<Integer> callers(Image image, Tracer tracer) {
        Map<Integer, Integer> rank = new HashMap<>();
        image.threads.forEach(it -> rank.put(it.tid(), it.inCall() ? 0 : 1));
        return tracer.stopped(image.pid).stream()
                .sorted(Comparator.comparingInt(tid -> rank.getOrDefault(tid, 1) + (tracer.signal(tid) == 0 ? 0 : 2)))
                .limit(MOST_CALLERS)
                .toList();
    }

    /**
     * Reads the copies and takes them away, by the same thread.
     *
     * @return how long a process was stopped once more for it, at most
     */
    long finish(Memory memory) {
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
                        call(now, tracer, child.path(), InjectedCall.WAIT4, false, child.local(), 0, WAIT_FLAGS);
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
