package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import io.stratoswarm.core.merkle.TreeProofs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Txn;

/** The files of a journal: what is shared by the daemon, which writes, and by tools, which only read. */
final class JournalStore implements AutoCloseable {
    private final Path folder;
    private final JournalOptions options;
    private final SegmentFactory factory;
    private final Segments segments;
    private final StoredTree tree;
    private final StoredTiles tiles;
    private final UUID id;
    private final ConcurrentLinkedQueue<EventReader> readers = new ConcurrentLinkedQueue<>();

    private JournalStore(Path folder, JournalOptions options, SegmentFactory factory, Segments segments) {
        this.folder = folder;
        this.options = options;
        this.factory = factory;
        this.segments = segments;
        this.tree = new StoredTree(segments);
        this.tiles = new StoredTiles(segments);
        this.id = SegmentFactory.uuid(segments.newest().requiredMeta(SegmentFactory.JOURNAL));
    }

    /** Opens for the one writer; begins a journal where there is none. */
    static JournalStore openForWriting(Path folder, JournalOptions options, RandomGenerator random) {
        Folders.createPrivate(folder);
        SegmentFactory factory = new SegmentFactory(folder, options.mapBytes());
        factory.clean();
        Segments segments = new Segments(folder, Segment.Mode.WRITE, options.mapBytes());
        if (segments.isEmpty()) {
            UUID id = randomId(random);
            segments.add(factory.createFirst(id, new TreeHasher()).segment);
        }
        JournalStore store = opened(folder, options, factory, segments);
        try {
            store.pruner(step -> {}).settle();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Opens for reading, also while a daemon writes. */
    static JournalStore openForReading(Path folder, JournalOptions options, boolean beside) {
        Segments segments =
                new Segments(folder, beside ? Segment.Mode.READ_BESIDE : Segment.Mode.READ_ALONE, options.mapBytes());
        if (segments.isEmpty()) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no journal in " + folder);
        }
        return opened(folder, options, new SegmentFactory(folder, options.mapBytes()), segments);
    }

    private static JournalStore opened(Path folder, JournalOptions options, SegmentFactory factory, Segments segments) {
        try {
            return new JournalStore(folder, options, factory, segments);
        } catch (RuntimeException e) {
            segments.close();
            throw e;
        }
    }

    static UUID randomId(RandomGenerator random) {
        // Version 4, variant 2, as RFC 9562 has random ids.
        return new UUID(
                random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
    }

    UUID id() {
        return id;
    }

    Segments segments() {
        return segments;
    }

    Pruner pruner(Consumer<Pruner.Step> steps) {
        return new Pruner(folder, this, options.mapBytes(), steps);
    }

    /** All events from here on are there. */
    long cut() {
        return segments.cut();
    }

    /** The time of the last event before the cut; the smallest value where there is none. */
    long timeBeforeCut() {
        long cut = cut();
        return cut == 0 ? Long.MIN_VALUE : Bytes.asLong(segments.of(cut).requiredMeta(SegmentFactory.TIME));
    }

    /** Number of committed events. */
    long size() {
        return segments.newest().read(this::size);
    }

    private long size(Txn<ByteBuffer> txn) {
        Segment newest = segments.newest();
        try (Cursor<ByteBuffer> cursor = newest.events.openCursor(txn)) {
            return cursor.last() ? cursor.key().getLong(0) + 1 : newest.first;
        }
    }

    /** The writer of the newest segment; to be called once. */
    JournalWriter writer(InstantSource clock, LongConsumer durable, Consumer<List<Pending>> answers) {
        Segment newest = segments.newest();
        long size = size();
        TreeHasher hasher = new TreeHasher();
        Frontier frontier = frontier(newest, size, hasher);
        long lastTime =
                size > newest.first ? lastTime(newest, size) : Bytes.asLong(newest.requiredMeta(SegmentFactory.TIME));
        SegmentWriter active = new SegmentWriter(newest, hasher, frontier, lastTime);
        return new JournalWriter(
                id,
                folder,
                segments,
                factory,
                options,
                clock,
                durable,
                answers,
                hasher,
                active,
                size > newest.first ? firstTime(newest, size) : Long.MAX_VALUE);
    }

    /** The time of the first event that is not lost; the greatest value where there is none. */
    private static long firstTime(Segment newest, long size) {
        for (long sequence = newest.first; sequence < size; sequence++) {
            long at = sequence;
            Long time = newest.read(txn -> time(newest, txn, at));
            if (time != null) {
                return time;
            }
        }
        return Long.MAX_VALUE;
    }

    private static @Nullable Long time(Segment segment, Txn<ByteBuffer> txn, long sequence) {
        ByteBuffer frame = segment.events.get(txn, Bytes.direct(sequence));
        if (frame == null || !Frame.intact(frame, sequence)) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + sequence + " is damaged; run: stratoswarm journal salvage");
        }
        return Frame.isLost(frame) ? null : (Long) frame.getLong(frame.position() + Frame.HEADER_BYTES + Leaf.TIME_AT);
    }

