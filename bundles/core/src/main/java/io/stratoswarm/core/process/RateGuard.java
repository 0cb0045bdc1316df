package io.stratoswarm.core.process;

/** A token bucket that holds one second's worth. Once empty it stays shut until it is half full, so that it seldom flips. */
final class RateGuard {
    private final long perSecond;
    private double tokens;
    private long lastMillis;
    private boolean shut;

    RateGuard(long perSecond, long nowMillis) {
        this.perSecond = Math.max(1, perSecond);
        this.tokens = this.perSecond;
        this.lastMillis = nowMillis;
    }

    /** Bytes that may pass now; a clock that is set back costs nothing but the time it lost. */
    long available(long nowMillis) {
        long passed = Math.max(0, nowMillis - lastMillis);
        lastMillis = nowMillis;
        tokens = Math.min(perSecond, tokens + passed * (perSecond / 1000.0));
        if (shut && tokens * 2 >= perSecond) {
            shut = false;
        }
        return shut ? 0 : Math.max(0, (long) tokens);
    }

    void take(long bytes) {
        tokens -= bytes;
        if (tokens < 1) {
            shut = true;
        }
    }

    long perSecond() {
        return perSecond;
    }
}
