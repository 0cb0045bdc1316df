package io.stratoswarm.core.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stratoswarm.core.lmdbfile.LmdbDamage;
import io.stratoswarm.core.lmdbfile.LmdbFile;
import io.stratoswarm.core.lmdbfile.TreeCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks one segment, some events at a time. */
final class SegmentCheck {
    private static final int CHUNK = 8_192;

    private final Path file;
    private final long first;
    private final long end;
    private final Window window;
    private final JournalVerifier.Running running;
    private final Findings findings;
    /** Whether the events were pruned: all hashes are to be there, and few events. */
    private final boolean pruned;

    private final Map<String, Name> names = new HashMap<>();
    private final Map<Integer, int[]> lastPlaces = new HashMap<>();
    private final Map<String, Integer> counted = new HashMap<>();
    private long size;
    private long nextHash;
    private long transaction;

    private record Name(int id, long base, int count, int last) {}

    SegmentCheck(
            Path file,
            long first,
            long end,
            Window window,
            JournalVerifier.Running running,
            Findings findings,
            boolean pruned) {
        this.file = file;
        this.first = first;
        this.end = end;
        this.window = window;
        this.running = running;
        this.findings = findings;
        this.pruned = pruned;
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }

    void run() throws IOException {
        try (LmdbFile opened = LmdbFile.open(file)) {
            window.run(file, () -> {
                opened.refresh();
                begin(opened);
            });
            for (long at = first; at < size; at += CHUNK) {
                long from = at;
                window.run(file, () -> {
                    opened.refresh();
                    events(opened, from, Math.min(size, from + CHUNK));
                });
            }
            window.run(file, () -> {
                opened.refresh();
                if (opened.transaction() == transaction) {
                    finish(opened);
                }
            });
        }
    }

    private void problem(String text) {
        findings.problem(file + ": " + text);
    }

    private static TreeCursor cursor(LmdbFile opened, String table) throws IOException {
        return new TreeCursor(
                opened, opened.table(table).orElseThrow(() -> new LmdbDamage("the table '" + table + "' is missing")));
    }

    private static byte @Nullable [] get(LmdbFile opened, String table, byte[] key) throws IOException {
        TreeCursor cursor = cursor(opened, table);
        return cursor.seek(key) && Arrays.equals(cursor.key(), key) ? cursor.value() : null;
    }

    private void begin(LmdbFile opened) throws IOException {
        transaction = opened.transaction();
        byte[] id = get(opened, "meta", "journal".getBytes(UTF_8));
        if (id == null || id.length != 16) {
            throw new LmdbDamage("the entry 'journal' is missing");
        }
        if (running.journal != null && !Arrays.equals(running.journal, id)) {
            problem("belongs to journal " + uuid(id) + ", the segment before it to " + uuid(running.journal));
        }
        running.journal = id;
        byte[] peaks = get(opened, "meta", "frontier".getBytes(UTF_8));
        if (running.tree.size() == first) {
            if (!Arrays.equals(running.tree.peaks(), peaks == null ? new byte[0] : peaks)) {
                problem("begins with tree nodes that do not follow from the segments before it");
            }
        } else {
            if (running.counts != null) {
                problem("begins with event " + first + ", the segment before it ends with "
                        + (running.tree.size() - 1));
                findings.damaged(running.tree.size(), first);
            }
            if (!running.tree.restart(first, peaks)) {
                throw new LmdbDamage("the entry 'frontier' does not fit a tree of " + first + " events");
            }
            running.counts = null;
        }
        TreeCursor events = cursor(opened, "events");
        size = events.last() ? number(events.key()) + 1 : first;
        if (pruned) {
            byte[] kept = get(opened, "meta", "end".getBytes(UTF_8));
            size = number(kept == null ? new byte[0] : kept);
            running.counts = null;
        }
        if (size > end) {
            problem("holds events up to " + (size - 1) + ", the next segment begins with " + end);
            size = end;
        } else if (size < end && end != Long.MAX_VALUE) {
            problem("ends with event " + (size - 1) + ", the next segment begins with " + end);
        }
        // The nodes stored for n leaves: n and the inner nodes complete among them.
        nextHash = 2 * first - Long.bitCount(first);
        TreeCursor each = cursor(opened, "names");
        for (boolean more = each.first(); more; more = each.next()) {
            ByteBuffer value = ByteBuffer.wrap(each.value());
            names.put(
                    new String(each.key(), UTF_8),
                    new Name(value.getInt(0), value.getLong(4), value.getInt(12), value.getInt(16)));
        }
        if (!pruned && first > 0 && first == running.cut) {
            // How many there were before the cut can no longer be counted; from here on it can.
            Map<String, Long> bases = new HashMap<>();
            names.forEach((name, entry) -> bases.put(name, entry.base));
            running.counts = bases;
        }
    }

    private static long number(byte[] key) {
        if (key.length != 8) {
            throw new LmdbDamage("a key has " + key.length + " bytes instead of 8");
        }
        return ByteBuffer.wrap(key).getLong();
    }

