package io.stratoswarm.core.sample;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a sampler its rounds, at equal distances. A round that comes too late is left out and counted; none is made up for. */
final class SampleLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SampleLoop.class);

    private final Sampler sampler;
    private final long intervalNanos;
    private final LongSupplier monotonic;
    private final Thread thread;
    private volatile boolean closed;
    private long failures;

    SampleLoop(Sampler sampler, long intervalMillis, LongSupplier monotonic) {
        this.sampler = sampler;
        this.intervalNanos = intervalMillis * 1_000_000;
        this.monotonic = monotonic;
        this.thread = Thread.ofPlatform().name("metrics-sampler").daemon().start(this::run);
    }

    private void run() {
        long due = monotonic.getAsLong();
        while (!closed) {
            long now = monotonic.getAsLong();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            try {
                sampler.step();
            } catch (RuntimeException e) {
                // One line for a fault that comes again with each round.
                if (failures++ == 0) {
                    LOG.error("a round of sampling failed; further ones are tried", e);
                }
            }
            due = next(due, monotonic.getAsLong(), intervalNanos, sampler);
        }
        sampler.close();
    }

    /** The next time on the grid that lies ahead. */
    static long next(long due, long now, long intervalNanos, Sampler sampler) {
        long late = Math.max(0, (now - due) / intervalNanos);
        if (late > 0) {
            sampler.skipped(late);
        }
        return due + (late + 1) * intervalNanos;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
