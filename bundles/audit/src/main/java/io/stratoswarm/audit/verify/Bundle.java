package io.stratoswarm.audit.verify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found in one bundle of entries and in the tile of their hashes. */
final class Bundle {
    final long index;
    /** How many entries the tree has in it. */
    final int width;
    /** How many of them could be cut out of the file. */
    int read;
    /** Hashes of the entries; kept where they are needed to tell what is wrong, or for a root within the bundle. */
    byte @Nullable [] entryHashes;
    /** Hashes in the tile, kept likewise. */
    byte @Nullable [] tileHashes;
    /** The root over the entries; null where some could not be read. */
    byte @Nullable [] fromEntries;
    /** The root over the tile's hashes; null where the tile is missing or of the wrong length. */
    byte @Nullable [] fromTile;
    /** The one of the two that the tree has. */
    byte @Nullable [] chosen;

    long firstTime = Long.MIN_VALUE;
    long lastTime = Long.MIN_VALUE;
    final List<Integer> lost = new ArrayList<>(0);
    final List<Integer> malformed = new ArrayList<>(0);
    final List<String> problems = new ArrayList<>(0);
    final List<Payload> introductions = new ArrayList<>(0);
    final List<Payload> salvages = new ArrayList<>(0);
    final List<Payload> prunings = new ArrayList<>(0);
    /** Whether the file of entries is not there, as that of a pruned log need not be. */
    boolean absent;

    byte @Nullable [] restored;

    /** The payload of an entry. */
    record Payload(long sequence, byte[] bytes) {}

    private final Layout layout;

    Bundle(Layout layout, long index, int width) {
        this.layout = layout;
        this.index = index;
        this.width = width;
    }

    long first() {
        return index * Layout.WIDTH;
    }

    String entriesName() {
        return Layout.name("entries", index);
    }

    String tileName() {
        return Layout.name("0", index);
    }

    /** The file of the entries, for a report. */
    String entriesFile() {
        return layout.used(entriesName(), width);
    }

    String tileFile() {
        return layout.used(tileName(), width);
    }

    /** The hashes that the tree has, where they were kept. */
    byte @Nullable [] hashes() {
        return chosen != null && chosen == fromTile && chosen != fromEntries ? tileHashes : entryHashes;
    }
}
