package io.stratoswarm.graphops.flow.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Which records of a queue are acknowledged. Records are numbered from the queue's begin. All before {@link #acked} are; of those
 * from there to {@link #given} each has a bit. The numbers live in memory that may outlive the process: first {@code acked}, then the
 * bits as a ring. Each step changes one number and may be done once more, so a crash between any two leaves it right.
 */
final class AckWindow {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final long size;
    private long acked;
    private long given;

    /**
     * @param memory one number more than a power of two
     * @param given the first record that no receiver was given
     */
    AckWindow(MemorySegment memory, long given) {
        this.memory = memory;
        this.size = (memory.byteSize() / Long.BYTES - 1) * Long.SIZE;
        if (size <= 0 || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException("a window has a power of two of records, not " + size);
        }
        this.acked = memory.get(ValueLayout.JAVA_LONG, 0);
        this.given = Math.max(acked, given);
        advance();
    }

    /** Numbers that {@code records} of them need. */
    static int numbers(int records) {
        return 1 + records / Long.SIZE;
    }

    /** The first record that is not acknowledged. */
    long acked() {
        return acked;
    }

    /** The first record that was not given to the receiver. */
    long given() {
        return given;
    }

    /** The first record that there is no room for yet. */
    long limit() {
        return acked + size;
    }

    /** All that is not acknowledged without a gap is as if it had never been given. */
    void restart() {
        given = acked;
    }

    /** Everything before this record is about to be given. */
    void give(long before) {
        if (before > limit()) {
            throw new IllegalArgumentException("record " + before + " is beyond " + limit());
        }
        if (before > given) {
            fill(given, before, false);
            given = before;
        }
    }

    /** All before this record are done with, whether they were given or not; none where it lies before {@link #acked}. */
    void forward(long record) {
        if (record > acked) {
            given = Math.max(given, record);
            setAcked(record);
            advance();
        }
    }

    /** Begins anew at a record, which may lie before what is acknowledged. */
    void reset(long record) {
        given = record;
        setAcked(record);
    }

    /**
     * These records are acknowledged, whichever of them were before.
     *
     * @return false where one of them was not given; then nothing was done
     */
    boolean acknowledge(long from, long before) {
        if (before > given || from >= before) {
            return false;
        }
        if (before <= acked) {
            return true;
        }
        if (from <= acked) {
            setAcked(before);
        } else {
            fill(from, before, true);
        }
        advance();
        return true;
    }

    private void setAcked(long record) {
        acked = record;
        LONG.setVolatile(memory, 0L, record);
    }

    private void advance() {
        long at = acked;
        while (at < given) {
            int bit = (int) (at & 63);
            long ones = Long.numberOfTrailingZeros(~(word(at) >>> bit));
            long run = Math.min(ones, Math.min(64 - bit, given - at));
            at += run;
            if (run == 0 || bit + run < 64) {
                break;
            }
        }
        if (at > acked) {
            setAcked(at);
        }
    }

    private long offset(long record) {
        return (1 + ((record & (size - 1)) >>> 6)) * Long.BYTES;
    }

    private long word(long record) {
        return memory.get(ValueLayout.JAVA_LONG, offset(record));
    }

    private void fill(long from, long before, boolean value) {
        long at = from;
        while (at < before) {
            int bit = (int) (at & 63);
            long run = Math.min(64 - bit, before - at);
            long mask = (run == 64 ? -1L : (1L << run) - 1) << bit;
            long old = word(at);
            LONG.setOpaque(memory, offset(at), value ? old | mask : old & ~mask);
            at += run;
        }
    }
}
