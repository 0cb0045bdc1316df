package io.stratoswarm.audit.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads bundles, hashes their entries, and compares with the tiles beside. For one thread. */
final class BundleScan {
    private final Layout layout;
    private final long size;
    private final Set<Long> keep;
    private final Hashes hashes = new Hashes();
    private final EntryCheck entry = new EntryCheck();
    private final Layout.Buffer entries = new Layout.Buffer();
    private final Layout.Buffer tile = new Layout.Buffer();
    private long journalHigh;
    private long journalLow;
    /** Whether an entry has said which journal it is. */
    private boolean begun;

    /** @param keep bundles whose hashes are needed later */
    BundleScan(Layout layout, long size, Set<Long> keep) {
        this.layout = layout;
        this.size = size;
        this.keep = keep;
    }

    /** Whether it knows which journal all entries must be of. */
    boolean begun() {
        return begun;
    }

    /** Takes over which journal all entries must be of. */
    void journalOf(BundleScan other) {
        journalHigh = other.journalHigh;
        journalLow = other.journalLow;
        begun = other.begun;
    }

    Bundle scan(long index) throws IOException {
        Bundle bundle = new Bundle(layout, index, (int) Math.min(Layout.WIDTH, size - index * Layout.WIDTH));
        int tileLength = layout.read(bundle.tileName(), bundle.width, tile);
        boolean tileThere = tileLength == bundle.width * Hashes.SIZE
                // A full tile in the place of a partial one: the checkpoint is older than the tile.
                || tileLength == Layout.WIDTH * Hashes.SIZE;
        if (!tileThere) {
            bundle.problems.add(bundle.tileFile()
                    + (tileLength < 0
                            ? " is missing"
                            : " has " + tileLength + " bytes, not " + bundle.width * Hashes.SIZE));
        }
        byte[] computed = new byte[bundle.width * Hashes.SIZE];
        int length = layout.read(bundle.entriesName(), bundle.width, entries);
        if (length < 0) {
            bundle.absent = true;
        } else {
            int end = entries(bundle, length, computed, tileThere ? tile.bytes : null);
            boolean older = bundle.width < Layout.WIDTH && tileLength == Layout.WIDTH * Hashes.SIZE;
            if (bundle.read == bundle.width && end < length && !older) {
                bundle.problems.add(bundle.entriesFile() + " has " + (length - end) + " bytes after its last entry");
            }
        }
        roots(bundle, computed, tileThere);
        partials(bundle, computed, length);
        return bundle;
    }

