package io.stratoswarm.audit.publish;

import io.stratoswarm.api.journal.JournalTiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Tiles from what the journal stores; each is one read of neighbours. */
final class Tiles {
    private final JournalTiles journal;

    Tiles(JournalTiles journal) {
        this.journal = journal;
    }

    /** C2SP tlog-tiles: bundles that end at or below it are not there any more, because their entries were pruned. */
    long minimumIndex() {
        return journal.first() & -TilePath.WIDTH;
    }

    /** The minimum index as a file, where there is one. */
    Optional<byte[]> minimumFile() {
        long minimum = minimumIndex();
        return minimum == 0 ? Optional.empty() : Optional.of((minimum + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the entries of this bundle were pruned. */
    boolean pruned(TilePath path) {
        return path.level() == TilePath.ENTRIES && (path.index() + 1) * TilePath.WIDTH <= minimumIndex();
    }

    /** The bytes of a tile that the journal has. */
    byte[] read(TilePath path) {
        long from = path.index() * TilePath.WIDTH;
        return path.level() == TilePath.ENTRIES
                ? bundle(journal.leaves(from, path.width()))
                : journal.nodes(8 * path.level(), from, path.width());
    }

    /** C2SP tlog-tiles: each entry after its length, two bytes, big-endian. A leaf has at most 65,535 bytes. */
    static byte[] bundle(List<byte[]> leaves) {
        ByteBuffer out = ByteBuffer.allocate(
                leaves.stream().mapToInt(leaf -> Short.BYTES + leaf.length).sum());
        for (byte[] leaf : leaves) {
            out.putShort((short) leaf.length).put(leaf);
        }
        return out.array();
    }
}
