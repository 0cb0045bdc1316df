package io.stratoswarm.api.journal;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** The durable, Merkle-hashed log. All methods may be called from any thread. */
@ProviderType
public interface Journal {
    /** Identity of this journal; part of every hashed leaf. */
    UUID id();

    /** Number of durable events; the next one to become durable has this sequence. */
    long size();

    /**
     * The cut: all events from this sequence on are there. What came before was pruned, all but single events that are kept for good,
     * which {@link #get} and {@link #read} give like any other.
     */
    default long first() {
        return 0;
    }

    /**
     * Appends atomically. Appends of one caller thread keep their order. The future completes, on a journal thread, once the
     * events are durable; callbacks must not block.
     *
     * @return completes exceptionally with {@link StratoswarmException} of kind CONFLICT (expected version), INVALID (an
     *     event too large), FULL (disk or map) or UNAVAILABLE (closed)
     */
    CompletableFuture<Receipt> append(Append append);

    /** The event of this sequence, or empty where it is beyond the end or was pruned. Kind DAMAGED where it was lost to damage. */
    Optional<Event> get(long sequence);

    /** At most {@link EventQuery#limit()} events that match, ascending, or descending where the query says so. */
    List<Event> read(EventQuery query);

    /** The number of events of this subject; the version that {@link Append#expecting} compares. */
    long version(String subject);

    /**
     * Delivers every event from {@code fromSequence} on, in order, each once, first the stored ones, then live; on a thread of
     * the subscription. The consumer may block: it slows only itself. Kind GONE where it would begin before {@link #first}.
     */
    Subscription follow(long fromSequence, Consumer<Event> consumer);

    /** Size and root of the tree over the first {@link #size()} events. */
    Checkpoint checkpoint();

    /** RFC 6962 section 2.1.1: the audit path for a leaf in the tree of the given size. */
    InclusionProof proveInclusion(long sequence, long treeSize);

    /** RFC 6962 section 2.1.2: that the tree of {@code size2} extends the one of {@code size1}. */
    ConsistencyProof proveConsistency(long size1, long size2);

    /** A running {@link #follow}. */
    @ProviderType
    interface Subscription extends AutoCloseable {
        /** Sequence of the next event to be delivered. */
        long position();

        /** Stops delivery and waits for a delivery in progress to end, unless called from within it. */
        @Override
        void close();
    }
}
