package io.stratoswarm.core.journal;

import java.nio.ByteBuffer;

/**
 * The index of one event. {@code previous...} is the place (offset in the segment plus 1) of the event before it in the same
 * segment with the same subject or type, or 0. A chain takes no random page per event, as a sorted index would.
 */
record IndexEntry(int subject, int type, int previousOfSubject, int previousOfType) {
    static final int BYTES = 16;

    static IndexEntry read(ByteBuffer in) {
        int at = in.position();
        return new IndexEntry(in.getInt(at), in.getInt(at + 4), in.getInt(at + 8), in.getInt(at + 12));
    }
}
