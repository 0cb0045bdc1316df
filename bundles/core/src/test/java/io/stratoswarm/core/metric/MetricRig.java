package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.store.FileBlobStore;
import io.stratoswarm.core.testing.FakeClock;
import io.stratoswarm.core.testing.InMemoryJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store of metrics over a real database, stepped by hand under a clock that stands until it is moved. */
final class MetricRig implements AutoCloseable {
    static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();

    final Path folder;
    final FakeClock clock = new FakeClock(Instant.ofEpochMilli(START));
    final InMemoryJournal journal = new InMemoryJournal(clock);
    final BlobStore blobs;
    final MetricOptions options;
    OpenMetricStore metrics;

    MetricRig(Path folder) {
        this(folder, MetricOptions.DEFAULT);
    }

    MetricRig(Path folder, MetricOptions options) {
        this.folder = folder;
        this.options = options;
        this.blobs = new FileBlobStore(folder.resolve("blobs"));
        this.metrics = OpenMetricStore.open(folder.resolve("metrics"), journal, blobs, clock, options);
        declare();
    }

    private void declare() {
        metrics.declare(new MetricInfo("memory_resident_bytes", MetricInfo.Kind.GAUGE, "bytes", "resident"));
        metrics.declare(new MetricInfo("cpu_seconds_total", MetricInfo.Kind.COUNTER, "seconds", "CPU time"));
        metrics.declare(new MetricInfo("threads", MetricInfo.Kind.GAUGE, "", "threads"));
    }

    long now() {
        return clock.millis();
    }

    /** Closes and opens again, as a restart in order does. */
    void restart() {
        metrics.close();
        metrics = OpenMetricStore.open(folder.resolve("metrics"), journal, blobs, clock, options);
        declare();
    }

    void put(String subject, String name, double value) {
        put(Series.of(subject, name), value);
    }

    void put(Series series, double value) {
        metrics.record(List.of(new Sample(series, now(), value)));
    }

    /** Lets time pass with a step every two minutes. */
    void pass(Duration time) {
        long end = now() + time.toMillis();
        while (now() < end) {
            clock.advance(Duration.ofMillis(Math.min(120_000, end - now())));
            metrics.step();
        }
    }

    /** A sample of each a second, by a function of the second since the start. */
    void run(Duration time, java.util.function.Consumer<Long> second) {
        long end = now() + time.toMillis();
        int since = 0;
        while (now() < end) {
            second.accept((now() - START) / 1000);
            clock.advance(Duration.ofSeconds(1));
            // Seldom, since each step syncs the disk.
            if (++since % 120 == 0) {
                metrics.step();
            }
        }
    }

    List<Points> query(String subject, String name, long from, long to, long step, MetricQuery.Aggregate aggregate) {
        return metrics.query(new MetricQuery(subject, name, new TreeMap<>(), from, to, step, aggregate));
    }

    Points one(String subject, String name, long from, long to, long step, MetricQuery.Aggregate aggregate) {
        List<Points> found = query(subject, name, from, to, step, aggregate);
        if (found.size() != 1) {
            throw new AssertionError("expected one series, found " + found.size());
        }
        return found.getFirst();
    }

    static StratoswarmException.Kind refused(Runnable action) {
        try {
            action.run();
        } catch (StratoswarmException e) {
            return e.kind();
        }
        throw new AssertionError("it was not refused");
    }

    static Series labelled(String subject, String name, String key, String value) {
        return Series.of(subject, name, Map.of(key, value));
    }

    static List<Double> list(double... values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }

    @Override
    public void close() {
        metrics.close();
    }
}
