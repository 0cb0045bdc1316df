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

    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long LOADING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Silence() {}

    static boolean mustEnd(WorkerProcess worker, List<Slot> busy, long now) {
        long silent = now - worker.heardNanos();
        return silent > DEAD_NANOS || silent > SILENT_NANOS && busy.stream().anyMatch(slot -> over(slot, now));
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
