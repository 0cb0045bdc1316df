package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.Errno;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops all threads of processes and lets them go; all by one thread, which is the tracer. Every wait ends at a deadline. What cannot be
 * let go of by a call (a thread that never stopped, one that died) is let go of by the kernel when this thread ends.
 */
final class Tracer {
    private static final long PAUSE_NANOS = 20_000;

    /** A thread that was seized. */
    private static final class Tracee {
        private final int pid;
        private boolean stopped;
        private boolean gone;
        private int signal;

        Tracee(int pid) {
            this.pid = pid;
        }
    }

    private final Proc proc;
    private final LongSupplier nanos;
    private final long deadline;
    private final Map<Integer, Tracee> tracees = new LinkedHashMap<>();

    /** @param deadline of {@code nanos}, by which everything must have stopped */
    Tracer(Proc proc, LongSupplier nanos, long deadline) {
        this.proc = proc;
        this.nanos = nanos;
        this.deadline = deadline;
    }

    /** Attaches to every thread that there is, and asks it to stop. Words where it may not, or null. */
    @Nullable
    String seize(int pid) {
        boolean some = false;
        for (int tid : proc.numbers(pid + "/task")) {
            if (tracees.containsKey(tid)) {
                continue;
            }
            long result = Ptrace.seize(tid);
            if (result == 0) {
                tracees.put(tid, new Tracee(pid));
                Ptrace.interrupt(tid);
                some = true;
            } else if (!ended(pid, tid)) {
                return refusal(pid, result);
            }
        }
        return some || tracees.values().stream().anyMatch(it -> it.pid == pid && !it.gone) ? null : "it has ended";
    }

    private boolean ended(int pid, int tid) {
        char state = proc.state(pid + "/task/" + tid);
        return state == '?' || state == 'Z' || state == 'X';
    }

    private String refusal(int pid, long result) {
        String tracer = proc.status(String.valueOf(pid), "TracerPid");
        if (!tracer.isEmpty() && !tracer.equals("0")) {
            return "it is traced already, by process " + tracer + " ("
                    + proc.text(tracer + "/comm").strip() + ")";
        }
        String why = result == -Errno.EPERM ? "; 'stratoswarm doctor' tells what capture.ptrace needs" : "";
        return "it may not be stopped: " + Errno.text(result) + why;
    }

    /**
     * Waits until every thread has stopped or is gone, and takes in those that appeared meanwhile: a running thread may have begun another
     * before it stopped, a stopped one cannot.
     *
     * @return threads that did not stop in time, each as a line of words
     */
    List<String> await(List<Integer> pids) {
        while (true) {
            awaitKnown();
            int before = tracees.size();
            for (int pid : pids) {
                if (running(pid)) {
                    seize(pid);
                }
            }
            if (tracees.size() == before || nanos.getAsLong() - deadline >= 0) {
                break;
            }
        }
        List<String> late = new ArrayList<>();
        tracees.forEach((tid, tracee) -> {
            if (!tracee.stopped && !tracee.gone) {
                late.add("thread " + tid + " of process " + tracee.pid + " did not stop in time (state "
                        + proc.state(tracee.pid + "/task/" + tid) + "), so its registers are missing");
            }
        });
        return late;
    }

    private void awaitKnown() {
        int left = 1;
        while (left > 0) {
            left = 0;
            for (Map.Entry<Integer, Tracee> entry : tracees.entrySet()) {
                Tracee tracee = entry.getValue();
                if (tracee.stopped || tracee.gone) {
                    continue;
                }
                switch (Ptrace.poll(entry.getKey())) {
                    case Ptrace.Wait.Pending pending -> left++;
                    case Ptrace.Wait.Stopped stopped -> {
                        tracee.stopped = true;
                        tracee.signal = stopped.signal();
                    }
                    case Ptrace.Wait.Gone gone -> tracee.gone = true;
                }
            }
            if (left > 0) {
                if (nanos.getAsLong() - deadline >= 0) {
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Whether any thread of this process is held. */
    boolean running(int pid) {
        return tracees.values().stream().anyMatch(it -> it.pid == pid && !it.gone);
    }

    /** Stopped threads of this process, the oldest first. */
    List<Integer> stopped(int pid) {
        return tracees.entrySet().stream()
                .filter(it -> it.getValue().pid == pid && it.getValue().stopped && !it.getValue().gone)
                .map(Map.Entry::getKey)
                .toList();
    }

    int signal(int tid) {
        Tracee tracee = tracees.get(tid);
        return tracee == null ? 0 : tracee.signal;
    }

    /** The signal of this thread was put back among those that wait for it. */
    void putBack(int tid) {
        Tracee tracee = tracees.get(tid);
        if (tracee != null) {
            tracee.signal = 0;
        }
    }

    /** Lets all go on as they were: with the signal that a thread was about to take, or stopped where it was stopped before. */
    void release() {
        tracees.forEach((tid, tracee) -> {
            if (tracee.stopped && Ptrace.detach(tid, tracee.signal) < 0) {
                // Killed while it was stopped. A dead thread is shown to its tracer first: until that has looked, its
                // parent is not told.
                Ptrace.poll(tid);
            }
        });
    }
}