    private static byte[] key(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private void events(LmdbFile opened, long from, long to) throws IOException {
        Ascending events = new Ascending(cursor(opened, "events"), from);
        Ascending hashes = new Ascending(cursor(opened, "hashes"), nextHash);
        Ascending index = new Ascending(cursor(opened, "index"), from);
        for (long sequence = from; sequence < to; sequence++) {
            event(sequence, events.at(sequence), hashes, index);
        }
    }

    private void event(long sequence, byte @Nullable [] frame, Ascending hashes, Ascending index) throws IOException {
        byte @Nullable [] hash = null;
        if (frame == null && pruned) {
            // Its hash below is what has to be there.
            hash = null;
        } else if (frame == null) {
            problem("event " + sequence + " is missing");
            findings.damaged(sequence, sequence + 1);
        } else {
            try {
                LeafView.checkFrame(frame, sequence);
                if (LeafView.isLost(frame)) {
                    findings.damaged(sequence, sequence + 1);
                } else {
                    LeafView leaf = LeafView.read(frame);
                    leaf(sequence, leaf);
                    index(sequence, leaf, index.at(sequence));
                    hash = running.tree.leafHash(frame);
                }
            } catch (LeafView.Malformed e) {
                problem("event " + sequence + ": " + e.getMessage());
                findings.damaged(sequence, sequence + 1);
            }
        }
        running.tree.add(hash, (level, computed) -> {
            byte[] kept = hashes.at(nextHash);
            if (pruned && level == 0 && kept == null) {
                problem("the hash of the pruned event " + sequence + " is missing");
                findings.damaged(sequence, sequence + 1);
            }
            if (computed != null && !Arrays.equals(kept, computed)) {
                problem("tree node " + nextHash + " (level " + level + ", completed by event " + sequence + ") is "
                        + (kept == null ? "missing" : "wrong"));
                if (level == 0) {
                    findings.damaged(sequence, sequence + 1);
                }
            }
            nextHash++;
            return kept;
        });
    }

    private void leaf(long sequence, LeafView leaf) {
        if (leaf.sequence() != sequence) {
            problem("event " + sequence + ": its leaf says it is event " + leaf.sequence());
        }
        byte[] id = running.journal;
        if (leaf.type().equals(Cuts.TYPE)) {
            running.cuts.told(sequence, leaf.payload());
        }
        // What a restore kept of a pruned journal is as it was hashed there.
        if (!pruned && id != null && !leaf.journal().equals(uuid(id))) {
            problem("event " + sequence + ": its leaf is of journal " + leaf.journal());
        }
        if (leaf.time() < running.time) {
            problem("event " + sequence + ": its time is " + (running.time - leaf.time())
                    + " ns before the last one's");
        }
        running.time = Math.max(running.time, leaf.time());
    }

    private void index(long sequence, LeafView leaf, byte @Nullable [] entry) {
        if (entry == null || entry.length != 16) {
            problem("event " + sequence + " is not in the index");
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(entry);
        int place = (int) (sequence - first) + 1;
        name(sequence, "S" + leaf.subject(), in.getInt(0), in.getInt(8), place);
        name(sequence, "T" + leaf.type(), in.getInt(4), in.getInt(12), place);
    }

    private void name(long sequence, String key, int id, int previous, int place) {
        Name name = names.get(key);
        if (name == null || name.id != id) {
            problem("event " + sequence + ": the index names another subject or type than '" + key.substring(1) + "'");
            return;
        }
        int[] last = lastPlaces.computeIfAbsent(id, each -> new int[1]);
        if (previous != last[0]) {
            problem("event " + sequence + ": the index chain of '" + key.substring(1) + "' is broken");
        }
        last[0] = place;
        counted.merge(key, 1, Integer::sum);
    }

    /** What must hold once all events are read and nothing was written meanwhile. */
    private void finish(LmdbFile opened) throws IOException {
        TreeCursor hashes = cursor(opened, "hashes");
        if (hashes.last() && number(hashes.key()) >= nextHash) {
            problem("holds tree nodes beyond those of its events");
        }
        Map<String, Long> counts = running.counts;
        for (Map.Entry<String, Name> each : names.entrySet()) {
            Name name = each.getValue();
            int[] last = lastPlaces.getOrDefault(name.id, new int[1]);
            if (name.count != counted.getOrDefault(each.getKey(), 0) || name.last != last[0]) {
                problem("the count of '" + each.getKey().substring(1) + "' is " + name.count + ", and "
                        + counted.getOrDefault(each.getKey(), 0) + " events have that name");
            }
            if (counts != null && name.base != counts.getOrDefault(each.getKey(), 0L)) {
                problem("the count of '" + each.getKey().substring(1) + "' before this segment is " + name.base
                        + ", and " + counts.getOrDefault(each.getKey(), 0L) + " events had that name");
            }
        }
        if (counts != null) {
            counted.forEach((name, count) -> counts.merge(name, (long) count, Long::sum));
        }
        TreeCursor keys = cursor(opened, "keys");
        for (boolean more = keys.first(); more; more = keys.next()) {
            ByteBuffer receipt = ByteBuffer.wrap(keys.value());
            if (receipt.remaining() != 20
                    || receipt.getLong(0) < 0
                    || receipt.getInt(8) < 1
                    || receipt.getLong(0) + receipt.getInt(8) > size) {
                problem("the receipt under idempotency key '" + new String(keys.key(), UTF_8) + "' is malformed");
            }
        }
    }

    /** Values of ascending keys. */
    private static final class Ascending {
        private final TreeCursor cursor;
        private boolean more;

        Ascending(TreeCursor cursor, long from) throws IOException {
            this.cursor = cursor;
            this.more = cursor.seek(key(from));
        }

        byte @Nullable [] at(long wanted) throws IOException {
            while (more && number(cursor.key()) < wanted) {
                more = cursor.next();
            }
            return more && number(cursor.key()) == wanted ? cursor.value() : null;
        }
    }
}
