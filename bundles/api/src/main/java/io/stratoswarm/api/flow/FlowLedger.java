package io.stratoswarm.api.flow;

import java.util.List;

/**
 * The account of a flow since it was first declared, over all restarts of the daemon. Where the framing is {@code bytes}, records
 * are bytes. At every moment
 *
 * <pre>
 * read + added = filtered + refused + passed
 * routed       = delivered + inFlight + dropped      for each receiver
 * </pre>
 *
 * and {@code passed} is the sum of what was routed to all receivers, or with the route {@code copy} what was routed to each that
 * was there all the time.
 *
 * @param read records that were taken from the source, as far as they were told apart
 * @param readBytes of them, with their framing
 * @param transformedIn records that transforms were given
 * @param transformedOut records that they gave
 * @param filtered records that a transform did not let through
 * @param added records that transforms made beside those that they were given
 * @param refused records that are in the file of refused ones, or would be if it could be written
 * @param passed records that were given to one receiver or to all
 * @param waitingBytes taken from the source and not told apart yet, or not acknowledged
 * @param lostBytes that were in flight when the host ended
 * @param receivers in the order in which the flow names them
 */
public record FlowLedger(
        long read,
        long readBytes,
        long transformedIn,
        long transformedOut,
        long filtered,
        long added,
        long refused,
        long passed,
        long waitingBytes,
        long lostBytes,
        List<Receiver> receivers) {
    public FlowLedger {
        receivers = List.copyOf(receivers);
    }

    /** Records that have a receiver and are not delivered to it, over all receivers. */
    public long inFlight() {
        return receivers.stream().mapToLong(Receiver::inFlight).sum();
    }

    public long delivered() {
        return receivers.stream().mapToLong(Receiver::delivered).sum();
    }

    public long deliveredBytes() {
        return receivers.stream().mapToLong(Receiver::deliveredBytes).sum();
    }

    public long dropped() {
        return receivers.stream().mapToLong(Receiver::dropped).sum();
    }

    /** Whether the equations hold. That they do not is a defect of the daemon. */
    public boolean balanced() {
        return read + added == filtered + refused + passed
                && receivers.stream().allMatch(it -> it.routed == it.delivered + it.inFlight + it.dropped);
    }

    /**
     * The account of one receiver.
     *
     * @param routed records that are meant for it
     * @param delivered wholly in its pipe, or taken from there
     * @param inFlight on their way to its pipe
     * @param dropped that it will not get any more, because it was removed or the host ended
     * @param redelivered given once more to a receiver that had died, of all flows into the channel; 0 for delivery at most once
     * @param unacknowledged in its queue, delivered or not, and not acknowledged; 0 for delivery at most once
     */
    public record Receiver(
            String agent,
            String channel,
            long routed,
            long delivered,
            long deliveredBytes,
            long inFlight,
            long dropped,
            long redelivered,
            long unacknowledged) {
        /** Of delivery at most once. */
        public Receiver(
                String agent,
                String channel,
                long routed,
                long delivered,
                long deliveredBytes,
                long inFlight,
                long dropped) {
            this(agent, channel, routed, delivered, deliveredBytes, inFlight, dropped, 0, 0);
        }
    }
}
