package io.stratoswarm.scriptworker;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one script is doing now, shared by its thread and the watchdog. The state decides who is first where a call ends just when
 * its time is up: odd numbers are runs, even ones are rests, and a breach takes the run's number away.
 */
final class Meter {
    private static final long BREACHED = -1;

    private final AtomicLong state = new AtomicLong();
    private long runs;
    /** Where the run stands, for the watchdog; written before the state. */
    private volatile long call;

    private volatile int input;
    private volatile long extraMillis;
    private volatile long cpuBefore;
    private volatile long startedNanos;
    private volatile long allocatedBefore;
    private volatile long heldBefore;
    private volatile long wallMillis;
    private volatile @Nullable String reason;
    private volatile long breachedNanos;
    private volatile @Nullable Runnable stop;

    /** What clocks and counters say when a run begins. */
    record Start(long nanos, long cpuNanos, long allocated, long held) {}

    /**
     * Begins a run.
     *
     * @param forWaiting so much longer than the limit it may run while its thread has had less of a processor than the limit
     */
    void begin(long callNumber, int inputNumber, long limitMillis, long forWaiting, Start start, Runnable toStop) {
        call = callNumber;
        input = inputNumber;
        wallMillis = limitMillis;
        extraMillis = forWaiting;
        startedNanos = start.nanos();
        cpuBefore = start.cpuNanos();
        allocatedBefore = start.allocated();
        heldBefore = start.held();
        reason = null;
        stop = toStop;
        runs += 2;
        state.set(runs + 1);
    }

    /** Null where the run stayed within its limits; else which one it did not. */
    @Nullable
    String end() {
        long run = runs + 1;
        boolean within = state.compareAndSet(run, 0);
        if (!within) {
            state.set(0);
        }
        // It holds the guest, which may be closed and given up before the next run.
        stop = null;
        return within ? null : reason;
    }

    boolean running() {
        return state.get() != 0;
    }

    boolean breached() {
        return state.get() == BREACHED;
    }

    /** Ends the run that is going on; nothing where there is none or where it is being ended already. */
    void breach(String why) {
        long run = state.get();
        if (run > 0) {
            breach(run, why, System.nanoTime());
        }
    }

    /** Ends this run and no later one. */
    void breach(long run, String why, long now) {
        // The reason is there before the state says that there is one; a race is lost by the second breach of one run.
        Runnable stopping = stop;
        reason = why;
        breachedNanos = now;
        if (state.compareAndSet(run, BREACHED) && stopping != null) {
            stopping.run();
        }
    }

    long run() {
        return state.get();
    }

    long call() {
        return call;
    }

    int input() {
        return input;
    }

    long startedNanos() {
        return startedNanos;
    }

    long breachedNanos() {
        return breachedNanos;
    }

    long allocatedBefore() {
        return allocatedBefore;
    }

    long heldBefore() {
        return heldBefore;
    }

    long extraMillis() {
        return extraMillis;
    }

    long cpuBefore() {
        return cpuBefore;
    }

    long wallMillis() {
        return wallMillis;
    }

    @Nullable
    String reason() {
        return reason;
    }
}
