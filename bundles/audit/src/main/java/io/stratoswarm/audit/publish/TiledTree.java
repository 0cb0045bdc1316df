package io.stratoswarm.audit.publish;

import java.io.IOException;
import java.util.Arrays;

/** Roots of a tree whose nodes are in tiles. */
final class TiledTree {
    private final TreeHash hash = new TreeHash();
    private final Reader reader;

    /** Where tiles are. */
    interface Reader {
        /** The first so many hashes of a tile, or more. */
        byte[] read(int level, long index, int width) throws IOException;
    }

    TiledTree(Reader reader) {
        this.reader = reader;
    }

    /** RFC 6962 section 2.1: the root of the first so many leaves, at least one. */
    byte[] root(long size) throws IOException {
        byte[] root = new byte[0];
        for (int level = 0; level < 63; level++) {
            if ((size >>> level & 1) == 1) {
                byte[] peak = node(level, (size >>> level) - 1);
                root = root.length == 0 ? peak : hash.node(peak, root);
            }
        }
        return root;
    }

    private byte[] node(int level, long index) throws IOException {
        int below = level % 8;
        int tile = level / 8;
        long first = index << below;
        int offset = (int) (first % TilePath.WIDTH);
        int count = 1 << below;
        byte[] hashes = reader.read(tile, first / TilePath.WIDTH, offset + count);
        return fold(hashes, offset, count);
    }

    private byte[] fold(byte[] hashes, int offset, int count) {
        if (count == 1) {
            return Arrays.copyOfRange(hashes, offset * TreeHash.SIZE, (offset + 1) * TreeHash.SIZE);
        }
        return hash.node(fold(hashes, offset, count / 2), fold(hashes, offset + count / 2, count / 2));
    }
}
