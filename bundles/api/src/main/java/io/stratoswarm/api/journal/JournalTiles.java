package io.stratoswarm.api.journal;

import java.util.List;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The journal as the bytes that are hashed, for what shows it to others: leaves as they are stored, and nodes of the tree. All
 * methods may be called from any thread.
 */
@ProviderType
public interface JournalTiles {
    UUID id();

    /** As {@link Journal#first}: leaves from here on are there, and nodes of the whole tree. */
    default long first() {
        return 0;
    }

    /** Size and root of the tree over the durable events. */
    Checkpoint checkpoint();

    /** RFC 6962 section 2.1.2: that the tree of {@code size2} extends the one of {@code size1}, with the roots of both. */
    ConsistencyProof proveConsistency(long size1, long size2);

    /**
     * The leaves from this sequence on, byte for byte as they were hashed; an empty array stands for one that was lost to damage
     * and whose hash alone is known.
     *
     * @throws io.stratoswarm.api.StratoswarmException of kind INVALID where the journal is shorter, GONE where one was pruned,
     *     DAMAGED where one cannot be read
     */
    List<byte[]> leaves(long from, int count);

    /**
     * Nodes of one level of the tree, 32 bytes each, joined. A node of level <i>l</i> at index <i>n</i> is the Merkle tree hash
     * of the 2^<i>l</i> leaves from <i>n</i> · 2^<i>l</i> on.
     *
     * @throws io.stratoswarm.api.StratoswarmException of kind INVALID where the journal is shorter, DAMAGED where one cannot be
     *     read
     */
    byte[] nodes(int level, long from, int count);
}
