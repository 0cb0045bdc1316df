package io.stratoswarm.core.worker;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When a worker that says nothing must be killed. A worker ends its guests itself, and itself where a guest does not end; but a guest
 * can hold up all threads of its Java machine, and then only the outside is left.
 */
final class Silence {
    static final long TICK_MILLIS = 100;

    /** A worker at work speaks every 100 ms. */
    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** With less of a processor than it was silent, it may only be waiting for one; so long. */
    private static final long WAITING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long LOADING_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When the worker was heard last, and what it had used of processors at the first look after that. */
    private long heard;

    private long cpuThen = -1;

    /** Asked at each tick while the worker is at work. */
    boolean mustEnd(WorkerProcess worker, List<Slot> busy, long now) {
        long silent = now - worker.heardNanos();
        if (silent < TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
            cpuThen = -1;
            return false;
        }
        if (cpuThen < 0 || heard != worker.heardNanos()) {
            heard = worker.heardNanos();
            cpuThen = worker.cpuNanos();
        }
        if (silent <= SILENT_NANOS || busy.stream().noneMatch(slot -> over(slot, now))) {
            return silent > DEAD_NANOS;
        }
        return silent > WAITING_NANOS || worker.cpuNanos() - cpuThen > SILENT_NANOS / 2;
    }

    /** Whether the worker should have ended by itself what this script does. */
    static boolean over(Slot slot, long now) {
        long limit = TimeUnit.MILLISECONDS.toNanos(slot.code.limits().wallMillis())
                + (slot.there ? OVER_NANOS : LOADING_NANOS);
        return slot.busy() && now - slot.sinceNanos > limit;
    }

    static String reason(Slot slot) {
        return "wallMillis: it ran longer than " + slot.code.limits().wallMillis()
                + " ms and held up its worker, which had to be killed";
    }
}
