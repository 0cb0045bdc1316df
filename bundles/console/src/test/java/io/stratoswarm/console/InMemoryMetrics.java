package io.stratoswarm.console;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Metrics of one agent and the host, the same at every time; remembers what it was asked. */
public final class InMemoryMetrics implements Metrics {
    final List<MetricQuery> queries = new ArrayList<>();
    private final Series memory = Series.of("shop/web", "memory_resident_bytes");
    private final Series disk = Series.of("host", "disk_busy_seconds_total", Map.of("device", "sda"));

    @Override
    public void declare(MetricInfo info) {
        throw new UnsupportedOperationException("these are fixed");
    }

    @Override
    public List<MetricInfo> declared() {
        return List.of(
                new MetricInfo("memory_resident_bytes", MetricInfo.Kind.GAUGE, "bytes", "resident memory"),
                new MetricInfo("disk_busy_seconds_total", MetricInfo.Kind.COUNTER, "seconds", "time under load"));
    }

    @Override
    public void record(List<Sample> samples) {
        throw new UnsupportedOperationException("these are fixed");
    }

    @Override
    public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
        return List.of(disk, memory);
    }

    @Override
    public List<Sample> latest(String subject) {
        return List.of(new Sample(disk, 1_500, 0.25), new Sample(memory, 1_500, Double.NaN));
    }

    @Override
    public List<Points> query(MetricQuery query) {
        queries.add(query);
        return List.of(new Points(
                memory, new long[] {1_000, 2_000, 3_000}, new double[] {4096, 0.5, Double.POSITIVE_INFINITY}));
    }

    @Override
    public List<PinnedWindow> windows(int limit) {
        return List.of(new PinnedWindow(8, "shop/web", 0, 1_800_000, "ab".repeat(32)));
    }

    @Override
    public Optional<String> window(long sequence) {
        return sequence == 8 ? Optional.of("{\"sequence\":8}") : Optional.empty();
    }
}