    /** The last event's own time; where it was lost, that of the one before it. */
    private static long lastTime(Segment newest, long size) {
        for (long sequence = size - 1; sequence >= newest.first; sequence--) {
            long at = sequence;
            Long time = newest.read(txn -> time(newest, txn, at));
            if (time != null) {
                return time;
            }
        }
        return Bytes.asLong(newest.requiredMeta(SegmentFactory.TIME));
    }

    /** The frontier at this size, from this segment alone: earlier ones need not be opened to go on. */
    private static Frontier frontier(Segment segment, long size, TreeHasher hasher) {
        byte @Nullable [] stored = segment.meta(SegmentFactory.FRONTIER);
        Frontier base = Frontier.restore(hasher, segment.first, stored == null ? new byte[0] : stored);
        return Frontier.load(hasher, size, index -> {
            long leaf = StoredHashes.leafOf(index);
            byte @Nullable [] peak = leaf < segment.first ? base.peakAt(index) : node(segment, index);
            if (peak == null) {
                throw Damage.hash(index, leaf);
            }
            return peak;
        });
    }

    private static byte @Nullable [] node(Segment segment, long index) {
        return segment.read(txn -> {
            ByteBuffer hash = segment.hashes.get(txn, Bytes.direct(index));
            return hash == null || hash.remaining() != TreeHasher.SIZE ? null : Bytes.copy(hash);
        });
    }

    StoredTiles tiles() {
        return tiles;
    }

    EventReader newReader() {
        return new EventReader(segments);
    }

    /** Lends a reader for one short use. */
    <T> T events(Function<EventReader, T> body) {
        EventReader lent = readers.poll();
        EventReader reader = lent == null ? newReader() : lent;
        try {
            return body.apply(reader);
        } catch (Segment.Retired e) {
            // Pruned between the look for it and the read; by now what is kept of it is in its place.
            return body.apply(reader);
        } finally {
            if (readers.size() < 8) {
                readers.add(reader);
            }
        }
    }

    List<Event> query(EventQuery query, long size) {
        int segmentsAtMost = segments.firsts().size();
        for (int tries = 0; ; tries++) {
            try {
                return events(reader -> new QueryReader(segments, reader).read(query, size));
            } catch (StratoswarmException e) {
                // A query passes over what was pruned; only what is being pruned just now can come between.
                if (e.kind() != Kind.GONE || tries >= segmentsAtMost) {
                    throw e;
                }
            }
        }
    }

    long firstNotBefore(long nanos, long size) {
        return events(reader -> new QueryReader(segments, reader).firstNotBefore(nanos, size));
    }

    long version(String subject) {
        Segment newest = segments.newest();
        ByteBuffer key = Bytes.direct(Names.key(Names.SUBJECT, subject));
        return newest.read(txn -> {
            ByteBuffer stored = newest.names.get(txn, key);
            return stored == null ? 0L : Names.Entry.read(stored).version();
        });
    }

    byte[] root(long size) {
        Segment newest = segments.newest();
        TreeHasher hasher = new TreeHasher();
        // Needs no earlier segment where the tree ends in the newest one.
        return size >= newest.first ? frontier(newest, size, hasher).root() : new TreeProofs(hasher, tree).root(size);
    }

    InclusionProof proveInclusion(long sequence, long treeSize) {
        if (sequence < 0 || sequence >= treeSize) {
            throw new StratoswarmException(Kind.INVALID, "event " + sequence + " is not in a tree of size " + treeSize);
        }
        TreeProofs proofs = new TreeProofs(new TreeHasher(), tree);
        return new InclusionProof(
                sequence,
                treeSize,
                LmdbJournal.hex(tree.read(StoredHashes.indexOfLeaf(sequence))),
                hex(proofs.inclusion(sequence, treeSize)),
                LmdbJournal.hex(root(treeSize)));
    }

    ConsistencyProof proveConsistency(long size1, long size2) {
        if (size1 < 0 || size1 > size2) {
            throw new StratoswarmException(Kind.INVALID, "the first size must be 0.." + size2 + ", not " + size1);
        }
        TreeProofs proofs = new TreeProofs(new TreeHasher(), tree);
        return new ConsistencyProof(
                size1,
                size2,
                LmdbJournal.hex(root(size1)),
                LmdbJournal.hex(root(size2)),
                hex(proofs.consistency(size1, size2)));
    }

    private static List<String> hex(List<byte[]> hashes) {
        return hashes.stream().map(LmdbJournal::hex).toList();
    }

    @Override
    public void close() {
        segments.close();
    }
}
