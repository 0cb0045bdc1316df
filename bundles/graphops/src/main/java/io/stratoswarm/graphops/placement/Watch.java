package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.place.Placement.End;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Counts steps, and asks now and then whether the time is up or the search was cancelled. */
final class Watch {
    private static final int EVERY = 128;
    private static final long NANOS = 1_000_000;
    /** Of the time that is left, how much may be planned with: some is for what comes behind. */
    private static final double PLANNED = 0.85;

    private final LongSupplier monotonic;
    private final BooleanSupplier cancelled;
    private final long begin;
    private final long limit;
    private long nextLook;
    private long asked;
    private long askedSteps;
    private long steps;
    private End end = End.STEPS;
    private boolean over;

    Watch(LongSupplier monotonic, long timeoutMillis, BooleanSupplier cancelled) {
        this.monotonic = monotonic;
        this.cancelled = cancelled;
        begin = monotonic.getAsLong();
        asked = begin;
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

    /**
     * So many steps, or as many as the time that is left allows for, as fast as they went since the last such question. A search
     * that cools down in fewer steps finds better than one that is ended while it is hot.
     */
    long affordable(long wanted) {
        long now = monotonic.getAsLong();
        double nanos = now - asked;
        double perStep = steps == askedSteps ? 0 : nanos / (steps - askedSteps);
        asked = now;
        askedSteps = steps;
        double room = PLANNED * (limit - (now - begin));
        if (wanted * perStep <= room) {
            return wanted;
        }
        end = End.TIME;
        return Math.max(1, (long) (room / perStep));
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
