package io.stratoswarm.core.tool;

import io.stratoswarm.core.journal.JournalBuilder;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a tree of which some leaves are lost: computed where everything below is there, else as they were stored, else
 * unknown.
 */
final class KnownTree {
    private static final int FRAME_HEADER = 20;

    private final JournalBuilder builder;
    private final TreeHasher hasher = new TreeHasher();
    /** Levels whose peak was computed from events alone. */
    private final BitSet computed = new BitSet();

    KnownTree(JournalBuilder builder) {
        this.builder = builder;
    }

    boolean fits(byte[] frame, byte @Nullable [] leafHash) {
        return leafHash != null && Arrays.equals(hash(frame), leafHash);
    }

    private byte[] hash(byte[] frame) {
        return hasher.leaf(frame, FRAME_HEADER, frame.length - FRAME_HEADER);
    }

    /** The nodes that leaf {@code sequence} completes, itself first; the frame is null where the event is lost. */
    List<byte @Nullable []> nodes(long sequence, byte @Nullable [] frame, @Nullable RawScan scan) {
        long index = StoredHashes.indexOfLeaf(sequence);
        boolean sure = frame != null;
        byte @Nullable [] node = frame != null ? hash(frame) : stored(scan, index);
        List<byte @Nullable []> nodes = new ArrayList<>(2);
        nodes.add(node);
        int levels = StoredHashes.completedBy(sequence);
        for (int level = 1; level <= levels; level++) {
            byte @Nullable [] left = builder.peak(level - 1);
            byte @Nullable [] joined = left == null || node == null ? null : hasher.node(left, node);
            byte @Nullable [] kept = stored(scan, index + level);
            sure &= computed.get(level - 1);
            // A stored hash below may itself be damaged; what is computed from events alone is not.
            node = joined != null && (sure || kept == null) ? joined : kept;
            nodes.add(node);
        }
        computed.set(levels, sure);
        return nodes;
    }

    private static byte @Nullable [] stored(@Nullable RawScan scan, long index) {
        return scan == null ? null : scan.hash(index);
    }
}
