package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.store.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Finds what is to be copied: all that a process has changed or made, and no page that can be had from a file. */
final class PageRuns {
    private final List<Run> runs = new ArrayList<>();
    private final List<Run> unchanged = new ArrayList<>();
    private final long limit;
    private long offset;
    private long left;

    /**
     * @param offset where in the buffer the first page is to lie
     * @param limit what the buffer holds
     */
    PageRuns(long offset, long limit) {
        this.offset = offset;
        this.limit = limit;
    }

    List<Run> runs() {
        return runs;
    }

    /** Where the next page would lie. */
    long end() {
        return offset;
    }

    /** Bytes that had no room. */
    long left() {
        return left;
    }

    long bytes() {
        return runs.stream().mapToLong(Run::length).sum();
    }

    /** What was found and need not be copied. */
    List<Run> unchanged() {
        return unchanged;
    }

    /** @param copy whether the process was made by clone: a page of a file that was not changed is not in its tables then */
    void scan(int pid, List<Area> areas, boolean copy) throws LinuxFailure {
        try (PageScan scan = PageScan.of(pid)) {
            for (Area area : areas) {
                scan(scan, area, copy);
            }
        }
    }

    private void scan(PageScan scan, Area area, boolean copy) throws LinuxFailure {
        if (area.foreign()) {
            return;
        }
        if (area.vdso()) {
            add(area.start(), area.end());
            return;
        }
        // The head of a program's file says which build it is; without it a debugger does not find its symbols.
        boolean[] head = {area.hasFile() && area.fileOffset() == 0 && area.readable()};
        scan.scan(area.start(), area.end(), (start, end, file) -> {
            boolean own = !file || !area.hasFile();
            if (head[0] && (start == area.start() ? !own : copy)) {
                add(area.start(), area.start() + PageScan.PAGE);
            }
            head[0] = head[0] && start != area.start() && !copy;
            if (own) {
                add(start, end);
            }
        });
        if (head[0] && copy) {
            add(area.start(), area.start() + PageScan.PAGE);
        }
    }

    /**
     * Tells what need not be copied from what must.
     *
     * @param followed areas of which the kernel tells what was written to
     * @param known what is known of pages that were not
     */
    void scanWritten(int pid, List<Area> areas, Predicate<Area> followed, Map<Long, Seen> known) throws LinuxFailure {
        try (PageScan scan = PageScan.of(pid)) {
            for (Area area : areas) {
                if (!followed.test(area)) {
                    scan(scan, area, false);
                    continue;
                }
                scan.written(area.start(), area.end(), (start, end, file, written) -> {
                    if (file && area.hasFile()) {
                        return;
                    }
                    if (written || known.isEmpty()) {
                        add(start, end);
                    } else {
                        unwritten(start, end, known);
                    }
                });
            }
        }
    }

    private void unwritten(long start, long end, Map<Long, Seen> known) {
        for (long at = start; at < end; ) {
            long base = at & -Range.BYTES;
            Seen seen = known.get(base);
            for (; at < Math.min(end, base + Range.BYTES); at += Range.PAGE) {
                byte kind = seen == null ? Range.ABSENT : seen.range.kinds()[(int) (at - base) / Range.PAGE];
                if (kind == Range.STORED || kind == Range.ZERO) {
                    same(at, at + Range.PAGE);
                } else {
                    add(at, at + Range.PAGE);
                }
            }
        }
    }

    /** Adds what need not be copied. */
    void same(long start, long end) {
        int last = unchanged.size() - 1;
        if (last >= 0 && unchanged.get(last).end() == start) {
            Run before = unchanged.get(last);
            unchanged.set(last, new Run(before.address(), end - before.address(), -1));
        } else {
            unchanged.add(new Run(start, end - start, -1));
        }
    }

    /** Adds what is to be copied, as far as there is room. */
    void add(long start, long end) {
        long fits = Math.min(end - start, limit - offset) / PageScan.PAGE * PageScan.PAGE;
        left += end - start - Math.max(0, fits);
        if (fits <= 0) {
            return;
        }
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).end() == start) {
            Run before = runs.get(last);
            runs.set(last, new Run(before.address(), before.length() + fits, before.offset()));
        } else {
            runs.add(new Run(start, fits, offset));
        }
        offset += fits;
    }
}
