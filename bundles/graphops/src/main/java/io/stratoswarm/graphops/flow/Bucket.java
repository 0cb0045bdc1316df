package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec.Rate;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A token bucket. It reads the clock only when its tokens have run out, so that a flow below its limit does not pay for it. What is
 * larger than all tokens there are passes as a debt, so that a record that is larger than the burst is not stuck.
 */
final class Bucket {
    private static final double SECOND = 1e9;

    private final boolean limited;
    private final boolean bytes;
    private final double perSecond;
    private final double burst;
    private final LongSupplier monotonic;
    private double tokens;
    private long filledNanos;

    Bucket(Optional<Rate> rate, LongSupplier monotonic) {
        this.limited = rate.isPresent();
        this.bytes = rate.isPresent() && rate.get().bytes();
        this.perSecond = rate.map(Rate::perSecond).orElse(0.0);
        this.burst = Math.max(
                1,
                rate.map(it -> it.burst().isPresent() ? it.burst().getAsLong() : it.perSecond())
                        .orElse(1.0));
        this.monotonic = monotonic;
        this.tokens = burst;
        this.filledNanos = limited ? monotonic.getAsLong() : 0;
    }

    /** Whether tokens are bytes and not records. */
    boolean bytes() {
        return bytes;
    }

    /** How many may pass now; 0 where it has to wait. */
    long permits() {
        if (!limited) {
            return Long.MAX_VALUE;
        }
        if (tokens < 1) {
            fill();
        }
        return tokens < 1 ? 0 : (long) tokens;
    }

    /** Time until there is a token. */
    long waitNanos() {
        return !limited || tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / perSecond * SECOND);
    }

    void take(long passed) {
        if (limited) {
            tokens -= passed;
        }
    }

    private void fill() {
        long now = monotonic.getAsLong();
        // What was gathered in the time before tokens ran out counts as well, up to the burst.
        tokens = Math.min(burst, tokens + (now - filledNanos) / SECOND * perSecond);
        filledNanos = now;
    }
}
