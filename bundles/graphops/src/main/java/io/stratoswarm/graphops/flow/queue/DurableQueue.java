package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.api.store.QueueStore.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one receiver: of one channel of one replica. All flows that lead there append to it, so that its records have one order
 * and one numbering. Appending is for one thread, reading and acknowledging for one other.
 */
public final class DurableQueue {
    /** A queue holds this much whatever its flows say, so that records are written many at a time. */
    static final long LEAST_BYTES = 4 << 20;

    /** Beyond the limit of its flows there is room for the entry that is always kept, and for heads of entries. */
    private static final long SLACK_BYTES = 64 << 20;
    /** What was appended last is read from memory, as long as the reader keeps up. */
    private static final long RECENT_BYTES = 4 << 20;

    private static final int READ_AT_ONCE = 4;

    private final String name;
    private final QueueStore.Queue stored;
    private final Object lock = new Object();

    /** What is known of each entry that is there. */
    private record Known(long position, String flow, long first, int count, long bytes) {
        public long end() {
            return first + count;
        }
    }

    private record Recent(long position, Chunk chunk) {}

    private final Deque<Known> entries = new ArrayDeque<>();
    private final Deque<Recent> recent = new ArrayDeque<>();
    private long recentBytes;
    private long bytes;
    private long head;
    private long storedHead;
    private long tail;
    private long limit;
    private Map<String, Long> totals = Map.of();
    private Map<String, long[]> sources = Map.of();
    private long end;

    // What was made and is not durable yet; of the appending thread alone.
    private final List<Chunk> drafts = new ArrayList<>();

    private volatile Runnable appended = () -> {};
    private volatile Runnable roomMade = () -> {};

    /**
     * Opens the queue and reads what it holds.
     *
     * @param limit bytes
     */
    public DurableQueue(QueueStore store, String name, long limit) {
        this.name = name;
        this.stored = store.open(name, Long.MAX_VALUE - SLACK_BYTES);
        this.limit = Math.max(limit, LEAST_BYTES);
        head = stored.head();
        storedHead = head;
        tail = head;
        while (true) {
            List<QueueStore.Entry> some = stored.read(tail, READ_AT_ONCE);
            if (some.isEmpty()) {
                return;
            }
            for (QueueStore.Entry each : some) {
                add(each.position(), Chunk.read(each.record(), name, each.position()));
            }
        }
    }

    public String name() {
        return name;
    }

    private void add(long position, Chunk chunk) {
        entries.addLast(new Known(position, chunk.flow(), chunk.first(), chunk.count(), chunk.bytes().length));
        bytes += chunk.bytes().length;
        tail = position + 1;
        end = chunk.end();
        totals = chunk.totals();
        sources = chunk.sources();
    }

    public void limit(long bytes) {
        synchronized (lock) {
            limit = Math.max(bytes, LEAST_BYTES);
        }
    }

    /** Who is to be told that there is something new, on the appending thread. */
    void whenAppended(Runnable tell) {
        appended = tell;
    }

    /** Who is to be told that there is room, on the delivering thread. */
    public void whenRoom(Runnable tell) {
        roomMade = tell;
    }

    // ---- the side that appends

    /** Bytes that may be appended now. A queue with one entry takes a record of any size. */
    public long room() {
        synchronized (lock) {
            return entries.size() <= 1 ? Long.MAX_VALUE : Math.max(0, limit - bytes);
        }
    }

    /** The numbers that came with the last entry of a source; none where there never was one. */
    public long[] progress(String source) {
        synchronized (lock) {
            return sources.getOrDefault(source, new long[0]).clone();
        }
    }

    /**
     * Makes an entry, which becomes durable when {@link #change} is written, and visible by {@link #publish}.
     *
     * @param progress at most 127 numbers that say how far the source is, once this is durable
     */
    public void draft(
            String flow, Framing framing, int count, String source, long[] progress, byte[] payload, int from, int to) {
        Chunk last = drafts.isEmpty() ? null : drafts.getLast();
        Map<String, Long> nextTotals = new LinkedHashMap<>(last == null ? totals : last.totals());
        nextTotals.merge(flow, (long) count, Long::sum);
        Map<String, long[]> nextSources = new LinkedHashMap<>(last == null ? sources : last.sources());
        nextSources.put(source, progress);
        long first = last == null ? end : last.end();
        drafts.add(Chunk.make(flow, framing, first, count, nextTotals, nextSources, payload, from, to));
    }

