package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.store.Environment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Answers questions from memory and from the database together. */
final class Queries {
    private final MetricEngine engine;
    private final StoredBlocks blocks;

    Queries(MetricEngine engine) {
        this.engine = engine;
        this.blocks = new StoredBlocks(engine.tables);
    }

    List<Points> query(MetricQuery query) {
        Wanted wanted = new Wanted(query.subject(), query.name(), query.labels());
        return blocks.steady(() -> heads(wanted, query.fromMillis(), query.toMillis()), (stored, heads) -> {
            Answer answer = new Answer(query);
            stored.minutes(wanted, query.fromMillis(), query.toMillis(), (schema, block) -> {
                for (int i : wanted.columns(schema)) {
                    if (i < block.columns() && block.size(i) > 0) {
                        answer.minutes(schema.series().get(i), MinuteCode.read(block.reader(i), block.times(i)));
                    }
                }
            });
            StoredBlocks.Visitor samples = (schema, block) -> {
                for (int i : wanted.columns(schema)) {
                    if (i < block.columns() && block.size(i) > 0) {
                        answer.samples(schema.series().get(i), block.times(i), block.values(i));
                    }
                }
            };
            stored.raw(wanted, query.fromMillis(), query.toMillis(), samples);
            stored.chunks(wanted, query.fromMillis(), query.toMillis(), samples);
            heads.forEach(part -> answer.samples(part.series(), part.times(), part.values()));
            return answer.points();
        });
    }

    private List<Head.Part> heads(Wanted wanted, long from, long to) {
        List<Head.Part> parts = new ArrayList<>();
        for (Head head : engine.heads.values()) {
            if (wanted.subject(head.subject)) {
                head.copy(wanted, from, to, parts);
            }
        }
        return parts;
    }

    List<Series> series(String subject, String name, long from, long to) {
        Wanted wanted = new Wanted(subject, name, Collections.emptySortedMap());
        return blocks.steady(() -> heads(wanted, from, to), (stored, heads) -> {
            TreeSet<Series> found = new TreeSet<>(Answer.ORDER);
            heads.forEach(part -> found.add(part.series()));
            StoredBlocks.Visitor visitor = (schema, block) -> {
                for (int i : wanted.columns(schema)) {
                    if (i < block.columns() && block.size(i) > 0) {
                        Series series = schema.series().get(i);
                        if (!found.contains(series) && within(block.times(i), from, to)) {
                            found.add(series);
                        }
                    }
                }
            };
            stored.minutes(wanted, from, to, visitor);
            stored.raw(wanted, from, to, visitor);
            stored.chunks(wanted, from, to, visitor);
            return new ArrayList<>(found);
        });
    }

    private static boolean within(long[] times, long from, long to) {
        int index = java.util.Arrays.binarySearch(times, from);
        int first = index >= 0 ? index : -index - 1;
        return first < times.length && times[first] < to;
    }

    List<Sample> latest(String subject) {
        Wanted wanted = new Wanted(subject, "*", Collections.emptySortedMap());
        List<Sample> samples = new ArrayList<>();
        List<Head> heads = new ArrayList<>();
        for (Head head : engine.heads.values()) {
            if (wanted.subject(head.subject)) {
                heads.add(head);
            }
        }
        heads.sort(Comparator.comparing(head -> head.subject));
        heads.forEach(head -> head.latest(engine.now() - MetricOptions.LATEST_MILLIS, samples));
        return samples;
    }

    List<Points> resolve(Cause.OfMetrics cause) {
        MetricTables tables = engine.tables;
        long from = Math.ceilDiv(cause.fromNanos(), 1_000_000);
        long to = Math.floorDiv(cause.toNanos(), 1_000_000) + 1;
        return tables.environment.read(txn -> {
            byte[] bytes = tables.block(txn, cause.block());
            if (bytes == null) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND, "block " + cause.block() + " of the metrics is not kept any more");
            }
            try {
                Block block = Block.read(bytes);
                Schema schema = tables.schema(txn, block.schema);
                MetricQuery all = new MetricQuery(
                        "*",
                        "*",
                        Collections.emptySortedMap(),
                        Math.max(0, from),
                        Math.max(0, to),
                        0,
                        MetricQuery.Aggregate.LAST);
                Answer answer = new Answer(all);
                for (int i = 0; i < block.columns(); i++) {
                    if (block.size(i) > 0 && block.kind == Block.RAW) {
                        answer.samples(schema.series().get(i), block.times(i), block.values(i));
                    } else if (block.size(i) > 0) {
                        answer.minutes(schema.series().get(i), MinuteCode.read(block.reader(i), block.times(i)));
                    }
                }
                return answer.points();
            } catch (MetricDamage e) {
                throw new StratoswarmException(
                        Kind.DAMAGED, "block " + cause.block() + " of the metrics is damaged: " + e.getMessage(), e);
            }
        });
    }

    /** The bytes of a stored block, for figures and tests. */
    byte[] bytes(long number) {
        return engine.tables.environment.read(txn -> {
            byte[] found = engine.tables.block(txn, number);
            return found == null ? new byte[0] : found;
        });
    }

    /** For tests: how many records a table has. */
    static long entries(MetricTables tables, org.lmdbjava.Dbi<java.nio.ByteBuffer> table) {
        Environment environment = tables.environment;
        return environment.read(txn -> table.stat(txn).entries);
    }
}
