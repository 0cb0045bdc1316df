package io.stratoswarm.console;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** When one request came, was worked on, and was answered. Each moment is set by one thread before the next one reads it. */
final class Timed {
    /**
     * What was asked, as far as monitoring is told: no path, no parameter, no body.
     *
     * @param traceparent the caller's place in its trace (W3C Trace Context), if it sent one
     */
    record Asked(
            String method,
            String route,
            Link link,
            @Nullable String traceparent) {}

    private final Asked asked;
    private final LongSupplier nanos;
    private final Consumer<Timed> ended;
    private final long began;
    private volatile @Nullable Caller caller;
    private volatile long workBegan;
    private volatile long workEnded;
    private volatile long end;
    private volatile int status;

    Timed(Asked asked, LongSupplier nanos, Consumer<Timed> ended) {
        this.asked = asked;
        this.nanos = nanos;
        this.ended = ended;
        this.began = nanos.getAsLong();
    }

    Asked asked() {
        return asked;
    }

    void admitted(Caller who) {
        caller = who;
    }

    @Nullable
    Caller caller() {
        return caller;
    }

    void workBegins() {
        workBegan = nanos.getAsLong();
    }

    void workEnds() {
        workEnded = nanos.getAsLong();
    }

    void sent(int code) {
        if (end == 0) {
            status = code;
            end = nanos.getAsLong();
            ended.accept(this);
        }
    }

    int status() {
        return status;
    }

    long tookNanos() {
        return end - began;
    }

    boolean worked() {
        return workBegan != 0;
    }

    /** How long before the end the work began. */
    long workBeganBefore() {
        return end - workBegan;
    }

    /** How long before the end the work was done. */
    long workEndedBefore() {
        return Math.max(0, end - workEnded);
    }
}
