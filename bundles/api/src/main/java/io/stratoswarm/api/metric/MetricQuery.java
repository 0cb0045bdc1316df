package io.stratoswarm.api.metric;

import java.util.SortedMap;

/**
 * What to read of the metrics.
 *
 * @param subject {@code host}, an agent's id, or a prefix that ends in {@code *}
 * @param name exact name, or a prefix that ends in {@code *}
 * @param labels labels that a series must have; others may be there
 * @param fromMillis inclusive, since 1970-01-01T00:00Z
 * @param toMillis exclusive
 * @param stepMillis width of the windows that values are aggregated over, aligned to its multiples; 0 for raw samples
 * @param aggregate what becomes of the values of a window; not used for raw samples
 */
public record MetricQuery(
        String subject,
        String name,
        SortedMap<String, String> labels,
        long fromMillis,
        long toMillis,
        long stepMillis,
        Aggregate aggregate) {

    /** What becomes of the values of a window. */
    public enum Aggregate {
        AVG,
        MIN,
        MAX,
        SUM,
        COUNT,
        LAST,
        /** Increase a second, aware of resets of the counter. */
        RATE
    }

    public MetricQuery {
        labels = Series.of(subject, name, labels).labels();
        if (fromMillis < 0 || toMillis < fromMillis) {
            throw new IllegalArgumentException("not a range of time: " + fromMillis + " to " + toMillis);
        }
        if (stepMillis < 0) {
            throw new IllegalArgumentException("stepMillis must not be negative: " + stepMillis);
        }
    }
}
