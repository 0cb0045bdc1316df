package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.data.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Drops whole sealed segments, the oldest ones. First what is kept of each is written beside it; then the event that tells of it is appended;
 * only then segments go, each by one rename. So a crash leaves either a journal in which nothing was announced, and the next start
 * removes what was written beside, or one in which all was, and the next start drops the rest.
 */
final class Pruner {
    private static final String DROPPED = ".dropped";

    /** Where a test stops it, and when. */
    enum Step {
        REMNANT_WRITTEN,
        ANNOUNCED,
        RENAMED,
        DELETED
    }

    private final Path folder;
    private final Segments segments;
    private final JournalStore store;
    private final long mapBytes;
    private final Consumer<Step> steps;

    Pruner(Path folder, JournalStore store, long mapBytes, Consumer<Step> steps) {
        this.folder = folder;
        this.store = store;
        this.segments = store.segments();
        this.mapBytes = mapBytes;
        this.steps = steps;
    }

    /** First sequences of the segments that a cut drops, and what each takes on the disk. */
    TreeMap<Long, Long> dropped(long cut) {
        TreeMap<Long, Long> dropped = new TreeMap<>();
        for (long first : segments.firsts()) {
            if (!segments.isPruned(first) && segments.next(first).orElse(Long.MAX_VALUE) <= cut) {
                dropped.put(first, Segment.dataBytes(segments.folderOf(first)));
            }
        }
        return dropped;
    }

    /**
     * Writes what is kept of the segments before a cut.
     *
     * @param types events of these types are kept for good
     * @return how many events are kept
     */
    long prepare(long cut, Collection<String> types) {
        if (segments.isPruned(cut) || !segments.firsts().contains(cut)) {
            throw new IllegalArgumentException("no segment begins with event " + cut);
        }
        long count = 0;
        for (long first : dropped(cut).keySet()) {
            long end = segments.next(first).orElseThrow();
            List<Event> kept = kept(first, end, cut, types);
            count += kept.size();
            new Remnant(segments.of(first), end, kept).write(folder, mapBytes);
        }
        steps.accept(Step.REMNANT_WRITTEN);
        return count;
    }

    private List<Event> kept(long first, long end, long cut, Collection<String> types) {
        TreeMap<Long, Event> kept = new TreeMap<>();
        EventQuery within = EventQuery.all().from(first).to(end).limit(EventQuery.MAX_LIMIT);
        for (String type : types) {
            store.query(within.type(type), end).forEach(event -> kept.put(event.sequence(), event));
        }
        // C2SP tlog-tiles: a bundle of 256 entries may be refused only where all of it lies below the minimum index.
        long bundle = Math.max(first, cut & ~255L);
        if (bundle < end) {
            store.query(within.from(bundle), end).forEach(event -> kept.put(event.sequence(), event));
        }
        return new ArrayList<>(kept.values());
    }

    /** Drops what was prepared and has been announced. */
    void drop(long cut) {
        steps.accept(Step.ANNOUNCED);
        try {
            for (long first : dropped(cut).keySet()) {
                Path aside =
                        Segments.folder(folder, first).resolveSibling(String.format("segment-%012d", first) + DROPPED);
                segments.drop(first, Segments.remnant(folder, first), aside);
                Folders.sync(folder);
                steps.accept(Step.RENAMED);
                Folders.delete(aside);
                steps.accept(Step.DELETED);
            }
            Folders.sync(folder);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM,
                    "segments before event " + cut + " could not be removed from " + folder + ": " + e
                            + "; the next start of the daemon removes them",
                    e);
        }
    }

    /** Brings to an end what a crash interrupted: drops what was announced, and forgets what was not. */
    void settle() {
        TreeMap<Long, Path> whole = Segments.find(folder);
        Map<Long, Path> both = Segments.remnants(folder);
        both.keySet().retainAll(whole.keySet());
        if (both.isEmpty()) {
            return;
        }
        List<Event> newest =
                store.query(EventQuery.all().type(Pruning.TYPE).newestFirst().limit(1), Long.MAX_VALUE);
        long announced = newest.isEmpty() ? 0 : Pruning.of(newest.getFirst()).cut();
        try {
            for (Map.Entry<Long, Path> each : both.entrySet()) {
                Long next = whole.higherKey(each.getKey());
                if (next == null || next > announced) {
                    Folders.delete(each.getValue());
                }
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot remove what a crash left in " + folder + ": " + e, e);
        }
        if (announced > segments.cut()) {
            drop(announced);
        }
    }

    /** The bytes of the segments that are whole, and of the remnants. */
    long[] bytes() {
        long[] bytes = new long[2];
        for (long first : segments.firsts()) {
            if (Files.isDirectory(segments.folderOf(first))) {
                bytes[segments.isPruned(first) ? 1 : 0] += Segment.dataBytes(segments.folderOf(first));
            }
        }
        return bytes;
    }
}
