package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.data.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of an open data folder, with the thread that stores them. */
public final class OpenMetricStore implements Metrics, MetricProofs, HostProbe, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenMetricStore.class);
    private static final String ASIDE = "metrics.damaged";

    private final MetricTables tables;
    private final MetricEngine engine;
    private final Queries queries;
    private final Pins pins;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final Thread thread;
    private volatile boolean closed;

    private OpenMetricStore(MetricTables tables, MetricEngine engine, Pins pins) {
        this.tables = tables;
        this.engine = engine;
        this.queries = new Queries(engine);
        this.pins = pins;
        this.thread = Thread.ofPlatform().name("metrics").daemon().unstarted(this::run);
    }

    /** Opens the database; one that is damaged is moved aside, which is an event, and a new one begins. */
    public static OpenMetricStore open(
            Path folder, Journal journal, BlobStore blobs, InstantSource clock, MetricOptions options) {
        long map = Math.max(options.maxBytes() * 2, 1L << 30);
        MetricTables tables;
        try {
            tables = new MetricTables(folder, map);
        } catch (StratoswarmException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            setAside(folder, journal, String.valueOf(e.getMessage()));
            tables = new MetricTables(folder, map);
        }
        try {
            MetricEngine engine = new MetricEngine(tables, journal, clock, options);
            return new OpenMetricStore(tables, engine, new Pins(journal, blobs));
        } catch (RuntimeException e) {
            tables.close();
            throw e;
        }
    }

    /** The last damaged one is kept for whoever wants to look; metrics are not the journal, and the daemon goes on. */
    private static void setAside(Path folder, Journal journal, String reason) {
        Path aside = folder.resolveSibling(ASIDE);
        try {
            Folders.delete(aside);
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the damaged metrics in " + folder + " cannot be moved to " + aside + ": " + e, e);
        }
        LOG.error("The metrics were damaged and lie in {} now; new ones are begun. {}", aside, reason);
        String payload =
                Json.text(Json.object().put("movedTo", aside.toString()).put("reason", reason));
        Roots.appended(
                journal,
                Append.of(EventDraft.json("MetricsSetAside", Roots.SOURCE, "metrics", "system", List.of(), payload)));
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            step();
            pause();
        }
    }

    /** A boundary: whatever breaks in one step is reported, and the next one is tried. */
    public void step() {
        try {
            engine.step();
        } catch (RuntimeException e) {
            LOG.error("storing metrics failed; it is tried again in half a minute", e);
        }
    }

    private void pause() {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(MetricOptions.FLUSH_MILLIS);
            long slice = TimeUnit.MILLISECONDS.toNanos(MetricOptions.FLUSH_MILLIS / 3);
            while (!closed && left > 0 && !engine.early()) {
                long waited = Math.min(left, slice);
                left += closing.awaitNanos(waited) - waited;
            }
        } catch (InterruptedException e) {
            LOG.warn("the thread of metrics was interrupted; it goes on");
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the database's pages that are in use. */
    public long bytes() {
        return tables.bytes();
    }

    MetricEngine engine() {
        return engine;
    }

    Pins pins() {
        return pins;
    }

    @Override
    public void declare(MetricInfo info) {
        engine.declare(info);
    }

    @Override
    public List<MetricInfo> declared() {
        return engine.declared();
    }

    @Override
    public void record(List<Sample> samples) {
        requireOpen();
        engine.record(samples);
    }

    @Override
    public void record(SampleRow row) {
        requireOpen();
        engine.record(row);
    }

    private void requireOpen() {
        if (closed) {
            throw new StratoswarmException(Kind.UNAVAILABLE, "the store of metrics is closed");
        }
    }

    @Override
    public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
        return queries.series(subject, name, fromMillis, toMillis);
    }

    @Override
    public List<Sample> latest(String subject) {
        return queries.latest(subject);
    }

    @Override
    public List<Points> query(MetricQuery query) {
        return queries.query(query);
    }

    @Override
    public List<PinnedWindow> windows(int limit) {
        return pins.list(limit);
    }

    @Override
    public Optional<String> window(long sequence) {
        return pins.json(sequence);
    }

    @Override
    public List<Capability> probe() {
        return List.of(engine.drops().capability(engine.now()));
    }

    @Override
    public List<Closing> verify(long fromMillis, long toMillis) {
        return engine.roots.verify(fromMillis, toMillis);
    }

    @Override
    public List<Points> resolve(Cause.OfMetrics cause) {
        return queries.resolve(cause);
    }

    /** Stores what waits and closes the database. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        step();
        tables.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
