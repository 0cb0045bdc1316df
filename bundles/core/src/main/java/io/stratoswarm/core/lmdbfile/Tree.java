package io.stratoswarm.core.lmdbfile;

import java.nio.ByteBuffer;

/**
 * What LMDB keeps of one B-tree, {@code MDB_db} in its source.
 *
 * @param root page number of the root, or {@link #EMPTY}
 */
public record Tree(
        String name,
        int flags,
        int depth,
        long branchPages,
        long leafPages,
        long overflowPages,
        long entries,
        long root) {
    public static final long EMPTY = -1;
    static final int BYTES = 48;

    static Tree read(String name, ByteBuffer in, int at) {
        return new Tree(
                name,
                in.getShort(at + 4) & 0xFFFF,
                in.getShort(at + 6) & 0xFFFF,
                in.getLong(at + 8),
                in.getLong(at + 16),
                in.getLong(at + 24),
                in.getLong(at + 32),
                in.getLong(at + 40));
    }
}