    /** Hashes and checks the entries of the buffer; returns where the last one ends. */
    private int entries(Bundle bundle, int length, byte[] computed, byte @Nullable [] known) {
        byte[] data = entries.bytes;
        int at = 0;
        for (; bundle.read < bundle.width; bundle.read++) {
            int size = at + 2 <= length ? (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF : 0;
            if (at + 2 + size > length || at + 2 > length) {
                bundle.problems.add(bundle.entriesFile() + " ends within entry " + (bundle.first() + bundle.read));
                return at;
            }
            if (size == 0) {
                bundle.lost.add(bundle.read);
                if (known != null) {
                    System.arraycopy(
                            known, bundle.read * Hashes.SIZE, computed, bundle.read * Hashes.SIZE, Hashes.SIZE);
                }
            } else {
                leaf(bundle, data, at + 2, size);
                // RFC 6962: a leaf is hashed after a byte 0, which takes the place of its length, read already.
                data[at + 1] = 0;
                hashes.plain(data, at + 1, 1 + size, computed, bundle.read * Hashes.SIZE);
            }
            at += 2 + size;
        }
        return at;
    }

    private void leaf(Bundle bundle, byte[] data, int at, int length) {
        long sequence = bundle.first() + bundle.read;
        try {
            entry.check(data, at, length);
            if (!begun) {
                begun = true;
                journalHigh = EntryCheck.journalHigh(data, at);
                journalLow = EntryCheck.journalLow(data, at);
            }
            if (EntryCheck.sequence(data, at) != sequence) {
                throw new Bad("says that it is event " + EntryCheck.sequence(data, at));
            }
            if (EntryCheck.journalHigh(data, at) != journalHigh || EntryCheck.journalLow(data, at) != journalLow) {
                throw new Bad("is of another journal than the first entry");
            }
            long time = EntryCheck.time(data, at);
            if (bundle.firstTime == Long.MIN_VALUE) {
                bundle.firstTime = time;
            } else if (time < bundle.lastTime) {
                throw new Bad("has a time before that of the entry before it");
            }
            bundle.lastTime = time;
            if (entry.introduces(data)) {
                bundle.introductions.add(new Bundle.Payload(sequence, entry.payload(data, at + length)));
            } else if (sequence == 0 && entry.restores(data)) {
                bundle.restored = entry.payload(data, at + length);
            } else if (entry.prunes(data)) {
                bundle.prunings.add(new Bundle.Payload(sequence, entry.payload(data, at + length)));
            } else if (entry.salvages(data)) {
                bundle.salvages.add(new Bundle.Payload(sequence, entry.payload(data, at + length)));
            }
        } catch (Bad e) {
            bundle.malformed.add(bundle.read);
            bundle.problems.add(bundle.entriesFile() + ": entry " + sequence + " " + e.getMessage());
        }
    }

    private void roots(Bundle bundle, byte[] computed, boolean tileThere) {
        boolean same = tileThere
                && Arrays.equals(tile.bytes, 0, computed.length, computed, 0, computed.length)
                && bundle.read == bundle.width;
        if (bundle.read == bundle.width && (tileThere || bundle.lost.isEmpty())) {
            bundle.fromEntries = hashes.root(computed, bundle.width);
        }
        if (same) {
            bundle.fromTile = bundle.fromEntries;
        } else if (tileThere) {
            bundle.tileHashes = Arrays.copyOf(tile.bytes, computed.length);
            bundle.fromTile = hashes.root(bundle.tileHashes, bundle.width);
        }
        if (!same || keep.contains(bundle.index)) {
            bundle.entryHashes = computed;
        }
    }

    /** Partial files beside are of earlier checkpoints, and must be what the full ones begin with. */
    private void partials(Bundle bundle, byte[] computed, int length) throws IOException {
        for (int width : layout.partials(bundle.tileName())) {
            byte[] partial = layout.partial(bundle.tileName(), width);
            int both = Math.min(width, bundle.width) * Hashes.SIZE;
            boolean fits = partial.length == width * Hashes.SIZE
                    && (bundle.read < bundle.width || Arrays.equals(partial, 0, both, computed, 0, both));
            if (width != bundle.width && !fits) {
                bundle.problems.add(bundle.tileName() + ".p/" + width + " does not fit the entries");
            }
        }
        for (int width : layout.partials(bundle.entriesName())) {
            byte[] partial = layout.partial(bundle.entriesName(), width);
            int both = Math.min(partial.length, Math.max(0, length));
            if (!bundle.absent
                    && width != bundle.width
                    && !sameEntries(partial, entries.bytes, both, Math.min(width, bundle.width))) {
                bundle.problems.add(bundle.entriesName() + ".p/" + width + " does not fit the entries");
            }
        }
    }

    /** Compares entries without the second byte of each length, which has been written over. */
    private static boolean sameEntries(byte[] partial, byte[] data, int length, int width) {
        int at = 0;
        for (int i = 0; i < width; i++) {
            if (at + 2 > length) {
                return false;
            }
            int size = (partial[at] & 0xFF) << 8 | partial[at + 1] & 0xFF;
            int end = at + 2 + size;
            if (end > length || partial[at] != data[at] || !Arrays.equals(partial, at + 2, end, data, at + 2, end)) {
                return false;
            }
            at = end;
        }
        return true;
    }
}
