package io.stratoswarm.core.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.data.OpenDataFolder;
import io.stratoswarm.core.journal.FrameDecoder;
import io.stratoswarm.core.journal.JournalBuilder;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.JournalReader;
import io.stratoswarm.core.lmdbfile.LmdbDamage;
import io.stratoswarm.core.lmdbfile.LmdbFile;
import io.stratoswarm.core.lmdbfile.TreeCursor;
import io.stratoswarm.core.merkle.StoredHashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Builds a journal from what can be read of a damaged one. An event that is lost keeps its place by its hash, or by the hash
 * of a node above it; where neither is left the tree cannot be continued, and a new journal is begun.
 */
final class Salvage {
    static final String TYPE = "JournalSalvaged";

    private final Path data;
    private final JournalOptions options;
    private final UUID newId;
    private final InstantSource clock;
    private final List<JournalTools.SequenceRange> lost = new ArrayList<>();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Map<String, ByteBuffer> keys = new TreeMap<>();
    private @Nullable UUID oldId;
    /** By sequence of the old journal; the smallest value where an event is lost. */
    private final Times times = new Times();

    /** The first event that was not pruned. */
    private long cut;

    private long recovered;
    private long lastTime = Long.MIN_VALUE;

    Salvage(Path data, JournalOptions options, UUID newId, InstantSource clock) {
        this.data = data;
        this.options = options;
        this.newId = newId;
        this.clock = clock;
    }

