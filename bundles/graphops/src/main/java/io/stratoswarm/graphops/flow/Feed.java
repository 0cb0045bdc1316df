package io.stratoswarm.graphops.flow;

/** What a strand takes bytes from: its source's channel, or the trunk that several strands share. */
interface Feed {
    /** Puts bytes into the store, at most so many; 0 where there are none now, or no room. */
    long fill(Store store, long most);

    /** Whether bytes wait that did not get to all who read them. */
    boolean waiting();

    /** Whether what comes after this was not connected yet, because this is not read out. */
    default boolean behind() {
        return false;
    }

    /** Whether there is anything to take from at all. */
    boolean there();

    /** Whether anything that was written is still to come. */
    default boolean more() {
        return waiting() || behind();
    }
}
