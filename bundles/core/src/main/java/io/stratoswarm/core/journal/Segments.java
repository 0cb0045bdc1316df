package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.lmdbfile.LmdbCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a journal by their first sequence. A folder is named for it, so that what a segment holds is known even
 * where it cannot be read. Each file is checked before it is mapped: reading a damaged one through LMDB could end the
 * process.
 */
final class Segments implements AutoCloseable {
    private static final String PREFIX = "segment-";
    /** What is kept of a segment whose events were pruned. */
    private static final String REMNANT = "pruned-";

    /** One segment, opened when first needed. */
    private static final class Slot {
        final long first;
        final Path folder;
        final Segment.Mode mode;
        private @Nullable Segment segment;
        private @Nullable String damage;

        Slot(long first, Path folder, Segment.Mode mode) {
            this.first = first;
            this.folder = folder;
            this.mode = mode;
        }

        Slot(Segment segment) {
            this(segment.first, segment.folder, Segment.Mode.WRITE);
            this.segment = segment;
        }
    }

    private final ConcurrentSkipListMap<Long, Slot> slots = new ConcurrentSkipListMap<>();
    private final long mapBytes;

    /** @param newest how the last segment is opened; earlier ones are sealed */
    Segments(Path folder, Segment.Mode newest, long mapBytes) {
        this.mapBytes = mapBytes;
        TreeMap<Long, Path> found = find(folder);
        for (Map.Entry<Long, Path> each : found.entrySet()) {
            Segment.Mode mode = each.getKey().equals(found.lastKey()) ? newest : Segment.Mode.READ_SEALED;
            slots.put(each.getKey(), new Slot(each.getKey(), each.getValue(), mode));
        }
        // Where a segment is still there, it has not been dropped yet, and has all that its remnant has.
        remnants(folder)
                .forEach((first, path) -> slots.putIfAbsent(first, new Slot(first, path, Segment.Mode.READ_SEALED)));
    }

    static boolean isRemnant(Path folder) {
        return folder.getFileName().toString().startsWith(REMNANT);
    }

    static Path remnant(Path journal, long first) {
        return journal.resolve(String.format("%s%012d", REMNANT, first));
    }

    static TreeMap<Long, Path> remnants(Path journal) {
        return find(journal, REMNANT);
    }

    static Path folder(Path journal, long first) {
        return journal.resolve(String.format("%s%012d", PREFIX, first));
    }

    static TreeMap<Long, Path> find(Path journal) {
        return find(journal, PREFIX);
    }

    private static TreeMap<Long, Path> find(Path journal, String prefix) {
        TreeMap<Long, Path> found = new TreeMap<>();
        if (!Files.isDirectory(journal)) {
            return found;
        }
        try (Stream<Path> entries = Files.list(journal)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = entry.getFileName().toString();
                if (name.matches(prefix + "[0-9]{12,18}") && Files.isDirectory(entry)) {
                    found.put(Long.parseLong(name.substring(prefix.length())), entry);
                }
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot list " + journal + ": " + e, e);
        }
        return found;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    void add(Segment segment) {
        slots.put(segment.first, new Slot(segment));
    }

    List<Long> firsts() {
        return List.copyOf(slots.keySet());
    }

    Path folderOf(long first) {
        return java.util.Objects.requireNonNull(slots.get(first)).folder;
    }

    boolean isPruned(long first) {
        return isRemnant(folderOf(first));
    }

    /** All events from here on are there; 0 where none was pruned. */
    long cut() {
        long cut = 0;
        for (Slot slot : slots.values()) {
            if (!isRemnant(slot.folder)) {
                return cut;
            }
            cut = next(slot.first).orElse(slot.first);
        }
        return cut;
    }

    /** The first event of the bundle of 256 in which the cut lies: from there on leaves are kept, as C2SP tlog-tiles asks for. */
    long keptFrom() {
        return cut() & ~255L;
    }

    /** Replaces a sealed segment by its remnant, which is there already; its folder is renamed, and left to be deleted. */
    void drop(long first, Path remnant, Path aside) throws IOException {
        Slot slot = java.util.Objects.requireNonNull(slots.get(first));
        Segment opened;
        synchronized (slot) {
            Files.move(slot.folder, aside, StandardCopyOption.ATOMIC_MOVE);
            slots.put(first, new Slot(first, remnant, Segment.Mode.READ_SEALED));
            opened = slot.segment;
            slot.segment = null;
            slot.damage = "its events have been pruned";
        }
        if (opened != null) {
            opened.retire();
        }
    }

    /** The first sequence after the segment that holds this one, or empty for the newest segment. */
    Optional<Long> next(long sequence) {
        return Optional.ofNullable(slots.higherKey(sequence));
    }

    Segment newest() {
        return open(slots.lastEntry().getValue());
    }

    /** The segment that holds this sequence. Kind DAMAGED where it cannot be read. */
    Segment of(long sequence) {
        Map.Entry<Long, Slot> entry = slots.floorEntry(sequence);
        if (entry == null) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "no segment holds event " + sequence + "; run: stratoswarm journal salvage");
        }
        return open(entry.getValue());
    }

    private Segment open(Slot slot) {
        synchronized (slot) {
            if (slot.segment == null) {
                Slot now = slots.get(slot.first);
                if (now != null && now != slot) {
                    return open(now); // Its remnant took its place since it was found.
                }
                if (!Files.isDirectory(slot.folder)
                        && Files.isDirectory(remnant(slot.folder.resolveSibling(""), slot.first))) {
                    throw new StratoswarmException(
                            Kind.CONFLICT,
                            "the events from " + slot.first
                                    + " on were pruned while they were read; run the command again");
                }
                if (slot.damage == null && slot.mode != Segment.Mode.READ_BESIDE) {
                    slot.damage = LmdbCheck.problem(slot.folder.resolve("data.mdb"));
                }
                if (slot.damage != null) {
                    throw damaged(slot, slot.damage);
                }
                slot.segment = Segment.open(slot.folder, slot.first, slot.mode, mapBytes);
            }
            return slot.segment;
        }
    }

    private StratoswarmException damaged(Slot slot, String damage) {
        Long end = slots.higherKey(slot.first);
        String which = end == null ? slot.first + " and later" : slot.first + " to " + (end - 1);
        return new StratoswarmException(
                Kind.DAMAGED,
                "events " + which + " cannot be read: " + slot.folder + " is damaged (" + damage
                        + "); stop the daemon and run: stratoswarm journal salvage");
    }

    @Override
    public void close() {
        for (Slot slot : slots.values()) {
            synchronized (slot) {
                if (slot.segment != null) {
                    slot.segment.close();
                }
            }
        }
    }
}
