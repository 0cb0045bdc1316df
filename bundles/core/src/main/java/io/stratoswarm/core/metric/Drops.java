package io.stratoswarm.core.metric;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is not kept, by the reason, and says so. Times of a series only rise, so after the wall clock was set back a series has a
 * gap until its last time is passed: what was recorded is not rewritten, since its blocks may be in the journal already.
 */
final class Drops {
    private static final Logger LOG = LoggerFactory.getLogger(Drops.class);
    private static final MetricInfo INFO = new MetricInfo(
            "metrics_dropped_samples_total",
            MetricInfo.Kind.COUNTER,
            "",
            "Samples that the store of metrics did not keep, by the reason.");
    /** Clocks are slewed all the time; less than this is no setting of the clock. */
    private static final long SET_BACK_MILLIS = 1_000;

    /** Why a sample is dropped. */
    enum Reason {
        /** Not later than the last one of its series. */
        LATE,
        /** The same, where the last one lies ahead of the clock. */
        CLOCK_SET_BACK,
        /** Too far ahead of the clock, or before 1970. */
        OUT_OF_RANGE,
        /** The disk refused it for too long. */
        FULL
    }

    private final Map<Reason, AtomicLong> counts = new EnumMap<>(Reason.class);
    private final AtomicLong behindUntil = new AtomicLong(Long.MIN_VALUE);
    private boolean told;

    Drops() {
        for (Reason each : Reason.values()) {
            counts.put(each, new AtomicLong());
        }
    }

    void add(Reason reason, long samples) {
        counts.computeIfAbsent(reason, k -> new AtomicLong()).addAndGet(samples);
    }

    /** A sample that is not later than the last one of its series. */
    void late(long lastTime, long nowMillis) {
        if (lastTime - nowMillis > SET_BACK_MILLIS) {
            behindUntil.accumulateAndGet(lastTime, Math::max);
            add(Reason.CLOCK_SET_BACK, 1);
        } else {
            add(Reason.LATE, 1);
        }
    }

    long all() {
        return counts.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Says that the clock was set back, once, and that all series go on. */
    void step(long nowMillis) {
        long until = behindUntil.get();
        if (until > nowMillis && !told) {
            told = true;
            LOG.warn(
                    "the clock was set back: the newest samples lie {} s ahead of it. Series go on at {}; what is measured until"
                            + " then is dropped, and counted by metrics_dropped_samples_total",
                    (until - nowMillis) / 1000,
                    Instant.ofEpochMilli(until));
        } else if (until <= nowMillis && told) {
            told = false;
            LOG.info("the clock has passed the newest samples; all series of metrics go on");
        }
    }

    Capability capability(long nowMillis) {
        long until = behindUntil.get();
        return until > nowMillis
                ? new Capability(
                        "metrics.clock",
                        false,
                        "the clock was set back; series that were recorded before go on at "
                                + Instant.ofEpochMilli(until))
                : new Capability(
                        "metrics.clock", true, "samples come in order of the clock; " + all() + " were dropped");
    }

    static MetricInfo info() {
        return INFO;
    }

    /** One sample for each reason that there was; none where all was kept. */
    List<Sample> samples(long nowMillis) {
        List<Sample> samples = new ArrayList<>();
        counts.forEach((reason, count) -> {
            if (count.get() > 0) {
                Series series = Series.of(
                        Series.HOST, INFO.name(), Map.of("reason", reason.name().toLowerCase(Locale.ROOT)));
                samples.add(new Sample(series, nowMillis, count.get()));
            }
        });
        return samples;
    }
}
