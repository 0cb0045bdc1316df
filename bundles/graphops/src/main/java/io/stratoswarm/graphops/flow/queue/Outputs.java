package io.stratoswarm.graphops.flow.queue;

/** Counts what an agent gives, for receivers that give one record for each that they take. */
@FunctionalInterface
public interface Outputs {
    /**
     * What was taken from the output of an incarnation.
     *
     * @param records that are safe: durable where the flow that took them is at least once, else in the pipe of their receiver
     * @param all whether nothing more will come: it has ended, and its pipe was read to the end
     */
    record Taken(long records, boolean all) {}

    Taken taken(long incarnation);
}
