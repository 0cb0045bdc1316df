package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.TreeHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * What a restore makes of the pruned part of the old journal: the first place, whose event is gone, takes the event that tells of the restore;
 * the others keep the hashes that their leaves had. So all that is left keeps its place, as do the states that were stored, and
 * whoever has the old leaves can prove them.
 */
final class RestoredRemnant {
    private static final int CHUNK = 4_096;

    private final JournalReader reader;
    private final UUID id;
    private final TreeHasher hasher = new TreeHasher();

    RestoredRemnant(JournalReader reader, UUID id) {
        this.reader = reader;
        this.id = id;
    }

    /** Returns the frontier of the new tree at the cut. */
    Frontier write(Path journal, long mapBytes, EventDraft first, long timeNanos) throws IOException {
        Path target = Segments.remnant(journal, 0);
        Path building = target.resolveSibling(target.getFileName() + ".new");
        Files.createDirectories(building);
        Leaf.Draft draft = Leaf.encode(first, id, 0);
        draft.stamp(0, timeNanos, 0);
        Frontier frontier = new Frontier(hasher);
        try (Segment remnant = Segment.open(building, 0, Segment.Mode.WRITE, mapBytes)) {
            byte[] own = draft.hash(hasher);
            for (long at = 0; at < reader.first(); at += CHUNK) {
                hashes(remnant, frontier, at, own);
            }
            try (Txn<ByteBuffer> txn = remnant.env.txnWrite()) {
                put(remnant, txn, SegmentFactory.FORMAT, new byte[] {Leaf.FORMAT});
                put(remnant, txn, SegmentFactory.JOURNAL, SegmentFactory.bytes(id));
                put(remnant, txn, SegmentFactory.TIME, Bytes.of(Long.MIN_VALUE));
                put(remnant, txn, SegmentFactory.PREVIOUS, Bytes.of(0));
                put(remnant, txn, Remnant.END, Bytes.of(reader.first()));
                int[] names = {0};
                Remnant.put(remnant, txn, kept(first, draft), (kind, name) -> new Names.Entry(names[0]++, 0, 0, 0));
                txn.commit();
            }
        }
        Folders.sync(building);
        Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(journal);
        return frontier;
    }

    private void hashes(Segment remnant, Frontier frontier, long from, byte[] own) {
        int count = (int) Math.min(CHUNK, reader.first() - from);
        byte[] leaves = reader.nodes(0, from, count);
        try (Txn<ByteBuffer> txn = remnant.env.txnWrite()) {
            for (int i = 0; i < count; i++) {
                byte[] old = Arrays.copyOfRange(leaves, i * TreeHasher.SIZE, (i + 1) * TreeHasher.SIZE);
                long index = io.stratoswarm.core.merkle.StoredHashes.indexOfLeaf(from + i);
                for (byte[] node : frontier.add(from + i == 0 ? own : old)) {
                    remnant.hashes.put(txn, Bytes.direct(index++), Bytes.direct(node), PutFlags.MDB_APPEND);
                }
            }
            txn.commit();
        }
    }

    private List<Remnant.Kept> kept(EventDraft first, Leaf.Draft draft) {
        byte[] own = draft.frame().clone();
        ByteBuffer.wrap(own).putInt(Frame.CHECKSUM_AT, Frame.checksum(own));
        List<Remnant.Kept> kept = new ArrayList<>();
        kept.add(new Remnant.Kept(0, first.type(), first.subject(), own));
        for (Event event :
                reader.read(EventQuery.all().from(1).to(reader.first()).limit(EventQuery.MAX_LIMIT))) {
            kept.add(new Remnant.Kept(event.sequence(), event.type(), event.subject(), reader.frame(event.sequence())));
        }
        return kept;
    }

    private static void put(Segment remnant, Txn<ByteBuffer> txn, String name, byte[] value) {
        remnant.meta.put(txn, Bytes.direct(name.getBytes(StandardCharsets.US_ASCII)), Bytes.direct(value));
    }
}
