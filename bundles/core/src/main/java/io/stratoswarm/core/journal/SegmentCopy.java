package io.stratoswarm.core.journal;

import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;

/**
 * Copies a segment that may still grow, event by event up to a size, into another folder. LMDB's own copy would hold one read
 * transaction all the while, and the file would grow meanwhile.
 */
final class SegmentCopy {
    private static final int CHUNK = 2_048;

    private final Segment from;
    private final long size;
    private final Texts texts = new Texts();

    SegmentCopy(Segment from, long size) {
        this.from = from;
        this.size = size;
    }

    private record Item(byte[] frame, List<byte @Nullable []> nodes) {}

    void run(Path target, long mapBytes) {
        TreeHasher hasher = new TreeHasher();
        byte @Nullable [] peaks = from.meta(SegmentFactory.FRONTIER);
        Frontier frontier = Frontier.restore(hasher, from.first, peaks == null ? new byte[0] : peaks);
        try (Segment copy = Segment.open(target, from.first, Segment.Mode.WRITE, mapBytes)) {
            SegmentWriter writer = new SegmentWriter(copy, hasher, frontier, Long.MIN_VALUE);
            try {
                writer.begin();
                start(writer);
                writer.commit();
                for (long at = from.first; at < size; ) {
                    List<Item> items = read(at);
                    writer.begin();
                    for (Item item : items) {
                        write(writer, item);
                    }
                    writer.commit();
                    at += items.size();
                }
                writer.begin();
                keys(writer);
                writer.commit();
            } finally {
                writer.abort();
            }
        }
    }

    /** What the segment began with: its meta entries and the names it was given. */
    private void start(SegmentWriter writer) {
        ByteBuffer value = ByteBuffer.allocateDirect(Names.VALUE_BYTES);
        from.read(txn -> {
            try (Cursor<ByteBuffer> meta = from.meta.openCursor(txn);
                    Cursor<ByteBuffer> names = from.names.openCursor(txn);
                    Cursor<ByteBuffer> out = writer.segment.names.openCursor(writer.transaction())) {
                for (boolean more = meta.first(); more; more = meta.next()) {
                    writer.putMeta(StandardCharsets.US_ASCII.decode(meta.key()).toString(), Bytes.copy(meta.val()));
                }
                for (boolean more = names.first(); more; more = names.next()) {
                    Names.Entry entry = Names.Entry.read(names.val());
                    if (entry.base > 0) {
                        new Names.Entry(entry.id, entry.base, 0, 0).put(value.clear());
                        out.put(names.key(), value.flip(), PutFlags.MDB_APPEND);
                    }
                }
            }
            return true;
        });
    }

    private List<Item> read(long at) {
        return from.read(txn -> {
            List<Item> items = new ArrayList<>();
            try (Cursor<ByteBuffer> events = from.events.openCursor(txn)) {
                boolean more = events.get(Bytes.direct(at), GetOp.MDB_SET_KEY);
                for (long sequence = at; sequence < Math.min(size, at + CHUNK); sequence++) {
                    if (!more || events.key().getLong(0) != sequence || !Frame.intact(events.val(), sequence)) {
                        throw Damage.event(sequence);
                    }
                    List<byte @Nullable []> nodes = new ArrayList<>(2);
                    long index = StoredHashes.indexOfLeaf(sequence);
                    for (int i = 0; i <= StoredHashes.completedBy(sequence); i++) {
                        ByteBuffer hash = from.hashes.get(txn, Bytes.direct(index + i));
                        nodes.add(hash == null ? null : Bytes.copy(hash));
                    }
                    events.seek(org.lmdbjava.SeekOp.MDB_GET_CURRENT);
                    items.add(new Item(Bytes.copy(events.val()), nodes));
                    more = events.next();
                }
            }
            return items;
        });
    }

    private void write(SegmentWriter writer, Item item) {
        ByteBuffer frame = ByteBuffer.wrap(item.frame);
        if (Frame.isLost(frame)) {
            writer.appendKnown(item.frame, item.nodes, null, null, Long.MIN_VALUE);
        } else {
            var event = Leaf.decode(frame.slice(Frame.HEADER_BYTES, item.frame.length - Frame.HEADER_BYTES), texts);
            writer.appendKnown(item.frame, item.nodes, event.type(), event.subject(), event.timeNanos());
        }
    }

    private void keys(SegmentWriter writer) {
        from.read(txn -> {
            try (Cursor<ByteBuffer> in = from.keys.openCursor(txn);
                    Cursor<ByteBuffer> out = writer.segment.keys.openCursor(writer.transaction())) {
                for (boolean more = in.first(); more; more = in.next()) {
                    StoredReceipt receipt = StoredReceipt.read(in.val());
                    if (receipt.firstSequence() + receipt.count() <= size) {
                        out.put(in.key(), in.val(), PutFlags.MDB_APPEND);
                    }
                }
            }
            return true;
        });
    }
}
