package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.InjectedCall;
import io.stratoswarm.audit.capture.linux.ReturnPath;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** System calls that stopped processes are led to make. */
final class LedCalls {
    private static final int MOST_CALLERS = 8;

    private final Proc proc;
    private final LongSupplier nanos;
    private final StopCopy.Bounds bounds;
    private final InjectedCall.Steps steps;
    private final Map<Integer, ReturnPath> paths = new HashMap<>();

    LedCalls(Proc proc, LongSupplier nanos, StopCopy.Bounds bounds, InjectedCall.Steps steps) {
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
    void prepare(Image rehearsal) {
        List<ReturnPath.Code> code = rehearsal.areas.stream()
                .filter(it -> it.executable() && it.readable() && it.path().startsWith("/"))
                .sorted(Comparator.comparingInt(it -> it.path().matches(".*/(libc|ld-musl)[-.][^/]*") ? 0 : 1))
                .map(it -> new ReturnPath.Code(it.start(), it.end()))
                .toList();
        ReturnPath.find(rehearsal.pid, code).ifPresent(path -> paths.put(rehearsal.pid, path));
    }

    /** Makes a call by the thread that is best for it: one that is in a system call and was not about to take a signal. */
    InjectedCall.Outcome call(Image image, Tracer tracer, int number, boolean withStack, long... arguments) {
        ReturnPath path = paths.get(image.pid);
        if (path == null) {
            return refused("no code was found in it by which a thread could come back from a call that is not its own");
        }
        if (proc.status(String.valueOf(image.pid), "x86_Thread_features").contains("shstk")) {
            return refused("it uses a shadow stack");
        }
        long deadline = nanos.getAsLong() + bounds.copyMillis() * 1_000_000;
        InjectedCall call = new InjectedCall(path, nanos, deadline, steps);
        List<Area> areas = image.areas;
        InjectedCall.Room room = (start, end) -> areas.stream()
                .anyMatch(
                        it -> it.writable() && it.readable() && !it.shared() && it.start() <= start && end <= it.end());
        InjectedCall.Outcome outcome = refused("none of its threads stands still");
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
        return outcome;
    }

    private static InjectedCall.Outcome refused(String why) {
        return new InjectedCall.Outcome(why, -1, 0, 0, new byte[0]);
    }

    private static List<Integer> callers(Image image, Tracer tracer) {
        Map<Integer, Integer> rank = new HashMap<>();
        image.threads.forEach(it -> rank.put(it.tid(), it.inCall() ? 0 : 1));
        return tracer.stopped(image.pid).stream()
                .sorted(Comparator.comparingInt(tid -> rank.getOrDefault(tid, 1) + (tracer.signal(tid) == 0 ? 0 : 2)))
                .limit(MOST_CALLERS)
                .toList();
    }
}
