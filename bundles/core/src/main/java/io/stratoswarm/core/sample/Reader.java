package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The one buffer that files are read into. For one thread at a time. */
final class Reader implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    /** A table of sockets may be long; what is beyond is not read. */
    private static final int MOST = 64 << 20;

    private static final int STAT_BYTES = 144;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER, 8);
    private final MemorySegment status = arena.allocate(256, 8);
    private final Descriptors descriptors;
    private final Bytes text = new Bytes(BUFFER);

    Reader(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    Bytes text() {
        return text;
    }

    Descriptors descriptors() {
        return descriptors;
    }

    MemorySegment buffer() {
        return buffer;
    }

    /** Room for a struct stat, statfs or timex. */
    MemorySegment status() {
        assert status.byteSize() >= STAT_BYTES;
        return status;
    }

    /** Reads a descriptor from its begin to its end into {@link #text}; bytes, or the negated errno. */
    long fill(int fd) {
        int total = 0;
        while (total < MOST) {
            long read = Linux.pread(fd, buffer, total);
            if (read == -Errno.EINTR) {
                continue;
            }
            if (read < 0) {
                return read;
            }
            if (read > 0) {
                byte[] room = text.room(total + (int) read);
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, room, total, (int) read);
                total += (int) read;
            }
            // Files of the kernel give a short read only at their end, tables of many lines excepted: they end in an
            // empty one.
            if (read == 0 || total < 2_048) {
                break;
            }
        }
        text.filled(total);
        return total;
    }

    @Override
    public void close() {
        arena.close();
    }
}
