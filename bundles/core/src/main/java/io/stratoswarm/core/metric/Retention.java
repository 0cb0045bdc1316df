package io.stratoswarm.core.metric;

import io.stratoswarm.core.store.Environment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the database within its limits: blocks at full rate become minutes once they are old, minutes go once they are old, and
 * either happens earlier where half of the bytes is used up. To be used by the writer's thread.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final int SLICE = 32;
    private static final long SCHEMA_LOOK = 24 * MetricOptions.HOUR;

    private final MetricTables tables;
    private final MetricOptions options;
    private long schemasLooked = Long.MIN_VALUE;

    Retention(MetricTables tables, MetricOptions options) {
        this.tables = tables;
        this.options = options;
    }

    /** Returns how many blocks were written. */
    int run(long nowMillis) {
        int written = 0;
        while (true) {
            long window = first(tables.raw, MetricOptions.MINUTES_WINDOW);
            if (window == Long.MAX_VALUE) {
                break;
            }
            boolean old =
                    window + MetricOptions.MINUTES_WINDOW + MetricOptions.WINDOW <= nowMillis - options.rawMillis();
            if (!old) {
                if (tables.bytes(tables.raw) <= options.maxBytes() / 2) {
                    break;
                }
                LOG.info(
                        "metrics at full rate need more than half of {} MiB; two hours of them become minutes before"
                                + " their time. max.mebibytes of stratoswarm.metrics sets the limit",
                        options.maxBytes() >> 20);
            }
            written += toMinutes(window, nowMillis);
        }
        while (true) {
            long window = first(tables.minutes, MetricOptions.MINUTES_WINDOW);
            if (window == Long.MAX_VALUE) {
                break;
            }
            boolean old = window + MetricOptions.MINUTES_WINDOW <= nowMillis - options.minuteMillis();
            if (!old && tables.bytes(tables.minutes) <= options.maxBytes() / 2) {
                break;
            }
            dropMinutes(window);
        }
        dropSchemas(nowMillis);
        return written;
    }

    /** The window that the oldest record lies in. */
    private long first(Dbi<ByteBuffer> table, long span) {
        return tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = table.openCursor(txn)) {
                return cursor.first() ? Math.floorDiv(Keys.windowOfBlock(cursor.key()), span) * span : Long.MAX_VALUE;
            }
        });
    }

    /** Keys of a window's records by subject. */
    private Map<String, List<ByteBuffer>> records(Dbi<ByteBuffer> table, long window) {
        Map<String, List<ByteBuffer>> found = new LinkedHashMap<>();
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = table.openCursor(txn)) {
                boolean more = MetricStore.seek(cursor, Keys.number(window));
                while (more && Keys.windowOfBlock(cursor.key()) < window + MetricOptions.MINUTES_WINDOW) {
                    found.computeIfAbsent(Keys.subjectOfBlock(cursor.key()), k -> new ArrayList<>())
                            .add(Keys.bytes(Environment.copy(cursor.key())));
                    more = cursor.next();
                }
            }
            return null;
        });
        return found;
    }

    private int toMinutes(long window, long nowMillis) {
        List<Map.Entry<String, List<ByteBuffer>>> all =
                List.copyOf(records(tables.raw, window).entrySet());
        int written = 0;
        for (int begin = 0; begin < all.size(); begin += SLICE) {
            var slice = all.subList(begin, Math.min(all.size(), begin + SLICE));
            try {
                written += tables.environment.write(txn -> {
                    int count = 0;
                    for (var each : slice) {
                        count += toMinutes(txn, window, each.getKey(), each.getValue(), nowMillis);
                    }
                    return count;
                });
            } catch (RuntimeException e) {
                tables.forgetUses();
                throw e;
            }
        }
        return written;
    }

    private int toMinutes(Txn<ByteBuffer> txn, long window, String subject, List<ByteBuffer> keys, long nowMillis) {
        Gathered gathered = new Gathered(subject);
        for (ByteBuffer key : keys) {
            ByteBuffer value = tables.raw.get(txn, key);
            if (value != null) {
                try {
                    Block block = Block.read(Environment.copy(value));
                    gathered.add(tables.schema(txn, block.schema), block);
                } catch (MetricDamage e) {
                    tables.damaged("a block of the metrics of " + subject, e);
                }
            }
            tables.deleteBlock(txn, tables.raw, key.rewind());
        }
        List<List<Minute>> minutes = new ArrayList<>();
        List<Block.Column> columns = new ArrayList<>();
        boolean any = false;
        for (Buffer buffer : gathered.buffers()) {
            List<Minute> made = MinuteCode.of(buffer);
            minutes.add(made);
            long[] starts = made.stream().mapToLong(Minute::start).toArray();
            columns.add(new Block.Column(starts, new double[0], 0, starts.length));
            any |= starts.length > 0;
        }
        if (!any) {
            return 0;
        }
        long number = tables.next(txn, nowMillis);
        byte[] schema = tables.putSchema(txn, gathered.schema(), nowMillis);
        byte[] bytes =
                Block.write(Block.MINUTES, number, schema, columns, (i, out) -> MinuteCode.write(minutes.get(i), out));
        tables.putBlock(txn, tables.minutes, window, subject, number, bytes);
        tables.next(txn, Long.valueOf(number + 1));
        return 1;
    }

    private void dropMinutes(long window) {
        List<ByteBuffer> keys = new ArrayList<>();
        records(tables.minutes, window).values().forEach(keys::addAll);
        for (int begin = 0; begin < keys.size(); begin += SLICE * SLICE) {
            List<ByteBuffer> slice = keys.subList(begin, Math.min(keys.size(), begin + SLICE * SLICE));
            tables.environment.write(txn -> {
                slice.forEach(key -> tables.deleteBlock(txn, tables.minutes, key.rewind()));
                return null;
            });
        }
    }

    /** Once a day: those that no record can name any more. */
    private void dropSchemas(long nowMillis) {
        if (schemasLooked != Long.MIN_VALUE && nowMillis < schemasLooked + SCHEMA_LOOK) {
            return;
        }
        schemasLooked = nowMillis;
        long oldest = Math.min(
                first(tables.raw, MetricOptions.MINUTES_WINDOW), first(tables.minutes, MetricOptions.MINUTES_WINDOW));
        long kept = Math.min(nowMillis - options.minuteMillis() - options.rawMillis(), oldest);
        List<ByteBuffer> unused = new ArrayList<>();
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.schemas.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    if (MetricTables.unused(cursor.val(), kept)) {
                        unused.add(Keys.bytes(Environment.copy(cursor.key())));
                    }
                }
            }
            return null;
        });
        if (!unused.isEmpty()) {
            tables.environment.write(txn -> {
                unused.forEach(key -> tables.schemas.delete(txn, key));
                return null;
            });
            tables.forgetUses();
        }
    }
}
