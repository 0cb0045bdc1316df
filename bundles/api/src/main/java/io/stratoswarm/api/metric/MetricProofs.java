package io.stratoswarm.api.metric;

import io.stratoswarm.api.journal.Cause;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Proves stored metrics by the journal: each closing of blocks is an event {@link #TYPE} with the RFC 6962 root over their hashes.
 */
@ProviderType
public interface MetricProofs {
    /** Type of the events that carry a root. */
    String TYPE = "MetricBlocksClosed";

    /** How a closing stands to what is stored now. */
    enum State {
        /** All blocks are there and give the root that the event names. */
        GOOD,
        /** Some blocks are gone because their time was over; what is left cannot give the root. */
        EXPIRED,
        /** The blocks or the event are not what was written. */
        BAD,
        /** The event is not durable yet. */
        PENDING
    }

    /**
     * @param firstBlock number of the first block; the others follow without a gap
     * @param blocks how many
     * @param closedMillis when they were closed
     * @param sequence of the event; -1 where there is none yet
     * @param root lower-case hexadecimal
     * @param detail what was found, in words
     */
    record Closing(
            long firstBlock, int blocks, long closedMillis, long sequence, String root, State state, String detail) {}

    /** Recomputes the roots of the closings of a range of time, oldest first. */
    List<Closing> verify(long fromMillis, long toMillis);

    /**
     * The samples that a recorded cause names.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND where the block is not kept any more
     */
    List<Points> resolve(Cause.OfMetrics cause);
}
