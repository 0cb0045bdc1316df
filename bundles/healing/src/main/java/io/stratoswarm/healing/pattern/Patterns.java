package io.stratoswarm.healing.pattern;

import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.pattern.Window.Line;
import io.stratoswarm.healing.pattern.Window.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The measures of a window. Each is from -1 to 1, and 0 where nothing is known of it, so that the absence of a metric on a host says nothing.
 *
 * @param values by name; the names are always the same, see {@link #NAMES}
 */
public record Patterns(SortedMap<String, Double> values) {
    /** Names of all measures, in the order of {@link #vector}. */
    public static final List<String> NAMES = List.copyOf(
            of(new Window("", 0, 1, List.of(), Circumstance.NONE)).values.keySet());

    private static final long MIB = 1 << 20;

    /**
     * What is measured of a metric.
     *
     * @param short name of its measures
     * @param floor a value that is as good as none
     */
    private record Metric(String name, String metric, double floor, boolean periodic) {}

    private static List<Metric> metrics() {
        return List.of(
                new Metric("cpu", "cpu_seconds_total", 0.03, true),
                new Metric("memory", "memory_resident_bytes", 2 * MIB, true),
                new Metric("fds", "open_fds", 4, false),
                new Metric("threads", "threads", 2, false),
                new Metric("processes", "processes", 2, false),
                new Metric("read", "io_read_bytes_total", 2048, false),
                new Metric("written", "io_written_bytes_total", 2048, false),
                new Metric("calls", "io_calls_total", 5, false),
                new Metric("stored", "storage_written_bytes_total", 2048, false),
                new Metric("switches", "context_switches_total", 10, false),
                new Metric("sockets", "sockets", 2, false));
    }

    public Patterns {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** Measures a window. */
    public static Patterns of(Window window) {
        SortedMap<String, Double> all = new TreeMap<>();
        for (Metric metric : metrics()) {
            self(window, metric, all);
        }
        saturation(window, all);
        neighbours(window, all);
        host(window, all);
        Circumstances.measure(window, all);
        all.replaceAll((name, value) -> Double.isFinite(value) ? Math.clamp(value, -1, 1) : 0.0);
        return new Patterns(all);
    }

    /** One of {@link #NAMES}. */
    public double measure(String name) {
        if (!values.containsKey(name)) {
            throw new IllegalArgumentException("no measure is named " + name);
        }
        return values.getOrDefault(name, 0.0);
    }

    /** The values in the order of {@link #NAMES}. */
    public double[] vector() {
        return values.values().stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static Course course(Window window, Predicate<Line> which) {
        List<Course> all = new ArrayList<>();
        for (Line line : window.lines()) {
            if (which.test(line)) {
                all.add(Course.of(window, line));
            }
        }
        return Course.sum(all);
    }

    private static Course of(Window window, String metric) {
        return course(window, line -> line.role() == Role.SELF && line.name().equals(metric));
    }

    private static void self(Window window, Metric metric, Map<String, Double> all) {
        Course course = of(window, metric.metric());
        boolean none = course.isEmpty();
        double grain = metric.floor() / 4;
        double[] step = none ? new double[2] : course.step(metric.floor());
        all.put(metric.name() + ".trend", none ? 0 : course.trend(grain));
        all.put(metric.name() + ".growth", none ? 0 : course.growth(metric.floor()));
        all.put(metric.name() + ".step", step[0]);
        all.put(metric.name() + ".stepAt", step[0] == 0 ? 0 : step[1] * Math.min(1, 4 * Math.abs(step[0])));
        all.put(metric.name() + ".falls", none ? 0 : course.falls(grain));
        all.put(metric.name() + ".shift", none ? 0 : course.shift());
        all.put(metric.name() + ".peak", none ? 0 : excess(course.max(), course.median(), metric.floor()));
        if (metric.periodic()) {
            all.put(metric.name() + ".periodic", none ? 0 : course.periodicity());
        }
        if (metric.name().equals("cpu")) {
            all.put("cpu.level", none ? 0 : Math.min(1, course.mean(0.85, 1)));
            all.put("cpu.before", none ? 0 : Math.min(1, course.mean(0, 0.5)));
        }
        if (metric.name().equals("processes") || metric.name().equals("threads")) {
            all.put(metric.name() + ".level", none ? 0 : Math.log1p(course.last()) / Math.log(1024));
        }
        if (metric.name().equals("calls")) {
            all.put(metric.name() + ".silent", none ? 0 : silence(course, metric.floor()));
        }
    }

    private static double excess(double value, double usual, double floor) {
        return Math.clamp(Math.log((value + floor) / (Math.max(0, usual) + floor)) / Math.log(2) / 4, -1, 1);
    }

    /** 1 where it did something and does nothing now. */
    private static double silence(Course course, double floor) {
        return course.mean(0, 0.5) > floor && course.mean(0.85, 1) < floor / 5 ? 1 : 0;
    }

    private static void saturation(Window window, Map<String, Double> all) {
        for (String metric : List.of("open_fds", "memory_resident_bytes", "threads")) {
            Course course = of(window, metric);
            all.put(
                    "saturation." + metric,
                    course.isEmpty() || window.circumstance().limit(metric).isEmpty()
                            ? 0
                            : Math.min(
                                    1,
                                    course.max()
                                            / window.circumstance()
                                                    .limit(metric)
                                                    .getAsDouble()));
        }
    }

    /** What the busiest and the fastest growing of them does. */
    private static void neighbours(Window window, Map<String, Double> all) {
        Map<String, List<Course>> cpu = new HashMap<>();
        Map<String, List<Course>> memory = new HashMap<>();
        for (Line line : window.lines()) {
            if (line.role() == Role.NEIGHBOUR) {
                Map<String, List<Course>> of = line.name().equals("cpu_seconds_total")
                        ? cpu
                        : line.name().equals("memory_resident_bytes") ? memory : null;
                if (of != null) {
                    of.computeIfAbsent(line.subject(), any -> new ArrayList<>()).add(Course.of(window, line));
                }
            }
        }
        all.put("neighbour.cpu.step", most(cpu, course -> course.step(0.03)[0]).orElse(0.0));
        all.put(
                "neighbour.cpu.level",
                most(cpu, course -> Math.min(1, course.mean(0.85, 1))).orElse(0.0));
        all.put(
                "neighbour.memory.growth",
                most(memory, course -> course.growth(2.0 * MIB)).orElse(0.0));
    }

    private static Optional<Double> most(
            Map<String, List<Course>> all, java.util.function.ToDoubleFunction<Course> measure) {
        return all.values().stream()
                .map(Course::sum)
                .filter(course -> !course.isEmpty())
                .map(measure::applyAsDouble)
                .max(Double::compare);
    }

    private static Course host(Window window, String metric, Predicate<Line> which) {
        return course(window, line -> line.role() == Role.HOST && line.name().equals(metric) && which.test(line));
    }

    private static void host(Window window, Map<String, Double> all) {
        Course busy = host(
                window,
                "cpu_seconds_total",
                line -> !List.of("idle", "iowait").contains(line.labels().get("mode")));
        Course every = host(window, "cpu_seconds_total", line -> true);
        double cores = every.isEmpty() ? 0 : Math.max(1, every.median());
        all.put("host.cpu", cores == 0 ? 0 : busy.mean(0.85, 1) / cores);
        all.put("host.cpu.before", cores == 0 ? 0 : busy.mean(0, 0.5) / cores);
        Course available = host(window, "memory_available_bytes", line -> true);
        Course memory = host(window, "memory_total_bytes", line -> true);
        all.put("host.memory", memory.isEmpty() ? 0 : 1 - available.last() / Math.max(1, memory.last()));
        double full = 0;
        double filling = 0;
        for (Line line : window.lines()) {
            if (line.role() != Role.HOST || !line.name().equals("filesystem_avail_bytes")) {
                continue;
            }
            Course free = Course.of(window, line);
            Course size = host(
                    window, "filesystem_size_bytes", other -> other.labels().equals(line.labels()));
            if (free.isEmpty() || size.isEmpty() || size.last() <= 0) {
                continue;
            }
            double early = 1 - free.mean(0, 0.2) / size.last();
            double late = 1 - free.mean(0.85, 1) / size.last();
            full = Math.max(full, late);
            filling = Math.max(filling, late - early);
        }
        all.put("host.disk.full", full > 0.95 ? (full - 0.95) * 20 : 0);
        all.put("host.disk.filling", Math.sqrt(filling));
        for (String resource : List.of("cpu", "memory", "io")) {
            Course pressure = host(
                    window,
                    "pressure_stalled_seconds_total",
                    line -> resource.equals(line.labels().get("resource")));
            all.put(
                    "host.pressure." + resource,
                    pressure.isEmpty() ? 0 : Math.min(1, pressure.mean(0.85, 1) - pressure.mean(0, 0.3)));
        }
        Course again = host(window, "tcp_retransmitted_segments_total", line -> true);
        all.put("host.retransmissions", again.isEmpty() ? 0 : again.growth(0.5));
    }
}
