package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.store.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * What is kept of a segment whose events are pruned: all nodes of the tree, so that every proof there ever was can be made, and those few
 * events that are kept for good. A remnant has the tables of a segment, so whatever reads those reads it.
 */
final class Remnant {
    /** In {@code meta}: the first sequence after what it stands for. */
    static final String END = "end";

    private static final int BATCH = 100_000;

    private final Segment from;
    private final long end;
    private final List<Event> kept;

    /** @param kept events of the segment that stay, ascending */
    Remnant(Segment from, long end, List<Event> kept) {
        this.from = from;
        this.end = end;
        this.kept = kept;
    }

    /** Builds it aside and puts it into place, whole; the segment is still there, and is what is read. */
    Path write(Path journal, long mapBytes) {
        Path target = Segments.remnant(journal, from.first);
        Path building = target.resolveSibling(target.getFileName() + ".new");
        try {
            Folders.delete(building);
            Folders.delete(target);
            Files.createDirectories(building);
            try (Segment remnant = Segment.open(building, from.first, Segment.Mode.WRITE, mapBytes)) {
                hashes(remnant);
                try (Txn<ByteBuffer> txn = remnant.env.txnWrite()) {
                    meta(remnant, txn);
                    events(remnant, txn);
                    txn.commit();
                }
            }
            Folders.sync(building);
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(journal);
            return target;
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot write " + target + ", so nothing was pruned: " + e, e);
        } catch (org.lmdbjava.LmdbException e) {
            throw StorageFailure.of(e, journal, "cannot write " + target + ", so nothing was pruned");
        }
    }

    /** In several transactions: one of a whole segment would have to hold all of its pages in memory. */
    private void hashes(Segment remnant) {
        long next = StoredHashes.indexOfLeaf(from.first);
        long last = StoredHashes.indexOfLeaf(end);
        while (next < last) {
            long at = next;
            next = from.read(in -> {
                try (Txn<ByteBuffer> txn = remnant.env.txnWrite()) {
                    long reached = copyHashes(remnant, in, txn, at);
                    txn.commit();
                    return reached;
                }
            });
        }
    }

    private long copyHashes(Segment remnant, Txn<ByteBuffer> in, Txn<ByteBuffer> txn, long at) {
        try (Cursor<ByteBuffer> source = from.hashes.openCursor(in);
                Cursor<ByteBuffer> out = remnant.hashes.openCursor(txn)) {
            boolean more = source.get(Bytes.direct(at), GetOp.MDB_SET_RANGE);
            for (int i = 0; i < BATCH && more; i++) {
                out.put(source.key(), source.val(), PutFlags.MDB_APPEND);
                more = source.next();
            }
            return more ? source.key().getLong(0) : Long.MAX_VALUE;
        }
    }

    private void meta(Segment remnant, Txn<ByteBuffer> txn) {
        from.read(in -> {
            try (Cursor<ByteBuffer> source = from.meta.openCursor(in)) {
                for (boolean more = source.first(); more; more = source.next()) {
                    remnant.meta.put(txn, source.key(), source.val());
                }
            }
            return true;
        });
        remnant.meta.put(txn, Bytes.direct(END.getBytes(StandardCharsets.US_ASCII)), Bytes.direct(end));
    }

    private void events(Segment remnant, Txn<ByteBuffer> txn) {
        List<Kept> frames = new ArrayList<>();
        for (Event event : kept) {
            byte[] frame = from.read(in ->
                    Bytes.copy(java.util.Objects.requireNonNull(from.events.get(in, Bytes.direct(event.sequence())))));
            frames.add(new Kept(event.sequence(), event.type(), event.subject(), frame));
        }
        put(remnant, txn, frames, this::entry);
    }

    /** An event that stays. */
    record Kept(long sequence, String type, String subject, byte[] frame) {}

    /** The entry of a name before its first event in the remnant. */
    interface NewName {
        Names.Entry of(byte kind, String name);
    }

    /** The events that stay, with an index of their own. */
    static void put(Segment remnant, Txn<ByteBuffer> txn, List<Kept> kept, NewName names) {
        Map<String, Names.Entry> subjects = new HashMap<>();
        Map<String, Names.Entry> types = new HashMap<>();
        for (Kept event : kept) {
            ByteBuffer key = Bytes.direct(event.sequence());
            remnant.events.put(txn, key, Bytes.direct(event.frame()));
            Names.Entry subject = subjects.computeIfAbsent(event.subject(), name -> names.of(Names.SUBJECT, name));
            Names.Entry type = types.computeIfAbsent(event.type(), name -> names.of(Names.TYPE, name));
            remnant.index.put(
                    txn,
                    key,
                    ByteBuffer.allocateDirect(IndexEntry.BYTES)
                            .putInt(subject.id)
                            .putInt(type.id)
                            .putInt(subject.last)
                            .putInt(type.last)
                            .flip());
            for (Names.Entry each : List.of(subject, type)) {
                each.count++;
                each.last = (int) (event.sequence() - remnant.first) + 1;
            }
        }
        subjects.forEach((name, entry) -> put(remnant, txn, Names.SUBJECT, name, entry));
        types.forEach((name, entry) -> put(remnant, txn, Names.TYPE, name, entry));
    }

    /** With the id that it has in the segment, and how many events of this name came before. */
    private Names.Entry entry(byte kind, String name) {
        Names.@Nullable Entry known = from.read(in -> {
            ByteBuffer stored = from.names.get(in, Bytes.direct(Names.key(kind, name)));
            return stored == null ? null : Names.Entry.read(stored);
        });
        if (known == null) {
            throw Damage.index(from.first);
        }
        return new Names.Entry(known.id, known.base, 0, 0);
    }

    private static void put(Segment remnant, Txn<ByteBuffer> txn, byte kind, String name, Names.Entry entry) {
        ByteBuffer value = ByteBuffer.allocateDirect(Names.VALUE_BYTES);
        entry.put(value);
        remnant.names.put(txn, Bytes.direct(Names.key(kind, name)), value.flip());
    }
}
