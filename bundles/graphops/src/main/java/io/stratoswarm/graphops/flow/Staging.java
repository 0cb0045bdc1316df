package io.stratoswarm.graphops.flow;

import java.util.List;

/** Where a strand puts what became of a batch: the stores of its outlets, or queues. */
interface Staging {
    /** Why nothing can be written; empty where it can. */
    default String trouble() {
        return "";
    }

    /** Time until what failed is tried again; 0 where nothing failed. */
    default long waitNanos() {
        return 0;
    }

    /** Whether it puts them into queues. */
    boolean durable();

    /** Decides from now on who gets what. */
    void route(Router next);

    /** Bytes of the source that are looked at in one step. */
    int piece();

    /**
     * Takes as many records as there is room for, from this one on; all that came from one record of the source, or none of them.
     *
     * @param turn records that were routed before
     * @return the first record that was not taken
     */
    int fill(Records from, int first, long turn);

    /** Records that have a receiver, each counted once. */
    long passed();

    /** Records for which there was no receiver. */
    List<Batch.Refusal> refusals();

    /**
     * Writes what was put together. The cells are as they will be committed then, but for the bytes that are taken away.
     *
     * @param units 1 where bytes are counted and not records
     * @param taken bytes of the source that will be taken away
     * @return false where nothing was written and it has to be tried again
     */
    boolean write(long units, long taken);
}
