package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values of metrics at one moment, by subject and name: counters as they stand, and those with labels summed over them, as a track wants them. */
final class Readings {
    private final Map<String, Map<String, Double>> all = new HashMap<>();

    /** The newest value of everything, at one go. */
    static Readings latest(Metrics metrics) {
        Readings readings = new Readings();
        for (Sample sample : metrics.latest("*")) {
            readings.add(sample.series(), sample.value());
        }
        return readings;
    }

    Map<String, Double> of(String subject) {
        return all.getOrDefault(subject, Map.of());
    }

    private void add(Series series, double value) {
        if (Double.isNaN(value)) {
            return;
        }
        all.computeIfAbsent(series.subject(), key -> new HashMap<>()).merge(series.name(), value, Double::sum);
    }

    /**
     * Those of an agent and the host at the end of each step of a range that has any of the agent, oldest first.
     *
     * @param stepMillis the ends are its multiples
     */
    static List<Readings> past(Metrics metrics, String agent, long fromMillis, long toMillis, long stepMillis) {
        SortedMap<Long, Readings> found = new TreeMap<>();
        read(metrics, agent, fromMillis, toMillis, stepMillis, found);
        List<Long> known = new ArrayList<>(found.keySet());
        read(metrics, Series.HOST, fromMillis, toMillis, stepMillis, found);
        found.keySet().retainAll(known);
        return List.copyOf(found.values());
    }

    private static void read(
            Metrics metrics,
            String subject,
            long fromMillis,
            long toMillis,
            long stepMillis,
            SortedMap<Long, Readings> into) {
        MetricQuery query = new MetricQuery(
                subject,
                "*",
                Collections.emptySortedMap(),
                Math.max(0, fromMillis),
                Math.max(0, toMillis),
                stepMillis,
                MetricQuery.Aggregate.LAST);
        for (Points points : metrics.query(query)) {
            long[] times = points.timesMillis();
            double[] values = points.values();
            for (int i = 0; i < times.length; i++) {
                into.computeIfAbsent(times[i], key -> new Readings()).add(points.series(), values[i]);
            }
        }
    }
}
