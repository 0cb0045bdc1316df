package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes samples in and drives the store. {@link #step} is to be called every half minute by one thread; samples come from any.
 */
final class MetricEngine {
    private static final Logger LOG = LoggerFactory.getLogger(MetricEngine.class);
    private static final int LONGEST_SUBJECT = 400;
    private static final int LONGEST_LABELS = 4_096;
    /** Samples of a series that wait in memory while the disk refuses them. */
    private static final int MOST_WAITING = 300;
    /** Waiting samples of one series that are worth a step before its time. */
    private static final int EARLY = 240;

    private final InstantSource clock;
    private final MetricOptions options;
    final MetricTables tables;
    final MetricStore store;
    final Roots roots;
    private final Retention retention;
    final Map<String, Head> heads = new ConcurrentHashMap<>();
    private final Map<String, MetricInfo> infos = new ConcurrentHashMap<>();
    /** Declared since the start; what is only known from earlier may be declared anew. */
    private final Map<String, MetricInfo> declared = new ConcurrentHashMap<>();

    private final Map<String, MetricInfo> undurable = new ConcurrentHashMap<>();
    private final AtomicInteger series = new AtomicInteger();
    private final Drops drops = new Drops();
    /** Who a row came of last; any thread may set it, as it is but a hint. */
    private volatile @Nullable Head lastOfRow;

    private volatile boolean early;
    private volatile boolean failing;
    /** When the limits were looked after last. */
    private long kept = Long.MIN_VALUE / 2;
    /** Whether blocks were closed that have no root yet. */
    private boolean unrooted;

    MetricEngine(MetricTables tables, Journal journal, InstantSource clock, MetricOptions options) {
        this.tables = tables;
        this.clock = clock;
        this.options = options;
        this.store = new MetricStore(tables);
        this.roots = new Roots(tables, journal);
        this.retention = new Retention(tables, options);
        tables.infos().forEach((name, json) -> {
            try {
                infos.put(name, Json.info(name, json));
            } catch (MetricDamage e) {
                tables.damaged("the declaration of metric " + name, e);
            }
        });
    }

    long now() {
        return clock.millis();
    }

    void declare(MetricInfo info) {
        MetricInfo before = declared.putIfAbsent(info.name(), info);
        if (before != null && (before.kind() != info.kind() || !before.unit().equals(info.unit()))) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "metric " + info.name() + " is declared as a " + word(before) + ", and cannot also be a "
                            + word(info) + "; choose another name");
        }
        if (before == null && !info.equals(infos.put(info.name(), info))) {
            undurable.put(info.name(), info);
        }
    }

    private static String word(MetricInfo info) {
        String unit = info.unit().isEmpty() ? "no unit" : info.unit();
        return (info.kind() == MetricInfo.Kind.COUNTER ? "counter" : "gauge") + " in " + unit;
    }

    List<MetricInfo> declared() {
        List<MetricInfo> all = new ArrayList<>(infos.values());
        all.sort(Comparator.comparing(MetricInfo::name));
        return all;
    }

    /** What a series' metric was declared as last. */
    @Nullable
    MetricInfo info(String name) {
        return infos.get(name);
    }

    /** Takes all samples in that can be taken, then throws what was wrong with the first of the others. */
    void record(List<Sample> samples) {
        StratoswarmException refused = null;
        long ahead = clock.millis() + MetricOptions.AHEAD_MILLIS;
        int at = 0;
        while (at < samples.size()) {
            String subject = samples.get(at).series().subject();
            int tried = at;
            try {
                Head head = head(subject);
                synchronized (head) {
                    while (!head.retired()
                            && at < samples.size()
                            && samples.get(at).series().subject().equals(subject)) {
                        Sample sample = samples.get(at++);
                        take(head, sample, ahead);
                    }
                }
            } catch (StratoswarmException e) {
                if (refused == null) {
                    refused = e;
                }
                if (at == tried) {
                    at++;
                }
            }
        }
        if (refused != null) {
            throw refused;
        }
    }

    /** Takes all values of a row in at once, or one by one where series are new or times do not rise. */
    void record(SampleRow row) {
        boolean timely = row.timeMillis() >= 0 && row.timeMillis() <= clock.millis() + MetricOptions.AHEAD_MILLIS;
        Head head = expected(row.subject());
        synchronized (head) {
            if (timely && !head.retired() && head.append(row)) {
                if (head.rowsWaiting() >= EARLY && !failing) {
                    early = true;
                }
                return;
            }
        }
        record(row.samples());
    }

    private void take(Head head, Sample sample, long ahead) {
        Head.Line line = head.line(sample.series());
        if (line == null) {
            line = open(head, sample.series());
        }
        if (sample.timeMillis() < 0 || sample.timeMillis() > ahead) {
            drops.add(Drops.Reason.OUT_OF_RANGE, 1);
        } else if (!head.append(line, sample.timeMillis(), sample.value())) {
            drops.late(line.lastTime, ahead - MetricOptions.AHEAD_MILLIS);
        } else if (line.buffer.size >= EARLY && !failing) {
            early = true;
        }
    }

    /** As {@link #head}, without a search where rows come in the order of the last time. */
    private Head expected(String subject) {
        Head before = lastOfRow;
        Head head = before == null ? null : before.next;
        if (head == null || !head.subject.equals(subject) || head.retired()) {
            head = head(subject);
            if (before != null) {
                before.next = head;
            }
        }
        lastOfRow = head;
        return head;
    }

    private Head head(String subject) {
        while (true) {
            Head head = heads.get(subject);
            if (head == null) {
                if (subject.isEmpty()
                        || subject.indexOf('\0') >= 0
                        || subject.indexOf('*') >= 0
                        || subject.getBytes(StandardCharsets.UTF_8).length > LONGEST_SUBJECT) {
                    throw new StratoswarmException(
                            Kind.INVALID,
                            "a subject of metrics has 1 to " + LONGEST_SUBJECT + " bytes without * and zero bytes: '"
                                    + subject + "'");
                }
                if (heads.size() > options.series()) {
                    throw new StratoswarmException(
                            Kind.FULL,
                            "there are already " + heads.size() + " subjects of metrics, so " + subject
                                    + " is not kept; raise series in stratoswarm.metrics");
                }
                head = heads.computeIfAbsent(subject, Head::new);
            }
            if (!head.retired()) {
                return head;
            }
            heads.remove(subject, head);
        }
    }

    private Head.Line open(Head head, Series wanted) {
        MetricInfo info = infos.get(wanted.name());
        if (info == null) {
            throw new StratoswarmException(
                    Kind.INVALID, "metric " + wanted.name() + " of " + wanted.subject() + " was not declared");
        }
        if (wanted.labels().toString().length() > LONGEST_LABELS) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the labels of " + wanted.name() + " of " + wanted.subject() + " are longer than " + LONGEST_LABELS
                            + " characters");
        }
        if (head.size() >= options.seriesPerSubject()) {
            throw full(wanted, wanted.subject() + " has", options.seriesPerSubject(), "series.per.subject");
        }
        if (series.incrementAndGet() > options.series()) {
            series.decrementAndGet();
            throw full(wanted, "there are", options.series(), "series");
        }
        if (head.size() == 0) {
            recall(head);
        }
        Head.Line known = head.line(wanted);
        if (known != null) {
            series.decrementAndGet();
            return known;
        }
        Head.Line line = new Head.Line(wanted, info);
        head.add(line);
        return line;
    }

    private static StratoswarmException full(Series wanted, String who, int limit, String option) {
        return new StratoswarmException(
                Kind.FULL,
                who + " already " + limit + " series, as many as are allowed, so " + wanted.name() + " "
                        + wanted.labels() + " of " + wanted.subject() + " is not kept; drop labels, or raise " + option
                        + " in stratoswarm.metrics");
    }

    /** After a start: the last samples of a subject, so that what comes is still held to rise in time. */
    private void recall(Head head) {
        long since = Math.max(0, now() - MetricOptions.STALE_MILLIS);
        store.last(head.subject, since).forEach((each, last) -> {
            MetricInfo info = infos.get(each.name());
            if (info != null && head.size() < options.seriesPerSubject() && series.get() < options.series()) {
                Head.Line line = new Head.Line(each, info);
                line.lastTime = (long) last[0];
                line.lastValue = last[1];
                head.add(line);
                series.incrementAndGet();
            }
        });
    }

    /** Whether so much waits that the next step should not wait. */
    boolean early() {
        return early;
    }

    /** Stores what waits, closes what has ended, and keeps to the limits. */
    void step() {
        long now = now();
        early = false;
        tellDrops(now);
        try {
            flush(now);
            if (store.canClose(now - MetricOptions.GRACE_MILLIS)) {
                unrooted |= store.close(now - MetricOptions.GRACE_MILLIS, now).blocks() > 0;
            }
            if ((unrooted || now >= kept + MetricOptions.WINDOW || now < kept) && roots.due(now)) {
                // Blocks get their root before they may become minutes; those get theirs with the next closing.
                roots.run(now);
                unrooted = false;
                retention.run(now);
                roots.dropBefore(now - options.rawMillis() - options.minuteMillis());
                dropStale(now);
                tables.environment.releasePages();
                kept = now;
            }
            failing = false;
        } catch (StratoswarmException e) {
            if (!failing) {
                LOG.error("metrics cannot be stored now and wait in memory, the oldest go first: {}", e.getMessage());
            }
            failing = true;
        }
    }

    /** The store's own metric, so that a gap in a chart can be explained. */
    private void tellDrops(long now) {
        drops.step(now);
        List<Sample> samples = drops.samples(now);
        if (!samples.isEmpty()) {
            try {
                declare(Drops.info());
                record(samples);
            } catch (StratoswarmException e) {
                // There are as many series as are allowed; doctor tells the number all the same.
                LOG.debug("what was dropped is not among the metrics: {}", e.getMessage());
            }
        }
    }

    private void flush(long now) {
        if (!undurable.isEmpty()) {
            List<MetricInfo> fresh = List.copyOf(undurable.values());
            tables.environment.write(txn -> {
                fresh.forEach(info -> tables.putInfo(txn, info.name(), Json.bytes(info)));
                return null;
            });
            fresh.forEach(info -> undurable.remove(info.name(), info));
        }
        List<Head> all = new ArrayList<>(heads.values());
        all.sort(Comparator.comparing(head -> head.subject));
        store.store(all, now, MOST_WAITING, samples -> drops.add(Drops.Reason.FULL, samples));
    }

    private void dropStale(long now) {
        heads.values().removeIf(head -> {
            int gone = head.dropStale(now - MetricOptions.STALE_MILLIS);
            series.addAndGet(-gone);
            return head.retired();
        });
    }

    /** What came too late, too early, or while the disk was full for too long. */
    Drops drops() {
        return drops;
    }

    int seriesInMemory() {
        return series.get();
    }
}
