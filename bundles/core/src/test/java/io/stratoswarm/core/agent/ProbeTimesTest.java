package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProbeTimesTest {
    private static final Probe PROBE = new Probe(new ProbeAction.Tcp("127.0.0.1", 80), 500, 1_000, 500, 1, 3);
    private static final Series LIVENESS = Series.of("shop/web", "probe_duration_seconds", Map.of("probe", "liveness"));

    /** Keeps what it is given, in order. */
    private static final class Kept implements Metrics {
        final List<MetricInfo> declared = new ArrayList<>();
        final List<Sample> samples = new ArrayList<>();

        @Override
        public void declare(MetricInfo info) {
            declared.add(info);
        }

        @Override
        public List<MetricInfo> declared() {
            return declared;
        }

        @Override
        public void record(List<Sample> more) {
            samples.addAll(more);
        }

        @Override
        public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Sample> latest(String subject) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Points> query(MetricQuery query) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<PinnedWindow> windows(int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<String> window(long sequence) {
            throw new UnsupportedOperationException();
        }
    }

    private final Kept kept = new Kept();
    private final ProbeTimes times = new ProbeTimes(() -> Optional.of(kept), () -> Instant.ofEpochMilli(1_000));

    @Test
    void shouldKeepHowLongAnswersTookAndNotHowSoonThereWasNone() {
        times.took("shop/web", true, PROBE, new Prober.Result(true, "status 200", 20_000_000));
        times.took("shop/web", true, PROBE, new Prober.Result(false, "connection refused", 100_000));
        times.took("shop/web", true, PROBE, new Prober.Result(false, "it was not measured"));
        times.took("shop/web", true, PROBE, new Prober.Result(false, "no whole answer", 500_000_000));
        times.took("shop/web", false, PROBE, new Prober.Result(true, "status 200", 30_000_000));
        assertEquals(List.of(ProbeTimes.TOOK), kept.declared, "once for all");
        assertEquals(
                List.of(
                        new Sample(LIVENESS, 1_000, 0.02),
                        new Sample(LIVENESS, 1_000, 0.5),
                        new Sample(
                                Series.of("shop/web", "probe_duration_seconds", Map.of("probe", "readiness")),
                                1_000,
                                0.03)),
                kept.samples);
    }

    @Test
    void shouldKeepNothingWhereNobodyKeepsMetrics() {
        new ProbeTimes(Optional::empty, () -> Instant.EPOCH)
                .took("shop/web", true, PROBE, new Prober.Result(true, "status 200", 1));
    }

    @Test
    void shouldMeasureProbesOverTheNetwork() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            ProbeAction.Tcp tcp = new ProbeAction.Tcp("127.0.0.1", server.getLocalPort());
            Prober.Result result =
                    new NetworkProber(2, System::nanoTime).tcp(tcp, 5_000).get(10, TimeUnit.SECONDS);
            assertTrue(result.well() && result.nanos() > 0 && result.nanos() < 5_000_000_000L, result::toString);
            // It accepts by the kernel alone, and nobody answers.
            Prober.Result late = new NetworkProber(2, System::nanoTime)
                    .http(new ProbeAction.Http("http://127.0.0.1:" + server.getLocalPort() + "/"), 100)
                    .get(10, TimeUnit.SECONDS);
            assertTrue(!late.well() && late.nanos() >= 100_000_000, late::toString);
        }
    }
}
