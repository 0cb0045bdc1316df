package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A file that is read again and again: held open where descriptors allow, else opened each time. A file of a process that is held
 * stays that process's, whoever gets its pid.
 */
final class Held {
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment path;
    private int fd = -1;
    /** Why it could not be read the last time; 0 where it could. */
    private int failure;

    private final boolean hot;

    /** A file that is read in each round. */
    Held(String path) {
        this(path, true);
    }

    /** @param hot whether it is read in each round */
    Held(String path, boolean hot) {
        this.path = arena.allocateFrom(path);
        this.hot = hot;
    }

    /** Reads it from the begin into the reader's text; false where that fails, and {@link #failure} says why. */
    boolean read(Reader reader) {
        int at = open(reader.descriptors());
        if (at < 0) {
            failure = -at;
            return false;
        }
        long result = reader.fill(at);
        failure = result < 0 ? (int) -result : 0;
        release(at);
        return result >= 0;
    }

    /** The size that the kernel gives of it: of a folder of descriptors since Linux 6.2 their number; -1 where that fails. */
    long size(Reader reader) {
        int at = open(reader.descriptors());
        if (at < 0) {
            failure = -at;
            return -1;
        }
        long result = Linux.sizeOf(at, reader.status());
        failure = result < 0 ? (int) -result : 0;
        release(at);
        return result;
    }

    /** A descriptor of it, or the negated errno; {@link #release} must follow. */
    int open(Descriptors descriptors) {
        if (fd >= 0) {
            return fd;
        }
        int opened = Linux.tryOpen(path);
        if (opened >= 0 && descriptors.take(hot)) {
            fd = opened;
        }
        return opened;
    }

    void release(int opened) {
        if (opened != fd) {
            Linux.close(opened);
        }
    }

    /** Errno of the last read; 0 where it went well. */
    int failure() {
        return failure;
    }

    /** Whether what it tells of is gone, and not just forbidden. */
    boolean gone() {
        return failure == Errno.ENOENT || failure == Errno.ESRCH || failure == ENODEV;
    }

    /** What a file of a removed cgroup gives. */
    private static final int ENODEV = 19;

    void close() {
        if (fd >= 0) {
            Linux.close(fd);
            fd = -1;
        }
    }
}
