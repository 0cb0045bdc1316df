package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;

/** Leaves and nodes as they are stored, many in one short transaction. */
final class StoredTiles {
    private static final byte[] LOST = new byte[0];

    private final Segments segments;

    StoredTiles(Segments segments) {
        this.segments = segments;
    }

    /** @param size how many events may be read */
    List<byte[]> leaves(long from, int count, long size) {
        check(from, count, size, "event");
        List<byte[]> leaves = new ArrayList<>(count);
        while (leaves.size() < count) {
            long at = from + leaves.size();
            Segment segment = segments.of(at);
            if (segment.pruned && at < segments.keptFrom()) {
                throw Damage.pruned(at, segments.cut());
            }
            long end = Math.min(from + count, segments.next(at).orElse(Long.MAX_VALUE));
            segment.read(txn -> {
                try (Cursor<ByteBuffer> cursor = segment.events.openCursor(txn)) {
                    boolean more = cursor.get(Bytes.direct(at), GetOp.MDB_SET_KEY);
                    for (long sequence = at; sequence < end; sequence++) {
                        if (!more || cursor.key().getLong(0) != sequence) {
                            throw damaged(sequence);
                        }
                        leaves.add(leaf(cursor.val(), sequence));
                        more = cursor.next();
                    }
                }
                return true;
            });
        }
        return leaves;
    }

    private static byte[] leaf(ByteBuffer frame, long sequence) {
        frame.order(ByteOrder.BIG_ENDIAN);
        if (!Frame.intact(frame, sequence)) {
            throw damaged(sequence);
        }
        if (Frame.isLost(frame)) {
            return LOST;
        }
        byte[] leaf = new byte[frame.remaining() - Frame.HEADER_BYTES];
        frame.get(frame.position() + Frame.HEADER_BYTES, leaf);
        return leaf;
    }

    private static StratoswarmException damaged(long sequence) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "event " + sequence + " is missing or damaged; stop the daemon and run: stratoswarm journal salvage");
    }

    private static void check(long from, int count, long size, String what) {
        if (from < 0 || count < 1 || from > size - count) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    what + "s " + from + " to " + (from + count - 1) + " were asked for, and there are " + size);
        }
    }

    byte[] nodes(int level, long from, int count, long size) {
        check(from, count, size >>> level, "node of level " + level + ", node");
        byte[] out = new byte[count * TreeHasher.SIZE];
        int done = 0;
        while (done < count) {
            int begin = done;
            try {
                done = nodes(level, from, count, begin, out);
            } catch (Segment.Retired e) {
                done = nodes(level, from, count, begin, out);
            }
        }
        return out;
    }

    /** Reads on within one segment; returns how many are read by then. */
    private int nodes(int level, long from, int count, int begin, byte[] out) {
        long at = from + begin;
        // A node is stored with its last leaf.
        long leaf = StoredHashes.leafOf(StoredHashes.index(level, at));
        Segment segment = segments.of(leaf);
        long end = segments.next(leaf).orElse(Long.MAX_VALUE);
        return segment.read(txn -> {
            try (Cursor<ByteBuffer> cursor = segment.hashes.openCursor(txn)) {
                int i = begin;
                for (; i < count && ((from + i + 1) << level) <= end; i++) {
                    copy(cursor, level, from + i, i == begin, out, i);
                }
                return i;
            }
        });
    }

    /** Leaves' hashes lie beside each other, with what they complete between them; nodes of higher levels lie far apart. */
    private static void copy(Cursor<ByteBuffer> cursor, int level, long n, boolean first, byte[] out, int place) {
        long index = StoredHashes.index(level, n);
        boolean found = level == 0 && !first ? walk(cursor, index) : cursor.get(Bytes.direct(index), GetOp.MDB_SET_KEY);
        if (!found || cursor.val().remaining() != TreeHasher.SIZE) {
            throw Damage.hash(index, StoredHashes.leafOf(index));
        }
        ByteBuffer hash = cursor.val();
        hash.get(hash.position(), out, place * TreeHasher.SIZE, TreeHasher.SIZE);
    }

    private static boolean walk(Cursor<ByteBuffer> cursor, long index) {
        boolean more = cursor.next();
        while (more && cursor.key().getLong(0) < index) {
            more = cursor.next();
        }
        return more && cursor.key().getLong(0) == index;
    }
}
