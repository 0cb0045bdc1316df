package io.stratoswarm.graphops.flow;

/** Which word of a strand's state is what. New words go to free places; a changed meaning needs a new version of the file. */
final class Words {
    /** The store of what came from the source and was not routed yet. */
    static final int IN = 0;
    /** Bytes at the front of it that are dealt with and only have to be discarded. */
    static final int TAKE = 4;

    static final int READ = 5;
    static final int READ_BYTES = 6;
    static final int FILTERED = 7;
    static final int REFUSED = 8;
    /** Records that transforms made beside those that they were given. */
    static final int ADDED = 9;
    /** How often the turn went to the next receiver. */
    static final int ROUND = 10;
    /** Of a record that is passed over: bytes to come, or -1 for all up to a newline. */
    static final int SKIP = 11;
    /** Bytes that were lost with the host. */
    static final int LOST_BYTES = 12;
    /** Number and length of the file of refused records, as of this strand's last one. */
    static final int REFUSED_FILE = 13;

    static final int REFUSED_LENGTH = 14;
    static final int TRANSFORMED_IN = 15;
    static final int TRANSFORMED_OUT = 16;
    /** Which start of the host the pipes are from. */
    static final int BOOT = 17;
    /** 1 where the trunk of its channel feeds it. */
    static final int TRUNK = 18;
    /** What was read when it joined the trunk, less where the trunk was. */
    static final int TRUNK_BASE = 19;

    /** Records that were given to receivers, each counted once, however many get it. */
    static final int PASSED = 20;

    /** What a durable queue is told with the records, so that it agrees with them whatever the host does; first the bytes. */
    static final int[] DURABLE = {
        READ_BYTES,
        READ,
        FILTERED,
        REFUSED,
        ADDED,
        ROUND,
        REFUSED_FILE,
        REFUSED_LENGTH,
        TRANSFORMED_IN,
        TRANSFORMED_OUT,
        PASSED
    };
    /** Of the first strand of a flow: whether it runs, how often it started, and for which starts of its sources it has ended. */
    static final int STARTED = 21;

    static final int STARTS = 22;
    static final int ENDED_FOR = 23;

    /** Start of its source whose pipe is read, where each start has one of its own, and what had been read before it. */
    static final int INCARNATION = 28;

    static final int INCARNATION_READ = 29;

    /** Where the outlets begin. */
    static final int OUTLETS = 32;
    /** Words of each. */
    static final int OUTLET = 16;

    // Of an outlet.
    /** Tells the receiver. */
    static final int KEY = 0;

    static final int STORE = 1;
    static final int ROUTED = 5;
    /** Bytes that are counted and go to the receiver next: how many there were, and how many are left. */
    static final int PLAN = 6;

    static final int PLAN_LEFT = 7;
    /** Records that end in what is left of it. */
    static final int PLAN_RECORDS = 8;

    static final int DELIVERED = 9;
    static final int DELIVERED_BYTES = 10;
    /** Bytes behind the plan that do not count: they were written and then the daemon was killed. */
    static final int JUNK = 11;
    /** Of a record that is moved in several plans: bytes so far where it ends with a newline, else those to come; or 0. */
    static final int OPEN = 12;
    /** Records that will not be delivered any more, because the receiver was removed or the host ended. */
    static final int DROPPED = 13;
    /** Number of notes of where the records of the plan end. */
    static final int NOTES = 14;

    private Words() {}
}
