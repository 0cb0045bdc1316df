package io.stratoswarm.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;

/** System calls with Java types. A call that fails throws {@link LinuxException} unless it says otherwise. */
public final class Linux {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;

    private static final int AT_FDCWD = -100;
    private static final int S_IFIFO = 0x1000;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int FIONREAD = 0x541B;
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int SPLICE_F_MOVE_NONBLOCK = 1 | SPLICE_F_NONBLOCK;
    private static final int SEEK_END = 2;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;
    /** The same on both architectures, as are 144 bytes for the whole structure. */
    private static final long ST_SIZE = 48;

    private static final int MADV_DONTNEED = 4;
    private static final int MADV_PAGEOUT = 21;
    private static final int PRIO_PROCESS = 0;

    private Linux() {}

    static long check(long result, String what) {
        if (result < 0) {
            throw new LinuxException(what, (int) -result);
        }
        return result;
    }

    /** Opens close-on-exec. */
    public static int open(Path path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) check(
                    Syscall.OPENAT.call(AT_FDCWD, text(arena, path), flags | O_CLOEXEC, mode), "cannot open " + path);
        }
    }

    /** Closing is never retried: the descriptor is gone whatever the kernel answers. */
    public static void close(int fd) {
        Syscall.CLOSE.call(fd, 0);
    }

    /** Makes a FIFO that only its owner may use; false where something of that name is there already. */
    public static boolean mkfifo(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Syscall.MKNODAT.call(AT_FDCWD, text(arena, path), S_IFIFO | 0600, 0);
            if (result == -Errno.EEXIST) {
                return false;
            }
            check(result, "cannot make the FIFO " + path);
            return true;
        }
    }

    /** Bytes read, 0 at the end, or the negated errno. */
    public static long read(int fd, MemorySegment buffer) {
        return Syscall.READ.call(fd, buffer.address(), buffer.byteSize(), 0);
    }

    /** Bytes written, or the negated errno. */
    public static long write(int fd, MemorySegment buffer) {
        return Syscall.WRITE.call(fd, buffer.address(), buffer.byteSize(), 0);
    }

    /** Writes a short text in one call; on a FIFO that makes it atomic. Returns the negated errno where it failed. */
    public static long write(int fd, String text) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return write(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
        }
    }

    /** The byte at an offset, or -1 where there is none. */
    public static int byteAt(int fd, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(1);
            return Syscall.PREAD64.call(fd, one.address(), 1, offset) == 1
                    ? one.get(ValueLayout.JAVA_BYTE, 0) & 0xff
                    : -1;
        }
    }

    public static void truncate(int fd, long length) {
        check(Syscall.FTRUNCATE.call(fd, length), "cannot cut descriptor " + fd + " to " + length + " bytes");
    }

    /** Length of the file, which is also where the descriptor then stands. */
    public static long seekEnd(int fd) {
        return check(Syscall.LSEEK.call(fd, 0, SEEK_END, 0), "cannot find the end of descriptor " + fd);
    }

    /**
     * Moves bytes from a pipe to a file at an offset, without their passing through this process: what a crash interrupts is
     * either still in the pipe or already in the file. Never waits. Bytes moved, or the negated errno.
     */
    public static long spliceToFile(int pipe, int file, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment position = arena.allocateFrom(ValueLayout.JAVA_LONG, offset);
            return Syscall.SPLICE.call(pipe, 0, file, position.address(), length, SPLICE_F_MOVE_NONBLOCK);
        }
    }

    /** Moves bytes from a pipe to a pipe or to a device without waiting. Bytes moved, or the negated errno. */
    public static long splice(int pipe, int target, long most) {
        return Syscall.SPLICE.call(pipe, 0, target, 0, most, SPLICE_F_MOVE_NONBLOCK);
    }

    /** Copies bytes from a pipe to a pipe without waiting, and leaves them in the first. Bytes copied, or the negated errno. */
    public static long tee(int pipe, int target, long most) {
        return Syscall.TEE.call(pipe, target, most, SPLICE_F_NONBLOCK);
    }

    /** Bytes that wait in a pipe, or the negated errno; the buffer has room for an int. */
    public static long waiting(int pipe, MemorySegment buffer) {
        long result = Syscall.IOCTL.call(pipe, FIONREAD, buffer.address(), 0);
        return result < 0 ? result : buffer.get(ValueLayout.JAVA_INT, 0);
    }

    /** A pipe without a name, close-on-exec and non-blocking: its reading and its writing end. */
    public static int[] pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            check(Syscall.PIPE2.call(ends.address(), O_CLOEXEC | O_NONBLOCK), "cannot make a pipe");
            return new int[] {ends.get(ValueLayout.JAVA_INT, 0), ends.get(ValueLayout.JAVA_INT, 4)};
        }
    }

    /** The size of the pipe, or the negated errno. */
    public static long pipeSize(int fd) {
        return Syscall.FCNTL.call(fd, F_GETPIPE_SZ);
    }

    /** The new size of the pipe, or the negated errno: what is asked may exceed the user's share. */
    public static long pipeSize(int fd, int bytes) {
        return Syscall.FCNTL.call(fd, F_SETPIPE_SZ, bytes, 0);
    }

    /** Gives a file so many bytes from its beginning on the disk; what it has stays. 0, or the negated errno. */
    public static long allocate(int fd, long bytes) {
        return Syscall.FALLOCATE.call(fd, 0, 0, bytes);
    }

    /**
     * Lets go of the pages of a shared map of a file, or of a private one that was never changed; any other memory would lose what it holds.
     * 0, or the negated errno.
     */
    static long releaseMapped(long address, long length) {
        return Syscall.MADVISE.call(address, length, MADV_DONTNEED, 0);
    }

    /** A descriptor of a process, or the negated errno. */
    public static int pidfdOpen(int pid) {
        return (int) Syscall.PIDFD_OPEN.call(pid, 0);
    }

    /** Zero, or the negated errno; signal 0 only asks. */
    public static int pidfdSignal(int pidfd, int signal) {
        return (int) Syscall.PIDFD_SEND_SIGNAL.call(pidfd, signal, 0, 0);
    }

    /** Zero, or the negated errno. */
    public static int kill(int pid, int signal) {
        return (int) Syscall.KILL.call(pid, signal);
    }

    public static int effectiveUser() {
        return (int) Syscall.GETEUID.call(0, 0);
    }

    public static int effectiveGroup() {
        return (int) Syscall.GETEGID.call(0, 0);
    }

    /** Resource limit of a process (0: this one): soft and hard, -1 for unlimited. */
    public static long[] rlimit(int pid, int resource) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(16, 8);
            check(Syscall.PRLIMIT64.call(pid, resource, 0, limits.address()), "cannot read resource limit " + resource);
            return new long[] {limits.get(ValueLayout.JAVA_LONG, 0), limits.get(ValueLayout.JAVA_LONG, 8)};
        }
    }

    /** Number of processors that this process may run on. */
    public static int affinityCount() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(8192, 8);
            long bytes = check(
                    Syscall.SCHED_GETAFFINITY.call(0, mask.byteSize(), mask.address(), 0), "cannot read the affinity");
            int count = 0;
            for (long i = 0; i < bytes; i++) {
                count += Integer.bitCount(mask.get(ValueLayout.JAVA_BYTE, i) & 0xff);
            }
            return count;
        }
    }

    /** Sets the niceness of one thread; zero, or the negated errno. */
    public static int niceness(int thread, int value) {
        return (int) Syscall.SETPRIORITY.call(PRIO_PROCESS, thread, value, 0);
    }

    /** Keeps one thread on these processors, as far as its cpuset has them; zero, or the negated errno. */
    public static int affinity(int thread, Collection<Integer> cpus) {
        try (Arena arena = Arena.ofConfined()) {
            BitSet set = new BitSet();
            cpus.forEach(set::set);
            long[] words = set.toLongArray();
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, words);
            return (int) Syscall.SCHED_SETAFFINITY.call(thread, mask.byteSize(), mask.address(), 0);
        }
    }

    /** Asks the kernel to take away these pages of another process; bytes that were asked for, or the negated errno. */
    public static long pageOut(int pidfd, long address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocateFrom(ValueLayout.JAVA_LONG, address, length);
            return Syscall.PROCESS_MADVISE.call(pidfd, range.address(), 1, MADV_PAGEOUT, 0, 0);
        }
    }

    /** Opens for reading, close-on-exec; the descriptor or the negated errno. */
    public static int tryOpen(MemorySegment path) {
        return (int) Syscall.OPENAT.call(AT_FDCWD, path.address(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    }

    /** Bytes read from an offset, 0 at the end, or the negated errno. */
    public static long pread(int fd, MemorySegment buffer, long offset) {
        return Syscall.PREAD64.look(fd, buffer.address(), buffer.byteSize(), offset);
    }

    /** Size of what a descriptor names, or the negated errno; the buffer has 144 bytes. */
    public static long sizeOf(int fd, MemorySegment buffer) {
        long result = Syscall.FSTAT.look(fd, buffer.address(), 0, 0);
        return result < 0 ? result : buffer.get(ValueLayout.JAVA_LONG, ST_SIZE);
    }

    /** Size of what a path names, or the negated errno; the buffer has 144 bytes. */
    public static long sizeOf(MemorySegment path, MemorySegment buffer) {
        long result = Syscall.NEWFSTATAT.call(AT_FDCWD, path.address(), buffer.address(), 0);
        return result < 0 ? result : buffer.get(ValueLayout.JAVA_LONG, ST_SIZE);
    }

    /** Bytes of directory entries as getdents64(2) gives them, 0 at the end, or the negated errno. */
    public static long entries(int fd, MemorySegment buffer) {
        return Syscall.GETDENTS64.call(fd, buffer.address(), buffer.byteSize(), 0);
    }

    /** Goes back to the begin of a directory. */
    public static void rewind(int fd) {
        Syscall.LSEEK.call(fd, 0, 0, 0);
    }

    /** Bytes of the target of a link below a directory, or the negated errno. */
    public static long readLink(int directory, MemorySegment name, MemorySegment buffer) {
        return Syscall.READLINKAT.call(directory, name.address(), buffer.address(), buffer.byteSize());
    }

    /** Fills a struct statfs of 120 bytes: zero, or the negated errno. May hang where a network file system is dead. */
    public static long statfs(MemorySegment path, MemorySegment buffer) {
        return Syscall.STATFS.call(path.address(), buffer.address());
    }

    /** Fills a struct timex of 208 bytes without setting anything: the state of the clock, or the negated errno. */
    public static long adjtimex(MemorySegment buffer) {
        buffer.set(ValueLayout.JAVA_INT, 0, 0);
        return Syscall.ADJTIMEX.call(buffer.address(), 0);
    }

    /** Nanoseconds of processor time that the calling thread has used. */
    public static long threadCpuNanos(MemorySegment buffer) {
        check(Syscall.CLOCK_GETTIME.call(CLOCK_THREAD_CPUTIME_ID, buffer.address()), "cannot read the thread's clock");
        return buffer.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + buffer.get(ValueLayout.JAVA_LONG, 8);
    }

    static long text(Arena arena, Path path) {
        return arena.allocateFrom(path.toString()).address();
    }
}
