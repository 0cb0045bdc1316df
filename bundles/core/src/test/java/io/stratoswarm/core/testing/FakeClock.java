package io.stratoswarm.core.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until it is moved. Time that passes moves its monotonic side too; setting it does not. */
public final class FakeClock implements InstantSource {
    private volatile Instant now;
    private volatile long passed;

    public FakeClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    public void advance(Duration by) {
        now = now.plus(by);
        passed += by.toNanos();
    }

    /** Nanoseconds from a begin that says nothing, as System.nanoTime has one. */
    public long monotonic() {
        return passed - 1_000_000_000L;
    }

    public void set(Instant instant) {
        now = instant;
    }

    public long nanos() {
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
