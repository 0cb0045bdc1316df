package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricInfo.Kind;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps how long probes took as a metric of the agent. A service that becomes slow shows in it before it gives no answer at all. What failed at
 * once, such as a connection that was refused, took no time that would tell anything.
 */
final class ProbeTimes {
    static final MetricInfo TOOK = new MetricInfo(
            "probe_duration_seconds",
            Kind.GAUGE,
            "seconds",
            "How long the last answer to a probe took, or the time limit where none came in time.");

    private static final Logger LOG = LoggerFactory.getLogger(ProbeTimes.class);

    private final Supplier<Optional<Metrics>> metrics;
    private final InstantSource clock;
    private volatile @Nullable Metrics declaredTo;

    ProbeTimes(Supplier<Optional<Metrics>> metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    /** On any thread. */
    void took(String agent, boolean liveness, Probe probe, Prober.Result result) {
        boolean late = result.nanos() >= probe.timeoutMillis() * Texts.MILLI;
        if (result.nanos() < 0 || !result.well() && !late) {
            return;
        }
        metrics.get().ifPresent(to -> record(to, agent, liveness, result.nanos()));
    }

    private void record(Metrics to, String agent, boolean liveness, long nanos) {
        try {
            if (to != declaredTo) {
                to.declare(TOOK);
                declaredTo = to;
            }
            Series series = Series.of(agent, TOOK.name(), Map.of("probe", liveness ? "liveness" : "readiness"));
            to.record(List.of(new Sample(series, clock.millis(), nanos / (double) Texts.SECOND)));
        } catch (StratoswarmException e) {
            // Such as too many series: the probe itself must not suffer.
            LOG.debug("how long a probe of {} took is not kept: {}", agent, e.getMessage(), e);
        }
    }
}
