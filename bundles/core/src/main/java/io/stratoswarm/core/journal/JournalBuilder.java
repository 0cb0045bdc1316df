package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.TreeHasher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a journal whose events come from another one, for restore and salvage. Nobody else may use the folder meanwhile.
 * Not made for speed of a single event: it commits every so many.
 */
public final class JournalBuilder implements AutoCloseable {
    private static final int BATCH = 4_096;

    private final Path journal;
    private final UUID id;
    private final JournalOptions options;
    private final SegmentFactory factory;
    private final TreeHasher hasher = new TreeHasher();
    private SegmentWriter active;
    private int uncommitted;

    public JournalBuilder(Path journal, JournalOptions options, UUID id) {
        Folders.createPrivate(journal);
        this.journal = journal;
        this.id = id;
        this.options = options;
        this.factory = new SegmentFactory(journal, options.mapBytes());
        this.active = factory.createFirst(id, hasher);
    }

    /** Begins at the cut of a pruned journal, whose remnants the caller has put beside; nothing may have been appended yet. */
    public void goOnAt(long first, byte[] peaks) throws IOException {
        begin(Frontier.restore(hasher, first, peaks), Long.MIN_VALUE, null);
    }

    /**
     * Takes over the pruned part of another journal: the first place holds this event, the others before the cut the hashes that the leaves
     * had there, and all that comes after keeps its place.
     */
    public void restorePruned(JournalReader reader, EventDraft first, long timeNanos) throws IOException {
        Frontier frontier = new RestoredRemnant(reader, id).write(journal, options.mapBytes(), first, timeNanos);
        Segment cut = reader.cutSegment();
        begin(frontier, Bytes.asLong(cut.requiredMeta(SegmentFactory.TIME)), cut);
    }

    private void begin(Frontier frontier, long lastTime, @Nullable Segment names) throws IOException {
        if (active.size() != 0 || active.active()) {
            throw new IllegalStateException("the journal is begun already");
        }
        active.segment.close();
        Folders.delete(active.segment.folder);
        active = factory.createAfterCut(id, frontier, lastTime, hasher, names);
    }

    public long size() {
        return active.size();
    }

    /** Whether the tree so far is known well enough to go on from. */
    public boolean whole() {
        return active.working().whole();
    }

    /** The node that joins the tree's peak of this level; null where it was lost. */
    public byte @Nullable [] peak(int level) {
        return active.working().peak(level);
    }

    /** Takes these peaks (see {@link io.stratoswarm.core.merkle.Frontier#encode}) as those of the tree so far. */
    public void peaks(byte[] encoded) {
        prepare();
        active.working(Frontier.restore(hasher, active.size(), encoded));
    }

    public byte[] root() {
        return active.working().root();
    }

    /** Appends an event as a new leaf of this journal; causes that this function maps to null stay as they are. */
    public void append(Event event, java.util.function.UnaryOperator<Cause> causes) {
        List<Cause> mapped = new ArrayList<>();
        event.causes().forEach(cause -> mapped.add(causes.apply(cause)));
        EventDraft draft = new EventDraft(
                event.type(),
                event.typeVersion(),
                event.source(),
                event.subject(),
                event.actor(),
                mapped,
                event.mediaType(),
                event.payload());
        append(draft, event.timeNanos());
    }

    public void append(EventDraft draft, long timeNanos) {
        prepare();
        active.append(Leaf.encode(draft, id, 0), timeNanos, active.size());
    }

    /** Appends a frame of this very journal with the tree nodes that it completes; null nodes were lost. */
    public void appendKnown(
            byte[] frame,
            List<? extends byte @Nullable []> nodes,
            @Nullable String type,
            @Nullable String subject,
            long timeNanos) {
        prepare();
        active.appendKnown(frame, nodes, type, subject, timeNanos);
    }

    /** The frame that stands for an event which was lost. */
    public static byte[] lostFrame(long sequence) {
        return Frame.lost(sequence);
    }

    public void remember(String idempotencyKey, long firstSequence, int count, long timeNanos) {
        prepare();
        active.remember(idempotencyKey, new StoredReceipt(firstSequence, count, timeNanos));
    }

    private void prepare() {
        if (active.active() && ++uncommitted >= BATCH) {
            active.commit();
            uncommitted = 0;
        }
        boolean full = active.size() - active.segment.first >= options.segmentEvents();
        if (full && active.working().whole()) {
            if (active.active()) {
                active.commit();
            }
            SegmentWriter next = factory.createNext(id, active, hasher);
            active.segment.close();
            active = next;
        }
        if (!active.active()) {
            active.begin();
        }
    }

    /** Makes durable what was appended. */
    public void finish() {
        if (active.active()) {
            active.commit();
        }
        uncommitted = 0;
    }

    /** What was not finished is not kept. */
    @Override
    public void close() {
        active.abort();
        active.segment.close();
    }
}
