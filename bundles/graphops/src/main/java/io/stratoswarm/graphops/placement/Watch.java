package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.place.Placement.End;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Counts steps, and asks now and then whether the time is up or the search was cancelled. */
final class Watch {
    private static final int EVERY = 128;
    private static final long NANOS = 1_000_000;

    private final LongSupplier monotonic;
    private final BooleanSupplier cancelled;
    private final long begin;
    private final long limit;
    private long nextLook;
    private long steps;
    private End end = End.STEPS;
    private boolean over;

    Watch(LongSupplier monotonic, long timeoutMillis, BooleanSupplier cancelled) {
        this.monotonic = monotonic;
        this.cancelled = cancelled;
        begin = monotonic.getAsLong();
        limit = Math.min(timeoutMillis, Long.MAX_VALUE / NANOS) * NANOS;
    }

    /** Counts some steps; whether the search has to end. */
    boolean over(int more) {
        steps += more;
        if (!over && steps >= nextLook) {
            nextLook = steps + EVERY;
            if (cancelled.getAsBoolean()) {
                end = End.CANCELLED;
                over = true;
            } else if (monotonic.getAsLong() - begin >= limit) {
                end = End.TIME;
                over = true;
            }
        }
        return over;
    }

    boolean over() {
        return over;
    }

    long steps() {
        return steps;
    }

    End end() {
        return end;
    }
}
