package io.stratoswarm.core.pipe;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A pipe as one descriptor, open for reading and for writing and never waiting. */
final class LinuxPipe implements Pipe {
    /** A pipe takes no more than this for a user who may not exceed his share: it is that of out and err as well. */
    private static final int SHARED_BYTES = 256 << 10;

    private static final int WANTED_BYTES = 1 << 20;

    private final String name;
    /** Where {@link #discard} moves bytes to. */
    private final int nowhere;
    /** Freed with this object; a FIONREAD needs an address for its answer. */
    private final MemorySegment answer = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);

    /** -1 once it is closed, so that no call can reach a descriptor that was given to something else. */
    private int fd;

    LinuxPipe(String name, int fd, int nowhere) {
        this.name = name;
        this.fd = fd;
        this.nowhere = nowhere;
    }

    /** Opens a FIFO and makes it large; the caller closes the descriptor. */
    static int open(Path fifo) {
        int fd = Linux.open(fifo, Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        enlarge(fd);
        return fd;
    }

    /** The kernel may refuse a large pipe, to a user who has many; then it stays as it is and flows go in smaller steps. */
    static void enlarge(int fd) {
        int wanted = Linux.effectiveUser() == 0 ? WANTED_BYTES : SHARED_BYTES;
        if (Linux.pipeSize(fd) < wanted && Linux.pipeSize(fd, wanted) < 0) {
            Linux.pipeSize(fd, SHARED_BYTES);
        }
    }

    int descriptor() {
        return fd;
    }

    @Override
    public long read(MemorySegment into) {
        return moved(Linux.read(fd, outside(into)), "read from");
    }

    @Override
    public long write(MemorySegment from) {
        return moved(Linux.write(fd, outside(from)), "write to");
    }

    @Override
    public long moveTo(Pipe target, long most) {
        return most <= 0
                ? 0
                : moved(Linux.splice(fd, of(target).fd, most), "move bytes to " + of(target).name + " from");
    }

    @Override
    public long copyTo(Pipe target, long most) {
        return most <= 0 ? 0 : moved(Linux.tee(fd, of(target).fd, most), "copy bytes to " + of(target).name + " from");
    }

    @Override
    public long discard(long most) {
        long gone = 0;
        while (gone < most) {
            long more = moved(Linux.splice(fd, nowhere, most - gone), "discard bytes of");
            if (more == 0) {
                break;
            }
            gone += more;
        }
        return gone;
    }

    @Override
    public long waiting() {
        return moved(Linux.waiting(fd, answer), "count the bytes in");
    }

    @Override
    public long capacity() {
        return moved(Linux.pipeSize(fd), "read the size of");
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Linux.close(fd);
            fd = -1;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    static LinuxPipe of(Pipe pipe) {
        if (pipe instanceof LinuxPipe ours) {
            return ours;
        }
        throw new IllegalArgumentException(pipe + " is no pipe of this service");
    }

    private long moved(long result, String what) {
        if (result >= 0) {
            return result;
        }
        if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
            return 0;
        }
        throw new LinuxException("cannot " + what + " the pipe " + name, (int) -result);
    }

    /** The kernel is given an address, and what is on Java's heap has none. */
    private static MemorySegment outside(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "a pipe reads and writes memory outside of the heap; allocate it from an Arena");
        }
        return segment;
    }
}
