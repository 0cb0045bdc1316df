package io.stratoswarm.audit.failure;

import io.stratoswarm.api.failure.Failures.Category;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks for changes in all series of some subjects. */
final class SeriesScan {
    /** Longer series are made shorter: the test looks at each pair. */
    private static final int MOST_POINTS = 120;

    private static final double SIGNIFICANT = 0.01;

    private static final List<String> SILENT =
            List.of("uptime", "sampler_", "clock_", "scrape_", "log_", "metrics_", "load", "max_");

    private static final Map<String, Category> BY_PREFIX = Map.ofEntries(
            Map.entry("memory_", Category.MEMORY),
            Map.entry("cgroup_memory", Category.MEMORY),
            Map.entry("swap", Category.MEMORY),
            Map.entry("open_fds", Category.DESCRIPTORS),
            Map.entry("sockets", Category.DESCRIPTORS),
            Map.entry("cpu_", Category.PROCESSOR),
            Map.entry("processes", Category.PROCESSES),
            Map.entry("threads", Category.PROCESSES),
            Map.entry("cgroup_tasks", Category.PROCESSES),
            Map.entry("forks", Category.PROCESSES),
            Map.entry("filesystem_", Category.STORAGE),
            Map.entry("io_", Category.IO),
            Map.entry("storage_", Category.IO),
            Map.entry("disk_", Category.IO),
            Map.entry("flow_", Category.FLOW),
            Map.entry("pressure_", Category.PRESSURE));

    private final Metrics metrics;
    private final Set<String> counters = new HashSet<>();
    private final List<Looked> looked = new ArrayList<>();

    /**
     * How near a subject is. Each has its share of the chance of a false alarm, however many series it has: weighted Bonferroni, as
     * Genovese, Roeder and Wasserman (False discovery control with p-value weighting, Biometrika 93, 2006) reason, so that what is
     * likely beforehand needs less to be told.
     */
    enum Nearness {
        ITSELF(0.4),
        UPSTREAM(0.3),
        OTHER(0.3);

        private final double share;

        Nearness(double share) {
            this.share = share;
        }
    }

    private record Looked(Points points, Nearness nearness) {}

    SeriesScan(Metrics metrics) {
        this.metrics = metrics;
        metrics.declared().stream()
                .filter(info -> info.kind() == MetricInfo.Kind.COUNTER)
                .forEach(info -> counters.add(info.name()));
    }

    /** Adds what was measured of a subject; both ends in milliseconds. */
    void look(String subject, Nearness nearness, long from, long to) {
        if (to <= from) {
            return;
        }
        MetricQuery query =
                new MetricQuery(subject, "*", Collections.emptySortedMap(), from, to, 0, MetricQuery.Aggregate.LAST);
        for (Points points : metrics.query(query)) {
            if (category(points.series().name()).isPresent()) {
                Points finite = finite(points);
                Points compared = thinned(counters.contains(points.series().name()) ? rates(finite) : finite);
                looked.add(new Looked(compared, nearness));
            }
        }
    }

    int series() {
        return looked.size();
    }

    /** Those that are significant, all that was looked at taken together. */
    List<Shift> shifts() {
        // What never changes was no chance to find a change.
        Map<Nearness, Long> varying = looked.stream()
                .filter(each -> Arrays.stream(each.points().values())
                                .distinct()
                                .limit(2)
                                .count()
                        > 1)
                .collect(Collectors.groupingBy(Looked::nearness, Collectors.counting()));
        List<Shift> shifts = new ArrayList<>();
        for (Looked each : looked) {
            Points points = each.points();
            Optional<ChangePoint> found = ChangePoint.find(points.values());
            if (found.isPresent()) {
                double tried = varying.getOrDefault(each.nearness(), 1L) / each.nearness().share;
                double p = Math.min(1, found.get().p() * tried);
                if (p <= SIGNIFICANT && Math.abs(found.get().z()) >= 2) {
                    shifts.add(new Shift(
                            points,
                            category(points.series().name()).orElse(Category.OTHER),
                            found.get(),
                            p,
                            points.timesMillis()[found.get().onset()]));
                }
            }
        }
        return shifts;
    }

    private static Points finite(Points points) {
        long[] times = points.timesMillis();
        double[] values = points.values();
        int kept = 0;
        for (int i = 0; i < times.length; i++) {
            if (Double.isFinite(values[i])) {
                times[kept] = times[i];
                values[kept++] = values[i];
            }
        }
        return new Points(points.series(), Arrays.copyOf(times, kept), Arrays.copyOf(values, kept));
    }

    /** Increase a second; a fall is a counter that began again. */
    private static Points rates(Points points) {
        long[] times = points.timesMillis();
        double[] values = points.values();
        int n = Math.max(0, times.length - 1);
        double[] rates = new double[n];
        for (int i = 0; i < n; i++) {
            double seconds = (times[i + 1] - times[i]) / 1_000.0;
            double more = values[i + 1] - values[i];
            rates[i] = (more < 0 ? values[i + 1] : more) / Math.max(0.001, seconds);
        }
        return new Points(points.series(), Arrays.copyOfRange(times, times.length - n, times.length), rates);
    }

    private static Points thinned(Points points) {
        double[] values = points.values();
        if (values.length <= MOST_POINTS) {
            return points;
        }
        long[] times = points.timesMillis();
        int each = Math.ceilDiv(values.length, MOST_POINTS);
        int n = Math.ceilDiv(values.length, each);
        long[] fewer = new long[n];
        double[] means = new double[n];
        for (int i = 0; i < n; i++) {
            int end = Math.min(values.length, (i + 1) * each);
            fewer[i] = times[i * each];
            means[i] = Arrays.stream(values, i * each, end).average().orElse(0);
        }
        return new Points(points.series(), fewer, means);
    }

    /** Empty for what says nothing of a failure: times since a start, limits, and what sampling itself costs. */
    static Optional<Category> category(String name) {
        if (SILENT.stream().anyMatch(name::startsWith) || name.contains("_limit")) {
            return Optional.empty();
        }
        String own = name.startsWith("own_") ? name.substring(4) : name;
        return Optional.of(BY_PREFIX.entrySet().stream()
                .filter(entry -> own.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Category.OTHER));
    }

    /** Of the host the metrics of flows are; the graph and flow are labels. */
    static boolean ofGraph(Series series, String graph) {
        return !series.labels().containsKey("graph")
                || graph.equals(series.labels().get("graph"));
    }
}
