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
    private static final int BLOCK_EVENTS = 256;
    private static final int BLOCK_BYTES = 4 << 20;
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
    private LeafHashes leafHashes = LeafHashes.alone();
    /** Leaves of the block that is being filled, and the full block before it. */
    private List<Leaf.Draft> stamped = new ArrayList<>();

    private long stampedBytes;
    private LeafHashes.@Nullable Block hashing;
    private long next;
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
        this.next = frontier.size();
        this.committedTime = lastTime;
        this.lastTime = lastTime;
    }

    /** Including what is not committed yet. */
    long size() {
        return next;
    }

    long lastTime() {
        return lastTime;
    }

    /** The tree including what is not committed yet. */
    Frontier working() {
        writeBlocks();
        return working;
    }

    /** Takes another frontier of the same size, whose peaks are known though not all below them is; stores the peaks. */
    void working(Frontier frontier) {
        writeBlocks();
        working = frontier;
        next = frontier.size();
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

    /** Takes the hashing thread of the writer before it, so that there is one of a journal. */
    void hashWith(LeafHashes hashes) {
        leafHashes = hashes;
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
        next = working.size();
        nextName = (int) segment.names.stat(started).entries;
        events = segment.events.openCursor(started);
        hashes = segment.hashes.openCursor(started);
        index = segment.index.openCursor(started);
    }

    long version(String subject) {
        Names.Entry known = find(Names.SUBJECT, subject);
        return known == null ? 0 : known.version();
    }

    /**
     * Writes one event; its draft gets its sequence and time here. Frame and tree nodes follow a block later, so that the block's
     * leaves can be hashed meanwhile.
     */
    void append(Leaf.Draft draft, long timeNanos, long firstOfAppend) {
        long sequence = next++;
        draft.stamp(sequence, timeNanos, firstOfAppend);
        stamped.add(draft);
        index(sequence, draft.type(), draft.subject());
        lastTime = timeNanos;
        stampedBytes += draft.frame().length;
        if (stamped.size() >= BLOCK_EVENTS || stampedBytes >= BLOCK_BYTES) {
            nextBlock();
        }
    }

    /** Gives what is stamped to be hashed, and writes the block before it. */
    private void nextBlock() {
        LeafHashes.Block begun = leafHashes.begin(stamped);
        stamped = new ArrayList<>();
        stampedBytes = 0;
        writeBlock();
        hashing = begun;
    }

    /** Writes frames and tree nodes of the block that is being hashed. */
    private void writeBlock() {
        LeafHashes.Block block = hashing;
        hashing = null;
        if (block == null) {
            return;
        }
        for (int i = 0; i < block.drafts.size(); i++) {
            long sequence = working.size();
            byte[] bytes = block.drafts.get(i).frame();
            frame.clear().put(bytes).flip();
            frame.putInt(Frame.CHECKSUM_AT, Frame.checksum(bytes));
            putFrame(sequence);
            nodes.clear();
            working.add(block.hash(i, hasher), nodes);
            putNodes(sequence, nodes);
        }
    }

    /** Writes all frames and tree nodes that are still to come. */
    private void writeBlocks() {
        if (!stamped.isEmpty()) {
            nextBlock();
        }
        writeBlock();
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
        writeBlocks();
        long sequence = next++;
        frame.clear().put(bytes).flip();
        putFrame(sequence);
        working.addKnown(known);
        putNodes(sequence, known);
        if (type != null && subject != null) {
            index(sequence, type, subject);
        }
        lastTime = Math.max(lastTime, timeNanos);
    }

    private void putFrame(long sequence) {
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
        writeBlocks();
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
        stamped = new ArrayList<>();
        stampedBytes = 0;
        hashing = null;
        working = committed;
        next = working.size();
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
