package io.stratoswarm.audit.publish;

import io.stratoswarm.api.journal.JournalTiles;
import java.nio.ByteBuffer;
import java.util.List;

/** Tiles from what the journal stores; each is one read of neighbours. */
final class Tiles {
    private final JournalTiles journal;

    Tiles(JournalTiles journal) {
        this.journal = journal;
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
