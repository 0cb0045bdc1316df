package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Finds the pages of a process that hold something: those that are in memory or in swap and are not the kernel's page of zeros. Asks by
 * the ioctl PAGEMAP_SCAN (Linux 6.7, Documentation/admin-guide/mm/pagemap.rst); on older kernels reads {@code /proc/PID/pagemap}.
 */
public final class PageScan implements AutoCloseable {
    public static final int PAGE = 4096;

    /** _IOWR('f', 16, struct pm_scan_arg), which has 96 bytes. */
    private static final long PAGEMAP_SCAN = 0xC060_6610L;

    private static final long IS_WRITTEN = 1 << 1;
    private static final long IS_FILE = 1 << 2;
    private static final long IS_PRESENT = 1 << 3;
    private static final long IS_SWAPPED = 1 << 4;
    private static final long IS_PFNZERO = 1 << 5;

    /** PM_SCAN_WP_MATCHING, PM_SCAN_CHECK_WPASYNC. */
    private static final long PROTECT = 3;

    private static final int REGIONS = 8192;
    private static final int REGION_BYTES = 24;
    private static final int ENTRIES = 32_768;

    /** Takes what was found, in ascending order. */
    public interface Sink {
        /** @param file whether the pages are those of a file or of shared memory, and not the process's own */
        void pages(long start, long end, boolean file);
    }

    /** Takes what was found of an area that is followed. */
    public interface WrittenSink {
        /** @param written whether anything was written to these pages since they were asked for last */
        void pages(long start, long end, boolean file, boolean written);
    }

    private final long descriptor;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment argument = arena.allocate(96, 8);
    private final MemorySegment regions = arena.allocate((long) REGIONS * REGION_BYTES, 8);
    private boolean ioctl;

    private PageScan(long descriptor, boolean ioctl) {
        this.descriptor = descriptor;
        this.ioctl = ioctl;
    }

    /** @return a scan, which belongs to the calling thread */
    public static PageScan of(int pid) throws LinuxFailure {
        return of(pid, () -> true);
    }

    /** @param ioctl whether the ioctl may be tried */
    static PageScan of(int pid, BooleanSupplier ioctl) throws LinuxFailure {
        return new PageScan(open("/proc/" + pid + "/pagemap"), ioctl.getAsBoolean());
    }

    static long open(String path) throws LinuxFailure {
        try (Arena arena = Arena.ofConfined()) {
            long atCurrent = -100;
            long readOnlyCloseOnExec = 0x80000;
            long result = Syscall.OPENAT.call(
                    atCurrent, arena.allocateFrom(path, StandardCharsets.UTF_8).address(), readOnlyCloseOnExec, 0);
            if (result < 0) {
                throw new LinuxFailure(result, path + " cannot be opened");
            }
            return result;
        }
    }

    /** Goes through one area. */
    public void scan(long start, long end, Sink sink) throws LinuxFailure {
        if (ioctl) {
            long failure = byIoctl(
                    start, end, false, (from, to, categories) -> sink.pages(from, to, (categories & IS_FILE) != 0));
            if (failure == 0) {
                return;
            }
            if (failure != -Errno.ENOTTY && failure != -22) {
                throw new LinuxFailure(failure, "the pages cannot be scanned");
            }
            ioctl = false;
        }
        byEntries(start, end, sink);
    }

    /**
     * Goes through one area that {@link WriteTracking} follows; what is written from now on is found the next time.
     *
     * <p>First what was written to is protected anew, page by page with being told, and only then everything is listed. In one call Linux 6.18
     * tells some pages twice, the second time as not written to.
     */
    public void written(long start, long end, WrittenSink sink) throws LinuxFailure {
        List<long[]> before = new ArrayList<>();
        check(byIoctl(start, end, true, (from, to, categories) -> before.add(new long[] {from, to})));
        int[] next = {0};
        check(byIoctl(start, end, false, (from, to, categories) -> {
            boolean file = (categories & IS_FILE) != 0;
            boolean since = (categories & IS_WRITTEN) != 0;
            long at = from;
            while (at < to) {
                while (next[0] < before.size() && before.get(next[0])[1] <= at) {
                    next[0]++;
                }
                boolean none = next[0] == before.size();
                boolean inside = !none && before.get(next[0])[0] <= at;
                long until = none ? to : Math.min(to, before.get(next[0])[inside ? 1 : 0]);
                sink.pages(at, until, file, inside || since);
                at = until;
            }
        }));
    }

