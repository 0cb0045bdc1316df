package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.lang.foreign.MemorySegment;

/** Tells records apart. Holds no state: each call begins at the start of a record. */
interface Framer {
    static Framer of(Framing framing) {
        return switch (framing) {
            case LINES -> new LineFramer();
            case LENGTH_PREFIXED -> new PrefixFramer();
            case BYTES -> new ByteFramer();
        };
    }

    /**
     * Finds whole records at the front.
     *
     * @param length bytes to look at
     * @param most records to look for
     * @param maxRecord bytes, without framing, that a record may have
     */
    void scan(MemorySegment bytes, long length, long most, long maxRecord, Scan into);

    /** Adds the whole records that lie in the batch's array from 0 on; {@link #scan} has seen them. */
    void split(byte[] bytes, int length, long firstSource, Records into);

    /** Notes where records end, as far as their bytes do not show it; how many notes. They are whole and {@link #scan} has seen them. */
    default int noteEnds(MemorySegment bytes, long length, Outlet into) {
        return 0;
    }

    /** Bytes that framing puts before each record. */
    default int before() {
        return 0;
    }

    /** Bytes that framing adds to each record. */
    int overhead();

    /** Writes a record with its framing and returns the place behind it. */
    int put(byte[] record, int start, int length, byte[] into, int at);

    /** How many records end in these bytes, which begin anywhere. Only where {@link #selfEvident}. */
    long ends(MemorySegment bytes, long from, long to);

    /** Whether the end of a record can be seen without knowing where it begins. */
    boolean selfEvident();
}
