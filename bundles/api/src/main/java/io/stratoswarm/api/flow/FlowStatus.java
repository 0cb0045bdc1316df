package io.stratoswarm.api.flow;

import java.util.List;
import java.util.OptionalLong;

/**
 * A flow now.
 *
 * @param reason one line: why it is in this state, and what it waits for
 * @param recordsPerSecond read, over the last seconds
 * @param bytesPerSecond read, over the last seconds
 * @param lagRecords that have a receiver and are not delivered
 * @param lagBytes taken from the source and not in a receiver's pipe
 * @param oldestMillis how long the oldest of them has been there, where there are any
 * @param backpressure of each receiver, in the order of the ledger: share of the last seconds in which the flow waited for room, 0 to 1
 */
public record FlowStatus(
        String graph,
        String flow,
        State state,
        String reason,
        FlowLedger ledger,
        double recordsPerSecond,
        double bytesPerSecond,
        long lagRecords,
        long lagBytes,
        OptionalLong oldestMillis,
        List<Double> backpressure) {
    public FlowStatus {
        backpressure = List.copyOf(backpressure);
    }

    /** Where a flow is in its life. */
    public enum State {
        /** Something that it needs is not there. */
        WAITING,
        RUNNING,
        /** All that its source ever gave is delivered, and the source is done. */
        ENDED,
        /** It stopped by an error and is tried again. */
        FAILED
    }
}
