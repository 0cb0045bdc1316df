package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Map;

/**
 * Limits of the store.
 *
 * @param rawMillis how long samples are kept at full rate
 * @param minuteMillis how long minutes are kept
 * @param maxBytes what the database may hold
 * @param seriesPerSubject how many series one agent, or the host, may have at a time
 * @param series how many series there may be at a time
 */
public record MetricOptions(long rawMillis, long minuteMillis, long maxBytes, int seriesPerSubject, int series) {
    public static final long HOUR = 3_600_000;
    /** Samples are made durable so often; a crash loses no more than these and what is under way. */
    static final long FLUSH_MILLIS = 30_000;
    /** Span of a block. */
    static final long WINDOW = 600_000;
    /** Blocks get a root so often. */
    static final long ROOT_MILLIS = 60_000;
    /**
     * Windows of different subjects end in different minutes, so that the work of closing is spread and each minute has its root. One of the
     * ten minutes is left out: so roots make at most 54 of the 60 events an hour that an idle daemon may write.
     */
    private static final int PHASES = 9;
    /** Span of the blocks that are made minutes together. */
    static final long MINUTES_WINDOW = 2 * HOUR;
    /** A window is closed so long after its end, since samples may be on their way. */
    static final long GRACE_MILLIS = 15_000;
    /** What lies further ahead of the clock than this is dropped. */
    static final long AHEAD_MILLIS = 600_000;
    /** What is no older is among the latest. */
    static final long LATEST_MILLIS = 120_000;
    /** A series without samples for so long makes room for another. */
    static final long STALE_MILLIS = 900_000;

    public static final MetricOptions DEFAULT = new MetricOptions(24 * HOUR, 30 * 24 * HOUR, 4L << 30, 1_000, 50_000);

    /** Begin of the window of a subject that a time lies in. */
    static long window(String subject, long timeMillis) {
        // The hash of names that differ in their last digits alone is spread first.
        long phase = Math.floorMod(subject.hashCode() * 0x9E3779B9 >>> 8, PHASES) * ROOT_MILLIS;
        return Math.floorDiv(timeMillis - phase, WINDOW) * WINDOW + phase;
    }

    static MetricOptions of(Map<String, ?> properties) {
        return new MetricOptions(
                HOUR * number(properties, "full-rate.hours", DEFAULT.rawMillis / HOUR, 1, 24 * 366),
                24 * HOUR * number(properties, "minutes.days", DEFAULT.minuteMillis / HOUR / 24, 1, 3_660),
                number(properties, "max.mebibytes", DEFAULT.maxBytes >> 20, 16, 1 << 20) << 20,
                (int) number(properties, "series.per.subject", DEFAULT.seriesPerSubject, 1, 100_000),
                (int) number(properties, "series", DEFAULT.series, 1, 1_000_000));
    }

    private static long number(Map<String, ?> properties, String name, long fallback, long min, long max) {
        Object given = properties.get(name);
        String text = given == null ? "" : given.toString().strip();
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below together with what is out of range.
        }
        throw new StratoswarmException(
                Kind.INVALID,
                "stratoswarm.metrics.cfg: " + name + " must be a whole number from " + min + " to " + max + ", not '"
                        + text + "'");
    }
}