    JournalTools.SalvageResult run() {
        try (OpenDataFolder held = OpenDataFolder.open(data)) {
            DataFolder folder = held.folder();
            TreeMap<Long, Path> segments = JournalReader.segments(folder.journal());
            Path building = data.resolve("journal.incomplete");
            Folders.delete(building);
            TreeMap<Long, Path> remnants = JournalReader.remnants(folder.journal());
            cut = remnants.isEmpty() || segments.isEmpty() ? 0 : cut(segments, remnants);
            oldId = findId(segments);
            if (oldId == null) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "not one event can be found in " + folder.journal()
                                + "; restore a backup with: stratoswarm journal restore");
            }
            boolean same = continueTree(segments, remnants, building, oldId);
            if (!same && cut > 0) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "the tree cannot be continued, and the events before " + cut
                                + " were pruned, so what is left would be of no"
                                + " use in a new journal; restore a backup with: stratoswarm journal restore");
            }
            if (!same) {
                Folders.delete(building);
                beginAnew(segments, building, oldId);
            }
            Path kept = data.resolve("journal.damaged-" + clock.instant().toEpochMilli());
            Files.move(folder.journal(), kept);
            Files.move(building, folder.journal());
            Folders.sync(data);
            return new JournalTools.SalvageResult((same ? oldId : newId).toString(), same, recovered, lost, kept);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "salvage of " + data + " failed: " + e, e);
        }
    }

    /** What one segment file still gives. */
    private record Remains(RawScan scan, long first, long end) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            scan.close();
        }
    }

    private Remains remains(Path folder, long first, long next) throws IOException {
        Path file = folder.resolve("data.mdb");
        // No more events can be there than nodes of 48 bytes fit into the file.
        long most = Math.min(next, first + Files.size(file) / 48 + 1);
        long endHash = StoredHashes.indexOfLeaf(most);
        RawScan scan = new RawScan(file, StoredHashes.indexOfLeaf(first), endHash);
        long end = next;
        if (next == Long.MAX_VALUE) {
            // Pages may hold events that were written and never committed; the table's last key tells, if it can be
            // read.
            Long committed = committedEnd(file);
            long seen = Math.max(
                    scan.lastFrame() + 1, scan.lastHash() < 0 ? first : StoredHashes.leafOf(scan.lastHash()) + 1);
            end = Math.max(first, committed == null ? seen : committed);
        }
        return new Remains(scan, first, end);
    }

    private static @Nullable Long committedEnd(Path file) throws IOException {
        try (LmdbFile opened = LmdbFile.open(file)) {
            TreeCursor events = new TreeCursor(
                    opened, opened.table("events").orElseThrow(() -> new LmdbDamage("no table of events")));
            return events.last() && events.key().length == 8
                    ? ByteBuffer.wrap(events.key()).getLong() + 1
                    : null;
        } catch (LmdbDamage e) {
            // The raw scan alone has to do.
            return null;
        }
    }

    private @Nullable UUID findId(TreeMap<Long, Path> segments) throws IOException {
        for (Map.Entry<Long, Path> each : segments.entrySet()) {
            try (RawScan scan = new RawScan(each.getValue().resolve("data.mdb"), 0, 0)) {
                for (long sequence = each.getKey(); sequence <= scan.lastFrame(); sequence++) {
                    for (byte[] frame : scan.frames(sequence)) {
                        Event event = decoder.decode(frame, sequence);
                        if (event != null) {
                            return event.journal();
                        }
                    }
                }
            }
        }
        return null;
    }

    private boolean continueTree(TreeMap<Long, Path> segments, TreeMap<Long, Path> remnants, Path building, UUID id)
            throws IOException {
        try (JournalBuilder builder = new JournalBuilder(building, options, id)) {
            if (cut > 0) {
                for (Path remnant : remnants.headMap(cut).values()) {
                    JournalReader.copyRemnant(remnant, building);
                }
                builder.goOnAt(cut, peaks(segments, remnants));
            }
            KnownTree tree = new KnownTree(builder);
            for (Map.Entry<Long, Path> each : segments.entrySet()) {
                long first = each.getKey();
                Long next = segments.higherKey(first);
                while (builder.size() < first) {
                    lose(builder, tree, null);
                }
                byte[] frontier = meta(each.getValue(), "frontier");
                if (!builder.whole() && frontier != null && frontier.length == 32 * Long.bitCount(first)) {
                    builder.peaks(frontier);
                }
                try (Remains remains = remains(each.getValue(), first, next == null ? Long.MAX_VALUE : next)) {
                    for (long sequence = Math.max(first, builder.size()); sequence < remains.end; sequence++) {
                        one(builder, tree, remains.scan, sequence, id);
                    }
                }
                keys(each.getValue());
            }
            if (!builder.whole()) {
                return false;
            }
            finish(builder, id, true, 0);
            return true;
        }
    }

    private void one(JournalBuilder builder, KnownTree tree, RawScan scan, long sequence, UUID id) throws IOException {
        Event event = null;
        byte[] frame = null;
        byte[] stored = scan.hash(StoredHashes.indexOfLeaf(sequence));
        for (byte[] candidate : scan.frames(sequence)) {
            Event decoded = decoder.decode(candidate, sequence);
            if (decoded != null && decoded.journal().equals(id) && (frame == null || tree.fits(candidate, stored))) {
                event = decoded;
                frame = candidate;
            }
        }
        if (event == null || frame == null) {
            lose(builder, tree, scan);
            return;
        }
        builder.appendKnown(frame, tree.nodes(sequence, frame, scan), event.type(), event.subject(), event.timeNanos());
        lastTime = Math.max(lastTime, event.timeNanos());
        times.add(event.timeNanos());
        recovered++;
    }

    private void lose(JournalBuilder builder, KnownTree tree, @Nullable RawScan scan) {
        long sequence = builder.size();
        times.add(Long.MIN_VALUE);
        builder.appendKnown(
                JournalBuilder.lostFrame(sequence), tree.nodes(sequence, null, scan), null, null, Long.MIN_VALUE);
        JournalTools.SequenceRange before = lost.isEmpty() ? null : lost.getLast();
        if (before != null && before.to() == sequence) {
            lost.set(lost.size() - 1, new JournalTools.SequenceRange(before.from(), sequence + 1));
        } else {
            lost.add(new JournalTools.SequenceRange(sequence, sequence + 1));
        }
    }

    private static long cut(TreeMap<Long, Path> segments, TreeMap<Long, Path> remnants) throws IOException {
        byte[] end = meta(remnants.lastEntry().getValue(), "end");
        return end != null && end.length == 8 ? ByteBuffer.wrap(end).getLong() : segments.firstKey();
    }

    /** The peaks of the tree at the cut, as the segment there has them, else as they are among the kept hashes. */
    private byte[] peaks(TreeMap<Long, Path> segments, TreeMap<Long, Path> remnants) throws IOException {
        Path segment = segments.firstEntry().getValue();
        byte[] stored = meta(segment, "frontier");
        if (segments.firstKey() == cut && stored != null && stored.length == 32 * Long.bitCount(cut)) {
            return stored;
        }
        ByteBuffer peaks = ByteBuffer.allocate(32 * Long.bitCount(cut));
        for (int level = 0; level < 63; level++) {
            if ((cut >>> level & 1) == 1) {
                long index = StoredHashes.index(level, (cut >>> level) - 1);
                Map.Entry<Long, Path> remnant = remnants.floorEntry(StoredHashes.leafOf(index));
                byte[] key = ByteBuffer.allocate(8).putLong(index).array();
                byte[] peak = remnant == null ? null : entry(remnant.getValue(), "hashes", key);
                if (peak == null || peak.length != 32) {
                    throw new StratoswarmException(
                            Kind.DAMAGED,
                            "the hashes that were kept of the events before " + cut
                                    + " cannot be read; restore a backup with: stratoswarm journal restore");
                }
                peaks.put(peak);
            }
        }
        return peaks.array();
    }

    private static byte @Nullable [] entry(Path folder, String table, byte[] key) throws IOException {
        try (LmdbFile opened = LmdbFile.open(folder.resolve("data.mdb"))) {
            TreeCursor cursor =
                    new TreeCursor(opened, opened.table(table).orElseThrow(() -> new LmdbDamage("no table " + table)));
            return cursor.seek(key) && java.util.Arrays.equals(cursor.key(), key) ? cursor.value() : null;
        } catch (LmdbDamage e) {
            return null;
        }
    }

    private static byte @Nullable [] meta(Path folder, String name) throws IOException {
        return entry(folder, "meta", name.getBytes(UTF_8));
    }

    private void keys(Path folder) throws IOException {
        try (LmdbFile opened = LmdbFile.open(folder.resolve("data.mdb"))) {
            TreeCursor cursor =
                    new TreeCursor(opened, opened.table("keys").orElseThrow(() -> new LmdbDamage("no table of keys")));
            for (boolean more = cursor.first(); more; more = cursor.next()) {
                byte[] receipt = cursor.value();
                if (receipt.length == 20) {
                    keys.put(new String(cursor.key(), UTF_8), ByteBuffer.wrap(receipt));
                }
            }
        } catch (LmdbDamage e) {
            // Keys that cannot be read are no longer known; what they guarded against is a repetition long after.
            return;
        }
    }

    /** The last event, or with a new journal the first: what was lost. */
    private EventDraft report(UUID id, boolean same, long size) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("oldJournal", String.valueOf(oldId))
                .put("sameJournal", same)
                .put("oldSize", size)
                .put("journal", id.toString());
        ArrayNode ranges = json.putArray("lost");
        for (JournalTools.SequenceRange range : lost.subList(0, Math.min(1000, lost.size()))) {
            ranges.addArray().add(range.from()).add(range.to());
        }
        json.put("lostRanges", lost.size());
        return EventDraft.json(TYPE, "core.tool", "journal", "system", List.of(), json.toString());
    }

    private void finish(JournalBuilder builder, UUID id, boolean same, long shift) {
        long size = builder.size();
        keys.forEach((key, receipt) -> {
            long first = moved(receipt.getLong(0), shift);
            if (isSound(receipt) && first + receipt.getInt(8) <= size) {
                builder.remember(key, first, receipt.getInt(8), receipt.getLong(12));
            }
        });
        if (same) {
            builder.append(report(id, true, size), Math.max(lastTime, Restore.nanos(clock)));
        }
        builder.finish();
    }

    /** A receipt repeats the time of its first event, so a damaged one can be told. */
    private boolean isSound(ByteBuffer receipt) {
        long first = receipt.getLong(0);
        return first >= cut
                && first - cut < times.size()
                && receipt.getInt(8) > 0
                && receipt.getInt(8) <= times.size() - (first - cut)
                && times.get((int) (first - cut)) == receipt.getLong(12);
    }

    /** Where an old sequence is in the new journal: each lost event before it moves it forward. */
    private long moved(long sequence, long shift) {
        if (shift == 0) {
            return sequence;
        }
        long before = 0;
        for (JournalTools.SequenceRange range : lost) {
            before += Math.max(0, Math.min(range.to(), sequence) - range.from());
        }
        return sequence + shift - before;
    }

    private boolean isLost(long sequence) {
        return lost.stream().anyMatch(range -> sequence >= range.from() && sequence < range.to());
    }

    private void beginAnew(TreeMap<Long, Path> segments, Path building, UUID id) throws IOException {
        recovered = 0;
        try (JournalBuilder builder = new JournalBuilder(building, options, newId)) {
            boolean begun = false;
            for (Map.Entry<Long, Path> each : segments.entrySet()) {
                Long next = segments.higherKey(each.getKey());
                try (Remains remains = remains(each.getValue(), each.getKey(), next == null ? Long.MAX_VALUE : next)) {
                    for (long sequence = remains.first; sequence < remains.end; sequence++) {
                        Event event = isLost(sequence) ? null : any(remains.scan, sequence, id);
                        if (event != null && !begun) {
                            builder.append(report(newId, false, oldEnd(segments)), event.timeNanos());
                            begun = true;
                        }
                        if (event != null) {
                            builder.append(event, cause -> moved(cause, id));
                            recovered++;
                        }
                    }
                }
            }
            finish(builder, newId, false, 1);
        }
    }

    private long oldEnd(TreeMap<Long, Path> segments) throws IOException {
        Map.Entry<Long, Path> last = segments.lastEntry();
        try (Remains remains = remains(last.getValue(), last.getKey(), Long.MAX_VALUE)) {
            return remains.end;
        }
    }

    private @Nullable Event any(RawScan scan, long sequence, UUID id) throws IOException {
        for (byte[] candidate : scan.frames(sequence)) {
            Event decoded = decoder.decode(candidate, sequence);
            if (decoded != null && decoded.journal().equals(id)) {
                return decoded;
            }
        }
        return null;
    }

    private Cause moved(Cause cause, UUID id) {
        return cause instanceof Cause.OfEvent of && of.journal().equals(id) && !isLost(of.sequence())
                ? new Cause.OfEvent(newId, moved(of.sequence(), 1))
                : cause;
    }
}
