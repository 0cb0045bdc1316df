package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Copies memory of another process, many ranges at a call. */
public final class ProcessMemory implements AutoCloseable {
    /** UIO_MAXIOV. */
    private static final int VECTORS = 1024;

    /** What one call moves at most, so that a deadline is looked at often enough. */
    private static final long MOST = 64L << 20;

    private final int pid;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment remote = arena.allocate(VECTORS * 16L, 8);
    private final MemorySegment local = arena.allocate(16, 8);
    private boolean byCall;
    private long descriptor = -1;
    private int vectors;

    /** @param byCall whether process_vm_readv may be tried; else {@code /proc/PID/mem} is read */
    public ProcessMemory(int pid, boolean byCall) {
        this.pid = pid;
        this.byCall = byCall;
    }

    /** A range of addresses, and where its bytes lie in the buffer. */
    public record Run(long address, long length, long offset) {
        public long end() {
            return address + length;
        }
    }

    /**
     * Copies runs, whose offsets follow one another, into the buffer.
     *
     * @param more asked between two calls; false ends the copying
     * @return what could not be read, whose bytes in the buffer say nothing
     * @throws LinuxFailure where nothing more can be read, for example since the process is gone
     */
    public List<Run> copy(List<Run> runs, MemorySegment into, BooleanSupplier more) throws LinuxFailure {
        List<Run> unread = new ArrayList<>();
        int index = 0;
        long done = 0;
        while (index < runs.size()) {
            if (!more.getAsBoolean()) {
                Run at = runs.get(index);
                unread.add(new Run(at.address() + done, at.length() - done, at.offset() + done));
                unread.addAll(runs.subList(index + 1, runs.size()));
                return unread;
            }
            long want = batch(runs, index, done, into);
            Run first = runs.get(index);
            long got = read(first.address() + done, first.offset() + done, want, into);
            if (got == -Errno.EFAULT) {
                // Where the process itself may not read, this file still may.
                got = byFile(first.address() + done, first.offset() + done, PageScan.PAGE, into);
            }
            if (got == -Errno.EFAULT) {
                unread.add(new Run(first.address() + done, PageScan.PAGE, first.offset() + done));
                got = PageScan.PAGE;
            } else if (got < 0) {
                throw new LinuxFailure(got, "the memory of process " + pid + " cannot be read");
            }
            while (got > 0) {
                long left = runs.get(index).length() - done;
                long step = Math.min(left, got);
                got -= step;
                done += step;
                if (done == runs.get(index).length()) {
                    index++;
                    done = 0;
                }
            }
        }
        return unread;
    }

    /** Fills the vectors from this place on; tells how many bytes they name. */
    private long batch(List<Run> runs, int index, long done, MemorySegment into) {
        long total = 0;
        int count = 0;
        for (int i = index; i < runs.size() && count < VECTORS && total < MOST; i++, count++) {
            long skip = i == index ? done : 0;
            long length = Math.min(runs.get(i).length() - skip, MOST - total);
            remote.set(ValueLayout.JAVA_LONG, count * 16L, runs.get(i).address() + skip);
            remote.set(ValueLayout.JAVA_LONG, count * 16L + 8, length);
            total += length;
        }
        vectors = count;
        local.set(ValueLayout.JAVA_LONG, 0, into.address() + runs.get(index).offset() + done);
        local.set(ValueLayout.JAVA_LONG, 8, total);
        return total;
    }

    private long read(long address, long offset, long want, MemorySegment into) throws LinuxFailure {
        if (byCall) {
            long got = Syscall.PROCESS_VM_READV.call(pid, local.address(), 1, remote.address(), vectors, 0);
            if (got != -Errno.ENOSYS && got != -Errno.EPERM) {
                return got;
            }
            byCall = false;
        }
        return byFile(address, offset, Math.min(want, remote.get(ValueLayout.JAVA_LONG, 8)), into);
    }

    private long byFile(long address, long offset, long length, MemorySegment into) throws LinuxFailure {
        if (descriptor < 0) {
            descriptor = PageScan.open("/proc/" + pid + "/mem");
        }
        long got = Syscall.PREAD64.call(descriptor, into.address() + offset, length, address);
        // EIO is this file's word for memory that is not there; an end of file is that of a process that has none any
        // more.
        if (got == 0) {
            throw new LinuxFailure(-Errno.ESRCH, "the memory of process " + pid + " is gone");
        }
        return got == -5 ? -Errno.EFAULT : got;
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            Syscall.CLOSE.call(descriptor, 0);
        }
        arena.close();
    }
}
