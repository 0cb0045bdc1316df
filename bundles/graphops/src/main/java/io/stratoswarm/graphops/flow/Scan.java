package io.stratoswarm.graphops.flow;

/** What a framer found at the front of some bytes. */
final class Scan {
    /** Why it did not go further. */
    enum End {
        /** It saw as many records as it was asked for, or all bytes belong to whole records. */
        DONE,
        /** A record begins whose end is not there yet. */
        PARTIAL,
        /** A record begins that is longer than allowed. */
        TOO_LONG
    }

    /** Of whole records, with their framing. */
    long bytes;

    /** How many; where {@link #counts} is off, only whether there are any. */
    long records;

    /** Off spares a look at all bytes, where the records are split and counted later anyway. */
    boolean counts = true;

    End end = End.DONE;

    /** With {@link End#TOO_LONG}: bytes of the record with its framing, or -1 where its end is not known yet. */
    long tooLong;

    Scan set(long bytes, long records, End end) {
        this.bytes = bytes;
        this.records = records;
        this.end = end;
        this.tooLong = -1;
        return this;
    }
}
