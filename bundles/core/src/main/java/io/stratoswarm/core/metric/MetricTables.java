package io.stratoswarm.core.metric;

import io.stratoswarm.core.store.Environment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of the metrics' database, and what all that use them share. The layout is in docs/metrics.md, "Tables". */
final class MetricTables implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricTables.class);
    private static final String NEXT = "next-block";
    private static final String ROOTED = "next-to-root";
    private static final String INFO = "metric/";
    private static final int CACHED_SCHEMAS = 4_096;
    /** A schema's last use is written again once it is so much later. */
    private static final long USE_STEP = 24 * MetricOptions.HOUR;

    final Environment environment;
    final Dbi<ByteBuffer> chunks;
    final Dbi<ByteBuffer> raw;
    final Dbi<ByteBuffer> minutes;
    final Dbi<ByteBuffer> numbers;
    final Dbi<ByteBuffer> schemas;
    final Dbi<ByteBuffer> roots;
    private final Dbi<ByteBuffer> meta;
    private final Map<String, Schema> known = new ConcurrentHashMap<>();
    private final Map<String, Long> uses = new HashMap<>();
    private final AtomicLong damaged = new AtomicLong();

    MetricTables(Path folder, long mapBytes) {
        environment = new Environment(folder, mapBytes);
        chunks = environment.table("chunks");
        raw = environment.table("raw");
        minutes = environment.table("minutes");
        numbers = environment.table("numbers");
        schemas = environment.table("schemas");
        roots = environment.table("roots");
        meta = environment.table("meta");
    }

    /** Number that the next block gets. A new database begins at the time, so that no number is ever given twice. */
    long next(Txn<ByteBuffer> txn, long otherwise) {
        ByteBuffer stored = meta.get(txn, Keys.text(NEXT));
        return stored == null ? otherwise : stored.getLong(0);
    }

    void next(Txn<ByteBuffer> txn, Long number) {
        meta.put(txn, Keys.text(NEXT), Keys.number(number));
    }

    /** Raised, by the number that it takes, by every change that moves samples from one table to another, and seen with it. */
    long moves(Txn<ByteBuffer> txn) {
        return next(txn, 0);
    }

    /** Number of the first block that no root covers. */
    long rooted(Txn<ByteBuffer> txn, long otherwise) {
        ByteBuffer stored = meta.get(txn, Keys.text(ROOTED));
        return stored == null ? otherwise : stored.getLong(0);
    }

    void rooted(Txn<ByteBuffer> txn, Long number) {
        meta.put(txn, Keys.text(ROOTED), Keys.number(number));
    }

    /** Puts a block under its number too. */
    void putBlock(Txn<ByteBuffer> txn, Dbi<ByteBuffer> table, long window, String subject, long number, byte[] bytes) {
        ByteBuffer key = Keys.block(window, subject, number);
        // Blocks come in the order of their keys nearly always; LMDB fills pages to the brim where it is told so.
        if (last(txn, table, key)) {
            table.put(txn, key, Keys.bytes(bytes), PutFlags.MDB_APPEND);
        } else {
            table.put(txn, key, Keys.bytes(bytes));
        }
        ByteBuffer place = ByteBuffer.allocateDirect(1 + key.remaining())
                .put((byte) (table == raw ? Block.RAW : Block.MINUTES))
                .put(key.duplicate())
                .flip();
        numbers.put(txn, Keys.number(number), place, PutFlags.MDB_APPEND);
    }

    private static boolean last(Txn<ByteBuffer> txn, Dbi<ByteBuffer> table, ByteBuffer key) {
        try (Cursor<ByteBuffer> cursor = table.openCursor(txn)) {
            if (!cursor.last()) {
                return true;
            }
            ByteBuffer last = cursor.key();
            int differs = last.mismatch(key);
            return differs >= 0
                    && differs < key.remaining()
                    && (differs >= last.remaining()
                            || (last.get(last.position() + differs) & 0xFF)
                                    < (key.get(key.position() + differs) & 0xFF));
        }
    }

    void deleteBlock(Txn<ByteBuffer> txn, Dbi<ByteBuffer> table, ByteBuffer key) {
        long number = key.getLong(key.remaining() - 8);
        table.delete(txn, key);
        numbers.delete(txn, Keys.number(number));
    }

    /** The bytes of a block, or null where it is gone. */
    byte @Nullable [] block(Txn<ByteBuffer> txn, long number) {
        ByteBuffer place = numbers.get(txn, Keys.number(number));
        if (place == null) {
            return null;
        }
        Dbi<ByteBuffer> table = place.get(0) == Block.RAW ? raw : minutes;
        ByteBuffer key = ByteBuffer.allocateDirect(place.remaining() - 1)
                .put(place.slice(1, place.remaining() - 1))
                .flip();
        ByteBuffer found = table.get(txn, key);
        return found == null ? null : Environment.copy(found);
    }

    /** Stores a schema and when it is used last; to be called by the writer alone. */
    byte[] putSchema(Txn<ByteBuffer> txn, Schema schema, long usedMillis) {
        byte[] bytes = schema.encode();
        byte[] hash = Schema.hash(bytes);
        String name = Schema.name(hash);
        Long used = uses.get(name);
        if (used == null || usedMillis >= used + USE_STEP) {
            ByteBuffer value = ByteBuffer.allocateDirect(8 + bytes.length)
                    .putLong(usedMillis)
                    .put(bytes)
                    .flip();
            schemas.put(txn, Keys.bytes(hash), value);
            if (uses.size() > CACHED_SCHEMAS) {
                uses.clear();
            }
            uses.put(name, usedMillis);
        }
        return hash;
    }

    /** Forgets which uses were written, after a transaction that failed. */
    void forgetUses() {
        uses.clear();
    }

    /** When a stored schema may be dropped, since no block that is kept can name it. */
    static boolean unused(ByteBuffer value, long oldestKept) {
        return value.getLong(0) + 2 * USE_STEP < oldestKept;
    }

    /** @throws MetricDamage where there is none, or another one */
    Schema schema(Txn<ByteBuffer> txn, byte[] hash) {
        String name = Schema.name(hash);
        Schema cached = known.get(name);
        if (cached != null) {
            return cached;
        }
        ByteBuffer value = schemas.get(txn, Keys.bytes(hash));
        if (value == null) {
            throw new MetricDamage("the description of its columns is missing");
        }
        byte[] bytes = new byte[value.remaining() - 8];
        value.get(8, bytes);
        if (!java.util.Arrays.equals(Schema.hash(bytes), hash)) {
            throw new MetricDamage("the description of its columns does not fit its hash");
        }
        Schema schema = Schema.decode(bytes);
        if (known.size() >= CACHED_SCHEMAS) {
            known.clear();
        }
        known.put(name, schema);
        return schema;
    }

    void putInfo(Txn<ByteBuffer> txn, String name, byte[] json) {
        meta.put(txn, Keys.text(INFO + name), Keys.bytes(json));
    }

    /** Every declaration that is stored, as JSON. */
    Map<String, byte[]> infos() {
        Map<String, byte[]> found = new HashMap<>();
        environment.read(txn -> {
            try (var all = meta.iterate(txn, org.lmdbjava.KeyRange.atLeast(Keys.text(INFO)))) {
                all.forEach(each -> {
                    String key = new String(Environment.copy(each.key()), java.nio.charset.StandardCharsets.UTF_8);
                    if (key.startsWith(INFO)) {
                        found.put(key.substring(INFO.length()), Environment.copy(each.val()));
                    }
                });
            }
            return null;
        });
        return found;
    }

    /** Bytes of the pages in use, which is what a limit can be held against: the file itself never shrinks. */
    long bytes(Dbi<ByteBuffer> table) {
        return environment.read(txn -> {
            Stat stat = table.stat(txn);
            return (stat.branchPages + stat.leafPages + stat.overflowPages) * stat.pageSize;
        });
    }

    long bytes() {
        return bytes(chunks) + bytes(raw) + bytes(minutes) + bytes(numbers) + bytes(schemas) + bytes(roots);
    }

    void damaged(String what, MetricDamage e) {
        long count = damaged.incrementAndGet();
        // A damaged range is met at every query; a line for each would fill the log.
        if (Long.bitCount(count) == 1) {
            LOG.warn("{} is damaged and left out ({}); {} so far", what, e.getMessage(), count);
        }
    }

    long damaged() {
        return damaged.get();
    }

    @Override
    public void close() {
        environment.close();
    }
}
