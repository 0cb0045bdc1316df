package io.stratoswarm.graphops.flow.queue;

/**
 * What a delivery has to know of the agent.
 *
 * @param incarnation number of its last start
 * @param running whether that one runs
 * @param completed whether that one ended with status 0 and is not started again
 * @param sourcesEnded whether nothing will be appended to its queue any more
 */
public record ReceiverState(long incarnation, boolean running, boolean completed, boolean sourcesEnded) {
    public static final ReceiverState NONE = new ReceiverState(0, false, false, false);
}
