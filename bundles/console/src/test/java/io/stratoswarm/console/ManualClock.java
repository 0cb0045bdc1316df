package io.stratoswarm.console;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves when a test says so. */
final class ManualClock {
    private final AtomicLong nanos = new AtomicLong();
    private final Instant begin = Instant.parse("2026-01-01T12:00:00Z");

    Surroundings surroundings() {
        InstantSource clock = () -> begin.plusNanos(nanos.get());
        return new Surroundings(clock, nanos::get, new SecureRandom());
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
