package io.stratoswarm.core.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.TreeHasher;
import io.stratoswarm.core.store.Environment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Txn;

/**
 * Puts the blocks that were closed under a root, and the root into the journal. The root is stored first and names no event; the
 * append has a key, so that a crash between the two neither loses the event nor writes it twice.
 */
final class Roots {
    static final String SOURCE = "core.metric";
    private static final long PATIENCE_SECONDS = 30;

    private final MetricTables tables;
    private final Journal journal;
    /** When the last root was made. */
    private long last;
    /** All roots of blocks with a lower number are in the journal. */
    private long announced;

    Roots(MetricTables tables, Journal journal) {
        this.tables = tables;
        this.journal = journal;
        this.last = tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.roots.openCursor(txn)) {
                ObjectNode record = cursor.last() ? record(Environment.copy(cursor.val())) : null;
                return record == null
                        ? Long.MIN_VALUE / 2
                        : record.path("closed").asLong();
            }
        });
    }

    /** Whether there was no root yet in this minute, restarts counted in; so there is never more than one a minute. */
    boolean due(long nowMillis) {
        return Math.floorDiv(nowMillis, MetricOptions.ROOT_MILLIS) != Math.floorDiv(last, MetricOptions.ROOT_MILLIS);
    }

    private record Leaves(byte[] root, long from, long to, int present) {}

    /** Covers all blocks that no root covers yet, and appends what is not in the journal. */
    void run(long nowMillis) {
        boolean fresh = tables.environment.write(txn -> {
            long next = tables.next(txn, nowMillis);
            long first = tables.rooted(txn, Long.MAX_VALUE);
            if (first == Long.MAX_VALUE) {
                first = firstNumber(txn);
            }
            if (first >= next) {
                return false;
            }
            Leaves leaves = leaves(txn, first, next - first);
            ObjectNode record = Json.object()
                    .put("blocks", next - first)
                    .put("closed", nowMillis)
                    .put("from", leaves.from)
                    .put("to", leaves.to)
                    .put("root", HexFormat.of().formatHex(leaves.root))
                    .put("sequence", -1L);
            tables.roots.put(txn, Keys.number(first), Keys.bytes(Json.bytes(record)));
            tables.rooted(txn, Long.valueOf(next));
            return true;
        });
        if (fresh) {
            last = nowMillis;
        }
        announce();
    }

    private long firstNumber(Txn<ByteBuffer> txn) {
        try (Cursor<ByteBuffer> cursor = tables.numbers.openCursor(txn)) {
            return cursor.first() ? cursor.key().getLong(0) : Long.MAX_VALUE;
        }
    }

    private Leaves leaves(Txn<ByteBuffer> txn, long first, long count) {
        TreeHasher hasher = new TreeHasher();
        Frontier tree = new Frontier(hasher);
        long from = Long.MAX_VALUE;
        long to = 0;
        for (long number = first; number < first + count; number++) {
            byte[] bytes = tables.block(txn, number);
            if (bytes != null) {
                tree.add(hasher.leaf(bytes));
                if (bytes.length >= Block.HEADER) {
                    BitReader span = new BitReader(bytes, 12, 28);
                    from = Math.min(from, span.int64());
                    to = Math.max(to, span.int64() + 1);
                }
            }
        }
        return new Leaves(tree.root(), Math.min(from, to), to, (int) tree.size());
    }

    /** Appends the events that are missing, oldest first. */
    private void announce() {
        for (var each : records(announced, 0, Long.MAX_VALUE).entrySet()) {
            if (each.getValue().path("sequence").asLong() < 0) {
                long sequence = append(each.getKey(), each.getValue());
                ObjectNode done = each.getValue().deepCopy();
                done.put("sequence", sequence);
                tables.environment.write(
                        txn -> tables.roots.put(txn, Keys.number(each.getKey()), Keys.bytes(Json.bytes(done))));
            }
            announced = each.getKey() + 1;
        }
    }

    private long append(long first, JsonNode record) {
        ObjectNode payload = Json.object()
                .put("firstBlock", first)
                .put("blocks", record.path("blocks").asLong())
                .put("root", record.path("root").asText())
                .put(
                        "closed",
                        Instant.ofEpochMilli(record.path("closed").asLong()).toString())
                .put("from", Instant.ofEpochMilli(record.path("from").asLong()).toString())
                .put("to", Instant.ofEpochMilli(record.path("to").asLong()).toString());
        EventDraft draft =
                EventDraft.json(MetricProofs.TYPE, SOURCE, "metrics", "system", List.of(), Json.text(payload));
        return appended(journal, Append.of(draft).withKey("metric-blocks-" + first))
                .firstSequence();
    }

    static Receipt appended(Journal journal, Append append) {
        try {
            return journal.append(append).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StratoswarmException known
                    ? known
                    : new StratoswarmException(Kind.SYSTEM, "the journal failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, "the journal did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted while waiting for the journal", e);
        }
    }

    private TreeMap<Long, ObjectNode> records(long firstBlock, long closedFrom, long closedTo) {
        TreeMap<Long, ObjectNode> found = new TreeMap<>();
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.roots.openCursor(txn)) {
                boolean more = MetricStore.seek(cursor, Keys.number(firstBlock));
                for (; more; more = cursor.next()) {
                    ObjectNode record = record(Environment.copy(cursor.val()));
                    if (record != null) {
                        long closed = record.path("closed").asLong();
                        if (closed >= closedFrom && closed < closedTo) {
                            found.put(cursor.key().getLong(0), record);
                        }
                    }
                }
            }
            return null;
        });
        return found;
    }

    private @Nullable ObjectNode record(byte[] bytes) {
        try {
            return Json.read(bytes) instanceof ObjectNode object ? object : null;
        } catch (MetricDamage e) {
            tables.damaged("a root of metric blocks", e);
            return null;
        }
    }

    /** Drops the records of closings that lie so far back that none of their blocks is kept. */
    void dropBefore(long closedBefore) {
        List<Long> old = new ArrayList<>();
        tables.environment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = tables.roots.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    ObjectNode record = record(Environment.copy(cursor.val()));
                    if (record != null && record.path("closed").asLong() >= closedBefore) {
                        break;
                    }
                    old.add(cursor.key().getLong(0));
                }
            }
            return null;
        });
        if (!old.isEmpty()) {
            tables.environment.write(txn -> {
                old.forEach(first -> tables.roots.delete(txn, Keys.number(first)));
                return null;
            });
        }
    }

    List<MetricProofs.Closing> verify(long fromMillis, long toMillis) {
        List<MetricProofs.Closing> closings = new ArrayList<>();
        records(0, fromMillis, toMillis).forEach((first, record) -> closings.add(verify(first, record)));
        return closings;
    }

    private MetricProofs.Closing verify(long first, ObjectNode record) {
        int blocks = record.path("blocks").asInt();
        String root = record.path("root").asText();
        long sequence = record.path("sequence").asLong();
        Leaves leaves = tables.environment.read(txn -> leaves(txn, first, blocks));
        String computed = HexFormat.of().formatHex(leaves.root);
        MetricProofs.State state;
        String detail;
        if (sequence < 0) {
            state = MetricProofs.State.PENDING;
            detail = "its event is not durable yet";
        } else {
            String named = rootOfEvent(first, sequence);
            if (leaves.present == blocks) {
                boolean good = computed.equals(named);
                state = good ? MetricProofs.State.GOOD : MetricProofs.State.BAD;
                detail = good
                        ? "all blocks give the root in event " + sequence
                        : "the blocks give " + computed + ", event " + sequence + " names "
                                + (named.isEmpty() ? "none" : named);
            } else {
                state = MetricProofs.State.EXPIRED;
                detail = leaves.present + " of " + blocks + " blocks are kept at this rate";
            }
        }
        return new MetricProofs.Closing(first, blocks, record.path("closed").asLong(), sequence, root, state, detail);
    }

    private String rootOfEvent(long first, long sequence) {
        Optional<Event> event = journal.get(sequence);
        if (event.isEmpty() || !event.get().type().equals(MetricProofs.TYPE)) {
            return "";
        }
        try {
            JsonNode payload = Json.read(event.get().payload());
            return payload.path("firstBlock").asLong(-1) == first
                    ? payload.path("root").asText()
                    : "";
        } catch (MetricDamage e) {
            // An event that does not name a root proves nothing, which the answer then says.
            return "";
        }
    }
}
