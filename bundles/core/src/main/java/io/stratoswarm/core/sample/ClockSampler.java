package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whether the wall clock goes right, by adjtimex(2), and whether somebody set it, by its distance to a clock that is never set. */
final class ClockSampler {
    private static final int UNSYNCHRONISED = 0x40;
    private static final int NANOSECONDS = 0x2000;
    private static final long STEP_MILLIS = 100;

    private final Series offset = Series.of(Series.HOST, Names.CLOCK_OFFSET);
    private final Series error = Series.of(Series.HOST, Names.CLOCK_ERROR);
    private final Series synchronised = Series.of(Series.HOST, Names.CLOCK_SYNC);
    private final Series steps = Series.of(Series.HOST, Names.CLOCK_STEPS);
    private final Series step = Series.of(Series.HOST, Names.CLOCK_STEP);
    private long distance = Long.MIN_VALUE;
    private long count;
    private double lastSeconds;

    /** In every round. */
    void watch(long wallMillis, long monotonicNanos) {
        long now = wallMillis - monotonicNanos / 1_000_000;
        if (distance != Long.MIN_VALUE && Math.abs(now - distance) > STEP_MILLIS) {
            count++;
            lastSeconds = (now - distance) / 1e3;
        }
        distance = now;
    }

    void read(Reader reader, Batch batch) {
        batch.add(steps, count);
        batch.add(step, lastSeconds);
        MemorySegment timex = reader.status();
        if (Linux.adjtimex(timex) < 0) {
            return;
        }
        int status = timex.get(ValueLayout.JAVA_INT, 40);
        double unit = (status & NANOSECONDS) != 0 ? 1e9 : 1e6;
        batch.add(offset, timex.get(ValueLayout.JAVA_LONG, 8) / unit);
        batch.add(error, timex.get(ValueLayout.JAVA_LONG, 32) / 1e6);
        batch.add(synchronised, (status & UNSYNCHRONISED) == 0 ? 1 : 0);
    }
}
