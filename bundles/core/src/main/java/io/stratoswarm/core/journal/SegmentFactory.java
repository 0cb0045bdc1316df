package io.stratoswarm.core.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.TreeHasher;
import io.stratoswarm.core.store.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.lmdbjava.Cursor;
import org.lmdbjava.LmdbException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** Makes segments. A new one is built under another name and moved into place whole, so a crash leaves no half of one. */
final class SegmentFactory {
    static final String JOURNAL = "journal";
    static final String FORMAT = "format";
    static final String FRONTIER = "frontier";
    static final String TIME = "time";
    static final String PREVIOUS = "previous";
    static final String START = "start:";

    private final Path journal;
    private final long mapBytes;

    SegmentFactory(Path journal, long mapBytes) {
        this.journal = journal;
        this.mapBytes = mapBytes;
    }

    /** Removes what a crash left of a segment under construction, or of one that was pruned. */
    void clean() {
        Folders.deleteMatching(journal, ".*[.](new|dropped)");
    }

    SegmentWriter createFirst(UUID id, TreeHasher hasher) {
        return create(id, new Frontier(hasher), hasher, Long.MIN_VALUE, null, false);
    }

    /** The segment after this one: names with their counts, recent idempotency keys and start times are carried over. */
    SegmentWriter createNext(UUID id, SegmentWriter full, TreeHasher hasher) {
        return create(id, full.frontier(), hasher, full.lastTime(), full.segment, false);
    }

    /** The first segment after a cut; names and start times are those that the same segment of another journal began with. */
    SegmentWriter createAfterCut(
            UUID id,
            Frontier frontier,
            long lastTime,
            TreeHasher hasher,
            @org.jspecify.annotations.Nullable Segment same) {
        return create(id, frontier, hasher, lastTime, same, true);
    }

    private SegmentWriter create(
            UUID id,
            Frontier frontier,
            TreeHasher hasher,
            long lastTime,
            @org.jspecify.annotations.Nullable Segment from,
            boolean same) {
        long first = frontier.size();
        Path target = Segments.folder(journal, first);
        Path building = target.resolveSibling(target.getFileName() + ".new");
        try {
            Files.createDirectories(building);
            try (Segment segment = Segment.open(building, first, Segment.Mode.WRITE, mapBytes)) {
                SegmentWriter writer = new SegmentWriter(segment, hasher, frontier, lastTime);
                writer.begin();
                try {
                    begin(writer, id, first, frontier, lastTime, from, same);
                    writer.commit();
                } finally {
                    writer.abort();
                }
            }
            Folders.sync(building);
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(journal);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot create the segment " + target + ": " + e, e);
        } catch (LmdbException e) {
            throw StorageFailure.of(e, journal, "cannot create the segment " + target);
        }
        return new SegmentWriter(Segment.open(target, first, Segment.Mode.WRITE, mapBytes), hasher, frontier, lastTime);
    }

    private static void begin(
            SegmentWriter writer,
            UUID id,
            long first,
            Frontier frontier,
            long lastTime,
            @org.jspecify.annotations.Nullable Segment from,
            boolean same) {
        writer.putMeta(FORMAT, new byte[] {Leaf.FORMAT});
        writer.putMeta(JOURNAL, bytes(id));
        if (frontier.size() > 0) {
            writer.putMeta(FRONTIER, frontier.encode());
        }
        writer.putMeta(TIME, Bytes.of(lastTime));
        writer.putMeta(PREVIOUS, Bytes.of(from == null ? 0 : from.first));
        if (from != null) {
            from.read(txn -> {
                copyNames(writer, from, txn, same);
                if (!same) {
                    copyKeys(writer, from, txn);
                }
                copyStarts(writer, from, txn);
                return true;
            });
        }
    }

    private static void copyNames(SegmentWriter writer, Segment from, Txn<ByteBuffer> txn, boolean same) {
        ByteBuffer value = ByteBuffer.allocateDirect(Names.VALUE_BYTES);
        int kept = 0;
        try (Cursor<ByteBuffer> in = from.names.openCursor(txn);
                Cursor<ByteBuffer> out = writer.segment.names.openCursor(writer.transaction())) {
            for (boolean more = in.first(); more; more = in.next()) {
                Names.Entry old = Names.Entry.read(in.val());
                // Ids are given by how many names there are, so they must stay without gaps.
                int id = same ? kept++ : old.id;
                if (same && old.base == 0) {
                    kept--;
                    continue;
                }
                new Names.Entry(id, same ? old.base : old.version(), 0, 0).put(value.clear());
                out.put(in.key(), value.flip(), PutFlags.MDB_APPEND);
            }
        }
    }

    /** Keys of the full segment go on to be known; those that it inherited itself are dropped. */
    private static void copyKeys(SegmentWriter writer, Segment from, Txn<ByteBuffer> txn) {
        try (Cursor<ByteBuffer> in = from.keys.openCursor(txn);
                Cursor<ByteBuffer> out = writer.segment.keys.openCursor(writer.transaction())) {
            for (boolean more = in.first(); more; more = in.next()) {
                if (StoredReceipt.read(in.val()).firstSequence() >= from.first) {
                    out.put(in.key(), in.val(), PutFlags.MDB_APPEND);
                }
            }
        }
    }

    /** For each segment the time of its first event, so that a search by time opens only the segments that it needs. */
    private static void copyStarts(SegmentWriter writer, Segment from, Txn<ByteBuffer> txn) {
        try (Cursor<ByteBuffer> in = from.meta.openCursor(txn)) {
            for (boolean more = in.first(); more; more = in.next()) {
                String name = US_ASCII.decode(in.key()).toString();
                if (name.startsWith(START)) {
                    writer.putMeta(name, Bytes.copy(in.val()));
                }
            }
        }
        ByteBuffer frame = from.events.get(txn, Bytes.direct(from.first));
        if (frame != null && !Frame.isLost(frame)) {
            long time = frame.getLong(frame.position() + Frame.HEADER_BYTES + Leaf.TIME_AT);
            writer.putMeta(String.format("%s%018d", START, from.first), Bytes.of(time));
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }
}
