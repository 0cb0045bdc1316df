package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.util.Arrays;

/** Where the records end that bytes hold one behind the other. */
final class RecordEnds {
    private static final int PREFIX = 4;

    private int[] ends = new int[256];
    private int count;
    private long first;

    /**
     * Looks for them.
     *
     * @param most records that are looked for
     */
    void find(Framing framing, byte[] bytes, int from, int to, int most) {
        count = 0;
        first = 0;
        if (framing == Framing.LINES) {
            lines(bytes, from, to, most);
        } else {
            prefixed(bytes, from, to, most);
        }
    }

    private void lines(byte[] bytes, int from, int to, int most) {
        for (int at = from; at < to && count < most; at++) {
            if (bytes[at] == '\n') {
                add(at + 1);
            }
        }
    }

    private void prefixed(byte[] bytes, int from, int to, int most) {
        long at = from;
        while (to - at >= PREFIX && count < most) {
            long end = at + PREFIX + length(bytes, (int) at);
            if (count == 0) {
                first = end - from;
            }
            if (end > to) {
                break;
            }
            add((int) end);
            at = end;
        }
    }

    /** The length that a prefix says, from 0 to 2^32-1. */
    static long length(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    private void add(int end) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = end;
    }

    int count() {
        return count;
    }

    /** Bytes of the first record where its length is known, also where it is not complete; else 0. */
    long firstLength() {
        return count > 0 ? Math.max(first, 0) : first;
    }

    /** Where the record of this index ends. */
    int end(int index) {
        return ends[index];
    }

    /** Where the last one ends; 0 where there is none. */
    int last() {
        return count == 0 ? 0 : ends[count - 1];
    }

    /** How many of them end at or before this place. */
    int endedBy(int place) {
        int found = Arrays.binarySearch(ends, 0, count, place);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
