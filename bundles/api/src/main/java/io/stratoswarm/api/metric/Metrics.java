package io.stratoswarm.api.metric;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The metrics of this host and its agents. All methods may be called from any thread. */
@ProviderType
public interface Metrics {
    /**
     * Says what a metric is; the same again changes nothing. Samples of undeclared names are refused.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where the name is declared as another kind or unit
     */
    void declare(MetricInfo info);

    List<MetricInfo> declared();

    /**
     * Takes samples in. They can be read at once, and become durable within a minute. Samples of one series must rise in time;
     * what is older than its last one is dropped and counted.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind INVALID for a name that was not declared, and kind FULL where a subject
     *     or the host would have more series than are allowed
     */
    void record(List<Sample> samples);

    /**
     * Takes the values of a row in, which may be filled anew afterwards; all else is as of {@link #record(List)}.
     *
     * @throws io.stratoswarm.api.StratoswarmException as {@link #record(List)}
     */
    default void record(SampleRow row) {
        record(row.samples());
    }

    /** The series that have samples in the range, by subject, then name. Patterns may end in {@code *}. */
    List<Series> series(String subject, String name, long fromMillis, long toMillis);

    /** The newest sample of each series of these subjects (a pattern) that is not older than two minutes. */
    List<Sample> latest(String subject);

    /**
     * Reads samples or aggregates, one answer for each series that matches.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind INVALID where the answer would have over a million points
     */
    List<Points> query(MetricQuery query);

    /** The windows that were kept, newest first. */
    List<PinnedWindow> windows(int limit);

    /** What was kept for the event of this sequence, as JSON text; its shape is in docs/metrics.md. */
    Optional<String> window(long sequence);
}
