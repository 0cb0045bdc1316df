package io.stratoswarm.core.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * Writes to the active segment: events, tree nodes, index and names in one transaction, so that they can never disagree.
 * Used by the writer thread alone. After {@link #abort} everything is as it was after the last {@link #commit}.
 */
final class SegmentWriter {
    private static final int CACHED_NAMES = 65_536;
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

    final Segment segment;
    private final TreeHasher hasher;
    private final ByteBuffer key = ByteBuffer.allocateDirect(8);
    private final ByteBuffer frame = ByteBuffer.allocateDirect(Frame.HEADER_BYTES + Leaf.MAX_BYTES);
    private final ByteBuffer hash = ByteBuffer.allocateDirect(TreeHasher.SIZE);
    private final ByteBuffer entry = ByteBuffer.allocateDirect(IndexEntry.BYTES);
    private final ByteBuffer nameKey = ByteBuffer.allocateDirect(Names.MAX_BYTES + 1);
    private final ByteBuffer nameValue = ByteBuffer.allocateDirect(Names.VALUE_BYTES);
    private final Map<String, Names.Entry> subjects = new HashMap<>();
    private final Map<String, Names.Entry> types = new HashMap<>();
    private final List<Dirty> dirty = new ArrayList<>();
    private final List<byte[]> nodes = new ArrayList<>();
    private Frontier committed;
    private Frontier working;
    private long committedTime;
    private long lastTime;
    private int nextName;
    private @Nullable Txn<ByteBuffer> txn;
    private @Nullable Cursor<ByteBuffer> events;
    private @Nullable Cursor<ByteBuffer> hashes;
    private @Nullable Cursor<ByteBuffer> index;

    private record Dirty(byte kind, String name, Names.Entry entry) {}

    SegmentWriter(Segment segment, TreeHasher hasher, Frontier frontier, long lastTime) {
        this.segment = segment;
        this.hasher = hasher;
        this.committed = frontier;
        this.working = frontier;
        this.committedTime = lastTime;
        this.lastTime = lastTime;
    }

    /** Including what is not committed yet. */
    long size() {
        return working.size();
    }

    long lastTime() {
        return lastTime;
    }

    /** The tree including what is not committed yet. */
    Frontier working() {
        return working;
    }

    /** Takes another frontier of the same size, whose peaks are known though not all below them is; stores the peaks. */
    void working(Frontier frontier) {
        working = frontier;
        for (int level = 0; level < 63; level++) {
            long index = StoredHashes.index(level, (frontier.size() >>> level) - 1);
            byte[] peak = (frontier.size() >>> level & 1) == 1 ? frontier.peak(level) : null;
            if (peak != null && StoredHashes.leafOf(index) >= segment.first) {
                key.clear().putLong(index).flip();
                hash.clear().put(peak).flip();
                segment.hashes.put(require(txn), key, hash);
            }
        }
    }

    boolean active() {
        return txn != null;
    }

    Frontier frontier() {
        return committed;
    }

    void begin() {
        if (subjects.size() + types.size() > CACHED_NAMES) {
            subjects.clear();
            types.clear();
        }
        Txn<ByteBuffer> started = segment.env.txnWrite();
        txn = started;
        working = committed.copy();
        nextName = (int) segment.names.stat(started).entries;
        events = segment.events.openCursor(started);
        hashes = segment.hashes.openCursor(started);
        index = segment.index.openCursor(started);
    }

    long version(String subject) {
        Names.Entry known = find(Names.SUBJECT, subject);
        return known == null ? 0 : known.version();
    }

    /** Writes one event; its draft gets its sequence and time here. */
    void append(Leaf.Draft draft, long timeNanos, long firstOfAppend) {
        long sequence = working.size();
        byte[] leafHash = draft.stamp(sequence, timeNanos, firstOfAppend, hasher);
        putFrame(sequence, draft.frame());
        nodes.clear();
        working.add(leafHash, nodes);
        putNodes(sequence, nodes);
        index(sequence, draft.type(), draft.subject());
        lastTime = timeNanos;
    }

    /**
     * Writes a frame and its tree nodes as they are; used where a journal is copied or rebuilt. A null node was lost, and an event
     * without a type was.
     */
    void appendKnown(
            byte[] bytes,
            List<? extends byte @Nullable []> known,
            @Nullable String type,
            @Nullable String subject,
            long timeNanos) {
        long sequence = working.size();
        putFrame(sequence, bytes);
        working.addKnown(known);
        putNodes(sequence, known);
        if (type != null && subject != null) {
            index(sequence, type, subject);
        }
        lastTime = Math.max(lastTime, timeNanos);
    }

    private void putFrame(long sequence, byte[] bytes) {
        frame.clear().put(bytes).flip();
        key.clear().putLong(sequence).flip();
        require(events).put(key, frame, APPEND);
    }

    private void putNodes(long sequence, List<? extends byte @Nullable []> completed) {
        long at = StoredHashes.indexOfLeaf(sequence);
        for (int i = 0; i < completed.size(); i++) {
            byte[] node = completed.get(i);
            if (node != null) {
                hash.clear().put(node).flip();
                key.clear().putLong(at + i).flip();
                require(hashes).put(key, hash, APPEND);
            }
        }
    }

    private void index(long sequence, String type, String subject) {
        Names.Entry ofSubject = findOrAdd(Names.SUBJECT, subject);
        Names.Entry ofType = findOrAdd(Names.TYPE, type);
        entry.clear()
                .putInt(ofSubject.id)
                .putInt(ofType.id)
                .putInt(ofSubject.last)
                .putInt(ofType.last)
                .flip();
        key.clear().putLong(sequence).flip();
        require(index).put(key, entry, APPEND);
        int place = (int) (sequence - segment.first) + 1;
        touch(Names.SUBJECT, subject, ofSubject, place);
        touch(Names.TYPE, type, ofType, place);
    }

    private void touch(byte kind, String name, Names.Entry of, int place) {
        of.count++;
        of.last = place;
        if (!of.dirty) {
            of.dirty = true;
            dirty.add(new Dirty(kind, name, of));
        }
    }

    private Names.@Nullable Entry find(byte kind, String name) {
        Map<String, Names.Entry> cache = kind == Names.SUBJECT ? subjects : types;
        Names.Entry known = cache.get(name);
        if (known == null) {
            nameKey.clear().put(Names.key(kind, name)).flip();
            ByteBuffer stored = segment.names.get(require(txn), nameKey);
            if (stored != null) {
                known = Names.Entry.read(stored);
                cache.put(name, known);
            }
        }
        return known;
    }

    private Names.Entry findOrAdd(byte kind, String name) {
        Names.Entry known = find(kind, name);
        if (known == null) {
            known = new Names.Entry(nextName++, 0, 0, 0);
            (kind == Names.SUBJECT ? subjects : types).put(name, known);
        }
        return known;
    }

    /** The receipt kept under an idempotency key, as (first sequence, count, time). */
    @Nullable
    StoredReceipt receipt(String idempotencyKey) {
        ByteBuffer stored = segment.keys.get(require(txn), Bytes.direct(StoredReceipt.key(idempotencyKey)));
        return stored == null ? null : StoredReceipt.read(stored);
    }

    void remember(String idempotencyKey, StoredReceipt receipt) {
        segment.keys.put(require(txn), Bytes.direct(StoredReceipt.key(idempotencyKey)), receipt.direct());
    }

    void commit() {
        for (Dirty each : dirty) {
            nameKey.clear().put(Names.key(each.kind, each.name)).flip();
            nameValue.clear();
            each.entry.put(nameValue);
            segment.names.put(require(txn), nameKey, nameValue.flip());
            each.entry.dirty = false;
        }
        dirty.clear();
        closeCursors();
        Txn<ByteBuffer> ending = require(txn);
        txn = null;
        try (ending) {
            ending.commit();
        }
        committed = working;
        committedTime = lastTime;
    }

    void abort() {
        subjects.clear();
        types.clear();
        dirty.clear();
        working = committed;
        lastTime = committedTime;
        Txn<ByteBuffer> ending = txn;
        txn = null;
        if (ending != null) {
            try (ending) {
                closeCursors();
                ending.abort();
            }
        }
    }

    private void closeCursors() {
        for (Cursor<ByteBuffer> cursor : java.util.Arrays.asList(events, hashes, index)) {
            if (cursor != null) {
                cursor.close();
            }
        }
        events = null;
        hashes = null;
        index = null;
    }

    void putMeta(String name, byte[] value) {
        segment.meta.put(require(txn), Bytes.direct(name.getBytes(US_ASCII)), Bytes.direct(value));
    }

    Txn<ByteBuffer> transaction() {
        return require(txn);
    }

    private static <T> T require(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no transaction is open");
        }
        return value;
    }
}
