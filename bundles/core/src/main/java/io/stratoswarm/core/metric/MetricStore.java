package io.stratoswarm.core.metric;

import io.stratoswarm.core.store.Environment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/** Stores chunks and merges those of a window that has ended into blocks. To be used by one thread. */
final class MetricStore {
    /** Subjects whose changes share a transaction. */
    private static final int SLICE = 64;

    private final MetricTables tables;
    private long chunk;
    /** End of the earliest window that has chunks; nothing is to be closed before. */
    private long earliestEnd;

    /** Chunks of one subject and window. */
    private record Open(String subject, long window, List<ByteBuffer> keys) {}

    MetricStore(MetricTables tables) {
        this.tables = tables;
        long[] found = {0, Long.MAX_VALUE};
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.chunks.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    found[0] = Math.max(found[0], Keys.sequenceOfChunk(cursor.key()) + 1);
                    found[1] = Math.min(found[1], Keys.windowOfChunk(cursor.key()) + MetricOptions.WINDOW);
                }
            }
            return null;
        });
        chunk = found[0];
        earliestEnd = found[1];
    }

    /** Makes samples of these heads durable; each head is told whether it was done. */
    void store(List<Head> heads, long nowMillis, int mostWaiting, java.util.function.LongConsumer dropped) {
        for (int begin = 0; begin < heads.size(); begin += SLICE) {
            List<Head> slice = heads.subList(begin, Math.min(heads.size(), begin + SLICE));
            List<Head.Draft> drafts = new ArrayList<>();
            slice.forEach(head -> drafts.addAll(head.drafts()));
            try {
                if (!drafts.isEmpty()) {
                    putChunks(drafts, nowMillis);
                }
                slice.forEach(Head::stored);
            } catch (RuntimeException e) {
                tables.forgetUses();
                heads.subList(begin, heads.size()).forEach(head -> dropped.accept(head.notStored(mostWaiting)));
                throw e;
            }
        }
    }

    private void putChunks(List<Head.Draft> drafts, long nowMillis) {
        tables.environment.write(txn -> {
            for (Head.Draft draft : drafts) {
                byte[] schema = tables.putSchema(txn, draft.schema(), nowMillis);
                long sequence = chunk++;
                byte[] bytes = Block.writeRaw(sequence, schema, draft.columns());
                tables.chunks.put(
                        txn, Keys.chunk(draft.schema().subject(), draft.window(), sequence), Keys.bytes(bytes));
            }
            return null;
        });
        for (Head.Draft draft : drafts) {
            earliestEnd = Math.min(earliestEnd, draft.window() + MetricOptions.WINDOW);
        }
    }

    /** What a closing did. */
    record Closed(long samples, int blocks) {}

    boolean canClose(long endedBefore) {
        return earliestEnd <= endedBefore;
    }

    /** Merges the chunks of all windows that ended by then into blocks, in order of time and subject. */
    Closed close(long endedBefore, long nowMillis) {
        List<Open> open = open(endedBefore);
        long samples = 0;
        int blocks = 0;
        for (int begin = 0; begin < open.size(); begin += SLICE) {
            List<Open> slice = open.subList(begin, Math.min(open.size(), begin + SLICE));
            long[] count = {0, 0};
            try {
                tables.environment.write(txn -> {
                    long next = tables.next(txn, nowMillis);
                    for (Open each : slice) {
                        long merged = merge(txn, each, next, nowMillis);
                        count[0] += merged;
                        if (merged > 0) {
                            next++;
                            count[1]++;
                        }
                    }
                    tables.next(txn, Long.valueOf(next));
                    return null;
                });
            } catch (RuntimeException e) {
                tables.forgetUses();
                throw e;
            }
            samples += count[0];
            blocks += (int) count[1];
        }
        return new Closed(samples, blocks);
    }

    private List<Open> open(long endedBefore) {
        Map<String, Open> found = new HashMap<>();
        long[] earliest = {Long.MAX_VALUE};
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.chunks.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    long window = Keys.windowOfChunk(cursor.key());
                    if (window + MetricOptions.WINDOW > endedBefore) {
                        earliest[0] = Math.min(earliest[0], window + MetricOptions.WINDOW);
                        continue;
                    }
                    String subject = Keys.subjectOfChunk(cursor.key());
                    found.computeIfAbsent(window + "/" + subject, k -> new Open(subject, window, new ArrayList<>()))
                            .keys
                            .add(Keys.bytes(Environment.copy(cursor.key())));
                }
            }
            return null;
        });
        earliestEnd = earliest[0];
        List<Open> open = new ArrayList<>(found.values());
        open.sort((a, b) -> a.window != b.window
                ? Long.compare(a.window, b.window)
                : java.util.Arrays.compareUnsigned(
                        a.subject.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        b.subject.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        return open;
    }

    /** Returns how many samples the block has; none is written where all chunks were damaged. */
    private long merge(Txn<ByteBuffer> txn, Open open, long number, long nowMillis) {
        Gathered gathered = new Gathered(open.subject);
        for (ByteBuffer key : open.keys) {
            ByteBuffer value = tables.chunks.get(txn, key);
            if (value != null) {
                try {
                    Block block = Block.read(Environment.copy(value));
                    gathered.add(tables.schema(txn, block.schema), block);
                } catch (MetricDamage e) {
                    tables.damaged("a chunk of " + open.subject, e);
                }
            }
            tables.chunks.delete(txn, key.rewind());
        }
        if (gathered.isEmpty()) {
            return 0;
        }
        Schema schema = gathered.schema();
        byte[] hash = tables.putSchema(txn, schema, nowMillis);
        byte[] bytes = Block.writeRaw(number, hash, gathered.columns());
        tables.putBlock(txn, tables.raw, open.window, open.subject, number, bytes);
        return gathered.samples();
    }

    /** The last stored sample of each series of a subject, as far as chunks and the blocks since a time tell. */
    Map<io.stratoswarm.api.metric.Series, double[]> last(String subject, long since) {
        Map<io.stratoswarm.api.metric.Series, double[]> last = new HashMap<>();
        Wanted all = new Wanted(subject, "*", java.util.Collections.emptySortedMap());
        StoredBlocks stored = new StoredBlocks(tables);
        StoredBlocks.Visitor visitor = (schema, block) -> {
            for (int i = 0; i < block.columns(); i++) {
                int size = block.size(i);
                if (size > 0) {
                    double time = block.times(i)[size - 1];
                    double[] known = last.get(schema.series().get(i));
                    if (known == null || known[0] < time) {
                        last.put(schema.series().get(i), new double[] {time, block.values(i)[size - 1]});
                    }
                }
            }
        };
        stored.raw(all, since, Long.MAX_VALUE, visitor);
        stored.chunks(all, since, Long.MAX_VALUE, visitor);
        return last;
    }

    /** For tests and figures. */
    MetricTables tables() {
        return tables;
    }

    static boolean seek(Cursor<ByteBuffer> cursor, ByteBuffer key) {
        return cursor.get(key, GetOp.MDB_SET_RANGE);
    }
}
