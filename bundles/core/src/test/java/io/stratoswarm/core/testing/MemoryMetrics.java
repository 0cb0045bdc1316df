package io.stratoswarm.core.testing;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
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
import java.util.OptionalDouble;

/** The store of metrics in memory, with the rules of its contract that writers meet. Raw samples only. */
public final class MemoryMetrics implements Metrics {
    private final Map<String, MetricInfo> declared = new LinkedHashMap<>();
    private final Map<Series, List<Sample>> samples = new LinkedHashMap<>();

    @Override
    public synchronized void declare(MetricInfo info) {
        MetricInfo before = declared.putIfAbsent(info.name(), info);
        if (before != null && (before.kind() != info.kind() || !before.unit().equals(info.unit()))) {
            throw new StratoswarmException(Kind.CONFLICT, info.name() + " is declared as " + before);
        }
    }

    @Override
    public synchronized List<MetricInfo> declared() {
        return List.copyOf(declared.values());
    }

    @Override
    public synchronized void record(List<Sample> fresh) {
        for (Sample sample : fresh) {
            if (!declared.containsKey(sample.series().name())) {
                throw new StratoswarmException(Kind.INVALID, sample.series().name() + " is not declared");
            }
        }
        for (Sample sample : fresh) {
            List<Sample> all = samples.computeIfAbsent(sample.series(), key -> new ArrayList<>());
            if (all.isEmpty() || all.getLast().timeMillis() < sample.timeMillis()) {
                all.add(sample);
            }
        }
    }

    @Override
    public synchronized List<Series> series(String subject, String name, long fromMillis, long toMillis) {
        return samples.keySet().stream()
                .filter(it -> matches(subject, it.subject()) && matches(name, it.name()))
                .toList();
    }

    private static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    @Override
    public synchronized List<Sample> latest(String subject) {
        return samples.entrySet().stream()
                .filter(entry -> matches(subject, entry.getKey().subject()))
                .map(entry -> entry.getValue().getLast())
                .toList();
    }

    @Override
    public List<Points> query(MetricQuery query) {
        throw new UnsupportedOperationException("the twin holds samples alone");
    }

    @Override
    public List<PinnedWindow> windows(int limit) {
        return List.of();
    }

    @Override
    public Optional<String> window(long sequence) {
        return Optional.empty();
    }

    /** The newest value of a series; empty where it was never told. */
    public synchronized OptionalDouble last(String subject, String name, Map<String, String> labels) {
        List<Sample> all = samples.get(Series.of(subject, name, labels));
        return all == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(all.getLast().value());
    }

    /** The newest value of a series that must be there. */
    public double value(String subject, String name, String... labels) {
        Map<String, String> map = labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1]);
        return last(subject, name, map)
                .orElseThrow(() -> new AssertionError("no sample of " + name + map + " of " + subject + ", only "
                        + series(subject, "*", 0, 0).stream()
                                .map(it -> it.name() + it.labels())
                                .toList()));
    }

    public synchronized List<Sample> all(String subject, String name, Map<String, String> labels) {
        return List.copyOf(samples.getOrDefault(Series.of(subject, name, labels), List.of()));
    }
}
