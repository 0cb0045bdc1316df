package io.stratoswarm.core.metric;

import io.stratoswarm.core.store.Environment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Txn;

/** Reads the records of the subjects that are asked for, in order of time, in short transactions. */
final class StoredBlocks {
    /** Records that one transaction reads, so that none lasts: a reader that lingers makes the file grow. */
    private static final int SLICE = 128;

    /** Questions that are asked in short transactions before one is asked in a single one. */
    private static final int TRIES = 4;

    private final MetricTables tables;
    private final Reads reads;

    /** Gives a transaction to read with. */
    private interface Reads {
        void read(Consumer<Txn<ByteBuffer>> body);
    }

    /** Takes a record whose span meets the range. */
    interface Visitor {
        void visit(Schema schema, Block block);
    }

    StoredBlocks(MetricTables tables) {
        this(
                tables,
                body -> tables.environment.read(txn -> {
                    body.accept(txn);
                    return null;
                }));
    }

    private StoredBlocks(MetricTables tables, Reads reads) {
        this.tables = tables;
        this.reads = reads;
    }

    /**
     * Answers a question that reads several tables, each sample of which it sees once: it is asked again where samples were moved
     * between tables meanwhile, and in one transaction where that goes on.
     *
     * @param memory reads what is in memory, which is done before any table is looked at: it may be stored meanwhile, and is then in
     *     both, but never in neither
     */
    <M, T> T steady(Supplier<M> memory, BiFunction<StoredBlocks, M, T> question) {
        for (int tries = 0; tries < TRIES; tries++) {
            long before = tables.environment.read(tables::moves);
            T answer = question.apply(this, memory.get());
            if (tables.environment.read(tables::moves) == before) {
                return answer;
            }
        }
        M read = memory.get();
        return tables.environment.read(txn -> question.apply(new StoredBlocks(tables, body -> body.accept(txn)), read));
    }

    void raw(Wanted wanted, long from, long to, Visitor visitor) {
        blocks(tables.raw, MetricOptions.WINDOW, wanted, from, to, visitor);
    }

    void minutes(Wanted wanted, long from, long to, Visitor visitor) {
        // The last window at full rate may reach past the end of the two hours that its minutes are filed under.
        blocks(tables.minutes, MetricOptions.MINUTES_WINDOW + MetricOptions.WINDOW, wanted, from, to, visitor);
    }

    private void blocks(Dbi<ByteBuffer> table, long span, Wanted wanted, long from, long to, Visitor visitor) {
        byte[] begin = wanted.subjectBytes();
        long first = from <= span ? 0 : from - span + 1;
        AtomicReference<@Nullable ByteBuffer> next = new AtomicReference<>(Keys.blocks(first, begin));
        while (next.get() != null) {
            reads.read(txn -> {
                try (Cursor<ByteBuffer> cursor = table.openCursor(txn)) {
                    ByteBuffer at = next.get();
                    for (int taken = 0; taken < SLICE && at != null; taken++) {
                        at = block(txn, cursor, at, begin, from, to, visitor);
                    }
                    next.set(at);
                }
            });
        }
    }

    /** Visits the first record from a key on; the answer is where to go on, or null at the end. */
    private @Nullable ByteBuffer block(
            Txn<ByteBuffer> txn,
            Cursor<ByteBuffer> cursor,
            ByteBuffer at,
            byte[] begin,
            long from,
            long to,
            Visitor visitor) {
        if (!MetricStore.seek(cursor, at)) {
            return null;
        }
        ByteBuffer key = cursor.key();
        long window = Keys.windowOfBlock(key);
        if (window >= to) {
            return null;
        }
        if (!Keys.begins(key, 8, begin)) {
            byte[] subject = new byte[Math.min(begin.length, key.remaining() - 8)];
            key.get(8, subject);
            // Before the subjects of this window that are wanted, or past them.
            return Arrays.compareUnsigned(subject, begin) < 0
                    ? Keys.blocks(window, begin)
                    : Keys.blocks(window + 1, begin);
        }
        byte[] copied = Environment.copy(key);
        visit(txn, cursor, Keys.subjectOfBlock(key), from, to, visitor);
        return Keys.bytes(Arrays.copyOf(copied, copied.length + 1));
    }

    void chunks(Wanted wanted, long from, long to, Visitor visitor) {
        byte[] begin = wanted.subjectBytes();
        AtomicReference<@Nullable ByteBuffer> next = new AtomicReference<>(Keys.bytes(begin));
        while (next.get() != null) {
            reads.read(txn -> {
                ByteBuffer at = next.getAndSet(null);
                try (Cursor<ByteBuffer> cursor = tables.chunks.openCursor(txn)) {
                    boolean more = at.remaining() == 0 ? cursor.first() : MetricStore.seek(cursor, at);
                    for (int taken = 0; more && Keys.begins(cursor.key(), 0, begin); taken++) {
                        if (taken == SLICE) {
                            next.set(Keys.bytes(Environment.copy(cursor.key())));
                            return;
                        }
                        long window = Keys.windowOfChunk(cursor.key());
                        if (window < to && window + MetricOptions.WINDOW > from) {
                            visit(txn, cursor, Keys.subjectOfChunk(cursor.key()), from, to, visitor);
                        }
                        more = cursor.next();
                    }
                }
            });
        }
    }

    private void visit(
            Txn<ByteBuffer> txn, Cursor<ByteBuffer> cursor, String subject, long from, long to, Visitor visitor) {
        try {
            Block header = Block.header(head(cursor.val()));
            if (header.from >= to || header.to + (header.kind == Block.MINUTES ? Minute.MILLIS : 1) <= from) {
                return;
            }
            Block block = Block.read(Environment.copy(cursor.val()));
            visitor.visit(tables.schema(txn, block.schema), block);
        } catch (MetricDamage e) {
            tables.damaged("a block of the metrics of " + subject, e);
        }
    }

    private static byte[] head(ByteBuffer value) {
        byte[] head = new byte[Math.min(Block.HEADER, value.remaining())];
        value.get(value.position(), head);
        return head;
    }
}
