package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.core.data.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.lmdbjava.Cursor;

/** A journal opened for reading only, also beside a running daemon. Events are given as stored: sealed and not raised. */
public final class JournalReader implements JournalTiles, AutoCloseable {
    private final JournalStore store;
    private final long size;

    private final long mapBytes;

    private JournalReader(JournalStore store, long mapBytes) {
        this.store = store;
        this.mapBytes = mapBytes;
        this.size = store.size();
    }

    /** @param beside whether a daemon has the journal open, and has checked its newest segment */
    public static JournalReader open(Path journal, JournalOptions options, boolean beside) {
        return new JournalReader(JournalStore.openForReading(journal, options, beside), options.mapBytes());
    }

    /** The segment folders of a journal by their first sequence. */
    public static TreeMap<Long, Path> segments(Path journal) {
        return Segments.find(journal);
    }

    /** An id for a new journal. */
    public static UUID newId(RandomGenerator random) {
        return JournalStore.randomId(random);
    }

    @Override
    public UUID id() {
        return store.id();
    }

    @Override
    public long first() {
        return store.cut();
    }

    /** Number of events when it was opened; what comes later is not seen. */
    public long size() {
        return size;
    }

    @Override
    public Checkpoint checkpoint() {
        return new Checkpoint(store.id(), size, LmdbJournal.hex(store.root(size)));
    }

    public InclusionProof proveInclusion(long sequence, long treeSize) {
        return store.proveInclusion(sequence, treeSize);
    }

    @Override
    public ConsistencyProof proveConsistency(long size1, long size2) {
        return store.proveConsistency(size1, size2);
    }

    @Override
    public List<byte[]> leaves(long from, int count) {
        return store.tiles().leaves(from, count, size);
    }

    @Override
    public byte[] nodes(int level, long from, int count) {
        return store.tiles().nodes(level, from, count, size);
    }

    public List<Event> read(EventQuery query) {
        return store.query(query, size);
    }

    /** Some events from a sequence on, at least one below {@link #size}. */
    public List<Event> chunk(long from) {
        return store.events(reader -> reader.chunk(from, size, Integer.MAX_VALUE));
    }

    /** First sequences of the segments, and the folder of each. */
    public List<Path> segmentFolders() {
        List<Path> folders = new ArrayList<>();
        store.segments().firsts().forEach(first -> folders.add(store.segments().folderOf(first)));
        return folders;
    }

    /** An idempotency key and the receipt under it. */
    public record Key(String key, long firstSequence, int count, long timeNanos) {}

    /** The idempotency keys that the newest segment knows. */
    public void keys(Consumer<Key> consumer) {
        Segment newest = store.segments().newest();
        List<Key> keys = new ArrayList<>();
        newest.read(txn -> {
            try (Cursor<ByteBuffer> cursor = newest.keys.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    StoredReceipt receipt = StoredReceipt.read(cursor.val());
                    if (receipt.firstSequence() + receipt.count() <= size) {
                        String key = StandardCharsets.UTF_8.decode(cursor.key()).toString();
                        keys.add(new Key(key, receipt.firstSequence(), receipt.count(), receipt.timeNanos()));
                    }
                }
            }
            return true;
        });
        keys.forEach(consumer);
    }

    /** Copies the journal as it was when it was opened into a folder that does not exist. */
    public void copyTo(Path target) throws IOException {
        Folders.createPrivate(target);
        Segments segments = store.segments();
        for (long first : segments.firsts()) {
            if (first >= size && first > 0) {
                continue;
            }
            if (segments.isPruned(first)) {
                copyRemnant(segments.folderOf(first), target);
                continue;
            }
            Path folder = Segments.folder(target, first);
            Folders.createPrivate(folder);
            Optional<Long> next = segments.next(first);
            if (next.isPresent() && next.get() <= size) {
                Files.copy(segments.folderOf(first).resolve("data.mdb"), folder.resolve("data.mdb"));
                Folders.syncFile(folder.resolve("data.mdb"));
            } else {
                new SegmentCopy(segments.of(first), size).run(folder, mapBytes);
            }
            Folders.sync(folder);
        }
        Folders.sync(target);
    }

    /** Copies what is kept of a pruned segment; it never changes. */
    public static void copyRemnant(Path remnant, Path target) throws IOException {
        Path folder = target.resolve(remnant.getFileName().toString());
        Folders.createPrivate(folder);
        Files.copy(remnant.resolve("data.mdb"), folder.resolve("data.mdb"));
        Folders.syncFile(folder.resolve("data.mdb"));
        Folders.sync(folder);
    }

    /** What is kept of pruned segments, where the segments themselves are gone, by first sequence. */
    public static TreeMap<Long, Path> remnants(Path journal) {
        TreeMap<Long, Path> remnants = Segments.remnants(journal);
        remnants.keySet().removeAll(Segments.find(journal).keySet());
        return remnants;
    }

    /** The hash of the state of a projection at the cut; empty where nothing was pruned, or it was not there then. */
    public Optional<String> stateAtCut(String projection) {
        return read(EventQuery.all().type(Pruning.TYPE).newestFirst().limit(10)).stream()
                .map(Pruning::of)
                .filter(pruning -> pruning.cut() == first())
                .flatMap(pruning -> pruning.snapshots().stream())
                .filter(snapshot -> snapshot.projection().equals(projection))
                .map(Snapshot::stateHash)
                .findFirst();
    }

    Segment cutSegment() {
        return store.segments().of(first());
    }

    byte[] frame(long sequence) {
        Segment segment = store.segments().of(sequence);
        return segment.read(txn -> {
            ByteBuffer frame = segment.events.get(txn, Bytes.direct(sequence));
            if (frame == null) {
                throw Damage.event(sequence);
            }
            return Bytes.copy(frame);
        });
    }

    /** Runs something while the database keeps the pages of the newest segment as they are. */
    public void pinned(Runnable body) {
        store.segments().newest().read(txn -> {
            body.run();
            return true;
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
