package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The newest value of each series, and a past that a test writes. */
final class TwinMetrics implements Metrics {
    final List<Points> past = new ArrayList<>();
    private final Map<Series, Sample> samples = new LinkedHashMap<>();

    void tell(String subject, String name, double value) {
        Series series = Series.of(subject, name);
        samples.put(series, new Sample(series, 0, value));
    }

    @Override
    public void declare(MetricInfo info) {}

    @Override
    public List<MetricInfo> declared() {
        return List.of();
    }

    @Override
    public void record(List<Sample> fresh) {
        fresh.forEach(sample -> samples.put(sample.series(), sample));
    }

    @Override
    public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
        return List.copyOf(samples.keySet());
    }

    @Override
    public List<Sample> latest(String subject) {
        return samples.values().stream()
                .filter(sample ->
                        subject.equals("*") || sample.series().subject().equals(subject))
                .toList();
    }

    @Override
    public List<Points> query(MetricQuery query) {
        return past.stream()
                .filter(points -> points.series().subject().equals(query.subject()))
                .toList();
    }

    @Override
    public List<PinnedWindow> windows(int limit) {
        return List.of();
    }

    @Override
    public Optional<String> window(long sequence) {
        return Optional.empty();
    }
}
