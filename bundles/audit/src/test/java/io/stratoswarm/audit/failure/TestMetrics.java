package io.stratoswarm.audit.failure;

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
import java.util.function.LongToDoubleFunction;

/** Metrics in memory: a value each second of each series that a test has given. */
final class TestMetrics implements Metrics {
    private final Map<Series, List<Sample>> all = new LinkedHashMap<>();

    /** @param value by the second since the begin */
    void put(String subject, String name, long begin, int seconds, LongToDoubleFunction value) {
        Series series = Series.of(subject, name);
        List<Sample> samples = all.computeIfAbsent(series, any -> new ArrayList<>());
        for (int s = 0; s < seconds; s++) {
            samples.add(new Sample(series, begin + s * 1_000L, value.applyAsDouble(s)));
        }
    }

    @Override
    public void declare(MetricInfo info) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<MetricInfo> declared() {
        return List.of(new MetricInfo("cpu_seconds_total", MetricInfo.Kind.COUNTER, "seconds", "Processor time."));
    }

    @Override
    public void record(List<Sample> samples) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
        return List.copyOf(all.keySet());
    }

    @Override
    public List<Sample> latest(String subject) {
        return List.of();
    }

    @Override
    public List<Points> query(MetricQuery query) {
        List<Points> found = new ArrayList<>();
        all.forEach((series, samples) -> {
            if (series.subject().equals(query.subject())) {
                List<Sample> within = samples.stream()
                        .filter(s -> s.timeMillis() >= query.fromMillis() && s.timeMillis() < query.toMillis())
                        .toList();
                found.add(new Points(
                        series,
                        within.stream().mapToLong(Sample::timeMillis).toArray(),
                        within.stream().mapToDouble(Sample::value).toArray()));
            }
        });
        return found;
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