    public boolean drafted() {
        return !drafts.isEmpty();
    }

    /** What is to be written: the drafts, and with them the removal of what is acknowledged. */
    public Change change() {
        synchronized (lock) {
            return new Change(stored, head, drafts.stream().map(Chunk::bytes).toList());
        }
    }

    /** The change is durable. */
    public void publish(Change written) {
        synchronized (lock) {
            for (Chunk each : drafts) {
                recent.addLast(new Recent(tail, each));
                recentBytes += each.bytes().length;
                add(tail, each);
            }
            drafts.clear();
            storedHead = Math.max(storedHead, written.beforePosition());
            while (recentBytes > RECENT_BYTES && recent.size() > 1) {
                recentBytes -= recent.removeFirst().chunk.bytes().length;
            }
        }
        appended.run();
    }

    /** The change was not written. */
    public void drop() {
        drafts.clear();
    }

    // ---- the side that delivers

    /** The first record that was never appended. */
    public long end() {
        synchronized (lock) {
            return end;
        }
    }

    /** The oldest record that is there, or that will come. */
    public long begin() {
        synchronized (lock) {
            return entries.isEmpty() ? end : entries.getFirst().first;
        }
    }

    /** Position of the oldest entry that is there, or of the next one. */
    long head() {
        synchronized (lock) {
            return entries.isEmpty() ? tail : entries.getFirst().position;
        }
    }

    long tail() {
        synchronized (lock) {
            return tail;
        }
    }

    /** Position of the entry that holds a record, or of the next one where the record was not appended yet. */
    long positionOf(long record) {
        synchronized (lock) {
            for (Known each : entries) {
                if (record < each.end()) {
                    return each.position;
                }
            }
            return tail;
        }
    }

    /** The entry at a position; null where there is none yet. */
    @Nullable
    Chunk at(long position) {
        synchronized (lock) {
            if (position >= tail) {
                return null;
            }
            while (!recent.isEmpty() && recent.getFirst().position < position) {
                recentBytes -= recent.removeFirst().chunk.bytes().length;
            }
            if (!recent.isEmpty() && recent.getFirst().position == position) {
                return recent.getFirst().chunk;
            }
        }
        List<QueueStore.Entry> found = stored.read(position, 1);
        return found.isEmpty() || found.getFirst().position() != position
                ? null
                : Chunk.read(found.getFirst().record(), name, position);
    }

    /** All records before this one are acknowledged: entries that hold nothing else make room. */
    void acknowledged(long record) {
        boolean any = false;
        synchronized (lock) {
            while (entries.size() > 1 && entries.getFirst().end() <= record) {
                bytes -= entries.removeFirst().bytes;
                head = entries.getFirst().position;
                any = true;
            }
        }
        if (any) {
            roomMade.run();
        }
    }

    /** Removes durably what made room and was not removed by an append. */
    void flush() {
        long before;
        synchronized (lock) {
            before = head;
            if (before <= storedHead) {
                return;
            }
        }
        stored.acknowledge(before);
        synchronized (lock) {
            storedHead = Math.max(storedHead, before);
        }
    }

    /** Records that a flow ever appended. */
    public long appended(String flow) {
        synchronized (lock) {
            return totals.getOrDefault(flow, 0L);
        }
    }

    /** Records that a flow ever appended, how many of them are at or behind one record, and at or behind another. */
    public long[] account(String flow, long delivered, long acked) {
        synchronized (lock) {
            return new long[] {appended(flow), from(flow, delivered), from(flow, acked)};
        }
    }

    /** Of those of a flow, how many are at or behind this record. */
    public long from(String flow, long record) {
        synchronized (lock) {
            return entries.stream()
                    .filter(it -> it.flow.equals(flow))
                    .mapToLong(it -> Math.max(0, it.end() - Math.max(it.first, record)))
                    .sum();
        }
    }

    /** Bytes that are not acknowledged. */
    public long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }
}