    private static void check(long failure) throws LinuxFailure {
        if (failure != 0) {
            throw new LinuxFailure(failure, "pages that were written to cannot be told");
        }
    }

    private interface Regions {
        void region(long start, long end, long categories);
    }

    /** @param protect whether pages that were written to are protected and told, and no others */
    private long byIoctl(long start, long end, boolean protect, Regions sink) {
        long from = start;
        long told = start;
        while (from < end) {
            argument.fill((byte) 0);
            ValueLayout.OfLong u64 = ValueLayout.JAVA_LONG;
            argument.set(u64, 0, 96);
            argument.set(u64, 8, protect ? PROTECT : 0);
            argument.set(u64, 16, from);
            argument.set(u64, 24, end);
            argument.set(u64, 40, regions.address());
            argument.set(u64, 48, REGIONS);
            // A page matches where it is not of zeros (inverted) and is in memory or in swap.
            argument.set(u64, 64, protect ? 0 : IS_PFNZERO);
            argument.set(u64, 72, protect ? IS_WRITTEN : IS_PFNZERO);
            argument.set(u64, 80, IS_PRESENT | IS_SWAPPED);
            argument.set(u64, 88, protect ? IS_WRITTEN : IS_FILE | IS_WRITTEN);
            long found = Syscall.IOCTL.call(descriptor, PAGEMAP_SCAN, argument.address(), 0);
            if (found < 0) {
                return found;
            }
            for (long i = 0; i < found; i++) {
                long at = i * REGION_BYTES;
                long first = Math.max(told, regions.get(u64, at));
                told = Math.max(told, regions.get(u64, at + 8));
                if (first < told) {
                    sink.region(first, told, regions.get(u64, at + 16));
                }
            }
            long walked = argument.get(u64, 32);
            if (walked <= from) {
                return 0;
            }
            from = walked;
        }
        return 0;
    }

    private void byEntries(long start, long end, Sink sink) throws LinuxFailure {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment entries = local.allocate(ENTRIES * 8L, 8);
            for (long from = start; from < end; ) {
                long wanted = Math.min(ENTRIES, (end - from) / PAGE);
                long read = Syscall.PREAD64.call(descriptor, entries.address(), wanted * 8, from / PAGE * 8);
                if (read <= 0) {
                    throw new LinuxFailure(read, "the map of pages cannot be read");
                }
                runs(entries, read / 8, from, sink);
                from += read / 8 * PAGE;
            }
        }
    }

    /** Bits of an entry: 63 in memory, 62 in swap, 61 of a file or shared. Pages of zeros cannot be told by them. */
    private static void runs(MemorySegment entries, long count, long from, Sink sink) {
        long begin = -1;
        boolean file = false;
        for (long i = 0; i < count; i++) {
            long entry = entries.getAtIndex(ValueLayout.JAVA_LONG, i);
            boolean there = (entry >>> 62) != 0;
            boolean ofFile = (entry >>> 61 & 1) != 0;
            if (begin >= 0 && (!there || ofFile != file)) {
                sink.pages(from + begin * PAGE, from + i * PAGE, file);
                begin = -1;
            }
            if (there && begin < 0) {
                begin = i;
                file = ofFile;
            }
        }
        if (begin >= 0) {
            sink.pages(from + begin * PAGE, from + count * PAGE, file);
        }
    }

    /** Whether the kernel was asked by the ioctl. */
    public boolean byIoctl() {
        return ioctl;
    }

    @Override
    public void close() {
        Syscall.CLOSE.call(descriptor, 0);
        arena.close();
    }
}
