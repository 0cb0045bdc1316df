package io.stratoswarm.core.journal;

import io.stratoswarm.core.merkle.HashReader;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.ByteBuffer;

/** The tree nodes of all segments. */
final class StoredTree implements HashReader {
    private final Segments segments;

    StoredTree(Segments segments) {
        this.segments = segments;
    }

    @Override
    public byte[] read(long storedIndex) {
        long leaf = StoredHashes.leafOf(storedIndex);
        try {
            return read(segments.of(leaf), storedIndex, leaf);
        } catch (Segment.Retired e) {
            return read(segments.of(leaf), storedIndex, leaf);
        }
    }

    private static byte[] read(Segment segment, long storedIndex, long leaf) {
        return segment.read(txn -> {
            ByteBuffer hash = segment.hashes.get(txn, Bytes.direct(storedIndex));
            if (hash == null || hash.remaining() != TreeHasher.SIZE) {
                throw Damage.hash(storedIndex, leaf);
            }
            return Bytes.copy(hash);
        });
    }
}
