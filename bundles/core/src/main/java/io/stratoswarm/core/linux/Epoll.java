package io.stratoswarm.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An epoll instance. Keys are chosen by the caller (any but the least long) and come back with each event. Adding and removing are
 * safe on any thread; one thread waits.
 */
public final class Epoll implements AutoCloseable {
    public static final int IN = 0x1;
    public static final int OUT = 0x4;
    public static final int ERR = 0x8;
    public static final int HUP = 0x10;
    public static final int EDGE = 1 << 31;

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int CHANGE = 3;
    private static final long WAKE = Long.MIN_VALUE;
    /** The structure is packed on x86-64 alone. */
    private static final long STRIDE = Syscall.arm() ? 16 : 12;

    private static final long DATA = Syscall.arm() ? 8 : 4;
    private static final int MOST = 256;

    /** Told of each ready descriptor. */
    @FunctionalInterface
    public interface Ready {
        void ready(long key, int events);
    }

    private final int fd;
    private final int wake;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(STRIDE * MOST, 8);
    private final MemorySegment counter = arena.allocate(8, 8);
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
    private final MemorySegment change = arena.allocate(STRIDE, 8);

    public Epoll() {
        fd = (int) Linux.check(Syscall.EPOLL_CREATE1.call(Linux.O_CLOEXEC, 0), "cannot make an epoll instance");
        wake = (int) Linux.check(
                Syscall.EVENTFD2.call(0, Linux.O_CLOEXEC | Linux.O_NONBLOCK), "cannot make an event descriptor");
        add(wake, IN, WAKE);
    }

    public void add(int target, int interest, long key) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment event = call.allocate(STRIDE, 8);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, 0, interest);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, key);
            Linux.check(
                    Syscall.EPOLL_CTL.call(fd, ADD, target, event.address()),
                    "cannot watch descriptor " + target + " (key " + key + ")");
        }
    }

    /** Watches a descriptor for this instead of what it was watched for, if anything. For the thread that waits. */
    public void change(int target, int interest, long key) {
        change.set(ValueLayout.JAVA_INT_UNALIGNED, 0, interest);
        change.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, key);
        long result = Syscall.EPOLL_CTL.call(fd, CHANGE, target, change.address());
        if (result == -Errno.ENOENT) {
            result = Syscall.EPOLL_CTL.call(fd, ADD, target, change.address());
        }
        if (result < 0) {
            throw new LinuxException("cannot watch descriptor " + target + " (key " + key + ")", (int) -result);
        }
    }

    /** Forgets a descriptor; one that is not watched is no error. */
    public void remove(int target) {
        Syscall.EPOLL_CTL.call(fd, REMOVE, target, 0);
    }

    /** Ends a wait that is going on or the next one. */
    public void wakeUp() {
        Linux.write(wake, one);
    }

    /** Waits at most so long (-1: without end) and tells of what is ready; returns how many descriptors were, without wake-ups. */
    public int await(int timeoutMillis, Ready ready) {
        long count = Syscall.EPOLL_PWAIT.call(fd, events.address(), MOST, timeoutMillis, 0, 8);
        if (count == -Errno.EINTR) {
            return 0;
        }
        Linux.check(count, "cannot wait for events");
        int told = 0;
        for (long i = 0; i < count; i++) {
            int what = events.get(ValueLayout.JAVA_INT_UNALIGNED, i * STRIDE);
            long key = events.get(ValueLayout.JAVA_LONG_UNALIGNED, i * STRIDE + DATA);
            if (key == WAKE) {
                Linux.read(wake, counter);
            } else {
                ready.ready(key, what);
                told++;
            }
        }
        return told;
    }

    /** Call it only once no thread waits any more. */
    @Override
    public void close() {
        Linux.close(fd);
        Linux.close(wake);
        arena.close();
    }
}
