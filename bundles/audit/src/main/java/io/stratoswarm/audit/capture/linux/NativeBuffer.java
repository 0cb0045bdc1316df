package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.MemorySegment;

/**
 * Memory of the daemon's process that is not of the Java heap and not counted against its limits. It is left out of core files of the
 * daemon, for it holds what agents hold.
 */
public final class NativeBuffer implements AutoCloseable {
    private static final long PROTECTION_READ_WRITE = 3;
    /** MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE. */
    private static final long FLAGS = 0x2 | 0x20 | 0x4000;

    private static final long DONTDUMP = 16;
    private static final long POPULATE_WRITE = 23;

    private final long address;
    private final long size;
    private final MemorySegment segment;
    private boolean open = true;

    private NativeBuffer(long address, long size) {
        this.address = address;
        this.size = size;
        this.segment = MemorySegment.ofAddress(address).reinterpret(size);
    }

    /** Reserves addresses; memory is taken as it is touched. */
    public static NativeBuffer reserve(long size) throws LinuxFailure {
        long rounded = Math.max(1, (size + PageScan.PAGE - 1) / PageScan.PAGE) * PageScan.PAGE;
        long result = Syscall.MMAP.call(0, rounded, PROTECTION_READ_WRITE, FLAGS, -1, 0);
        if (result < 0 && result > -4096) {
            throw new LinuxFailure(result, rounded + " bytes of memory cannot be had");
        }
        Syscall.MADVISE.call(result, rounded, DONTDUMP, 0);
        return new NativeBuffer(result, rounded);
    }

    /**
     * Takes the first bytes now, so that writing to them later costs nothing more. In pages of the usual size: to find large ones the kernel
     * may have to move memory about, which took longer here than it saved.
     */
    public void populate(long bytes) {
        long rounded = Math.min(size, (bytes + PageScan.PAGE - 1) / PageScan.PAGE * PageScan.PAGE);
        // A kernel before 5.14 does not know it; then the memory is taken as it is touched.
        Syscall.MADVISE.call(address, rounded, POPULATE_WRITE, 0);
    }

    public MemorySegment segment() {
        if (!open) {
            throw new IllegalStateException("the buffer is closed");
        }
        return segment;
    }

    public long size() {
        return size;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Syscall.MUNMAP.call(address, size);
        }
    }
}
