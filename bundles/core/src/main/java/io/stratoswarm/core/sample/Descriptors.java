package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * How many files may be held open. Agents need the daemon's descriptors as well, so a sixth of the limit is never taken, and where
 * that runs short what is held is let go: a file that is not held is opened for each read. What is read in each round goes first,
 * and where there is no room for it what is read seldom is let go.
 */
final class Descriptors {
    private static final int RLIMIT_NOFILE = 7;

    private final long limit;
    private final LongSupplier used;
    private long free;
    private boolean tight;
    private boolean refusedHot;
    private boolean lacking;

    /** @param used how many this process has open */
    Descriptors(long limit, LongSupplier used) {
        this.limit = limit;
        this.used = used;
    }

    static Descriptors ofThisProcess() {
        long soft = Linux.rlimit(0, RLIMIT_NOFILE)[0];
        Arena arena = Arena.ofAuto();
        MemorySegment buffer = arena.allocate(144, 8);
        MemorySegment path = arena.allocateFrom("/proc/self/fd");
        return new Descriptors(soft < 0 ? Long.MAX_VALUE : soft, () -> {
            long size = Linux.sizeOf(path, buffer);
            return size > 0 ? size : listed();
        });
    }

    private static long listed() {
        String[] names = new java.io.File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }

    /** Looks again at what is used; at the begin of each round. */
    void refresh() {
        long now = used.getAsLong();
        free = limit - limit / 6 - now;
        tight = now > limit - limit / 10;
        lacking = refusedHot;
        refusedHot = false;
    }

    /**
     * Whether one more may be held; it counts as taken.
     *
     * @param hot whether it is read in each round
     */
    boolean take(boolean hot) {
        if (free <= (hot ? 0 : limit / 6)) {
            refusedHot |= hot;
            return false;
        }
        free--;
        return true;
    }

    /** Whether a file that is read in each round was refused in the last one. */
    boolean lacking() {
        return lacking;
    }

    /** Whether what is held should be let go, so that agents can start. */
    boolean tight() {
        return tight;
    }
}
