package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import io.stratoswarm.audit.capture.linux.ProcessMemory;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The buffer that the memory of one or more processes is copied to, one after the other. */
final class Memory {
    private final NativeBuffer buffer;
    private final StopCopy.Bounds bounds;
    private final BooleanSupplier more;
    private final AtomicLong offset = new AtomicLong();

    /** @param more asked between two pieces; false ends the copying */
    Memory(NativeBuffer buffer, StopCopy.Bounds bounds, BooleanSupplier more) {
        this.buffer = buffer;
        this.bounds = bounds;
        this.more = more;
    }

    boolean more() {
        return more.getAsBoolean();
    }

    PageRuns runs() {
        return new PageRuns(offset.get(), bounds.memory());
    }

    /** Copies these areas of an image, from the process itself or from one that has the same memory. */
    void copy(Image image, int from, List<Area> areas, boolean copy) throws LinuxFailure {
        PageRuns found = runs();
        found.scan(from, areas, copy);
        copy(image, from, found);
    }

    void copy(Image image, int from, PageRuns found) throws LinuxFailure {
        List<Run> unread;
        try (ProcessMemory memory = new ProcessMemory(from, true)) {
            unread = memory.copy(found.runs(), buffer.segment(), more);
        }
        offset.set(found.end());
        copied(image, found.runs(), unread, found.left());
    }

    /**
     * Copies the pages of a process that are not as they were.
     *
     * @param known what is known of the process from before
     */
    void compare(Image image, Map<Long, Seen> known, List<Comparison.Place> places) throws LinuxFailure {
        PageRuns all = new PageRuns(0, Long.MAX_VALUE);
        all.scan(image.pid, image.areas, false);
        long pieceBytes = places.getFirst().piece().size();
        Comparison comparison =
                new Comparison(image.pid, all.runs(), pieceBytes, known, buffer.segment(), this::room, more);
        comparison.run(places);
        image.unchanged = comparison.unchanged();
        copied(image, comparison.copied(), comparison.unread(), comparison.left());
    }

    /** Takes so many bytes: from where on, or -1 where there are not as many. */
    private long room(long bytes) {
        long start = offset.getAndUpdate(at -> at + bytes <= bounds.memory() ? at + bytes : at);
        return start + bytes <= bounds.memory() ? start : -1;
    }

    private void copied(Image image, List<Run> runs, List<Run> unread, long left) {
        if (left > 0) {
            image.problems.add(
                    left + " bytes of the memory of process " + image.pid
                            + " were left out: a capture may take " + bounds.memory() / (1 << 20)
                            + " MiB at a time (capture.memory.mebibytes in stratoswarm.audit.cfg, and half of what the host has free)");
        }
        image.runs = merged(image.runs, runs);
        image.unread = joined(merged(image.unread, unread));
        if (!unread.isEmpty()) {
            long bytes = unread.stream().mapToLong(Run::length).sum();
            image.problems.add(bytes + " bytes of the memory of process " + image.pid
                    + (more() ? " could not be read" : " were not copied within " + bounds.copyMillis() + " ms"));
        }
    }

    /** Parts of memory are made in the order of addresses. */
    private static List<Run> merged(List<Run> some, List<Run> others) {
        List<Run> all = new ArrayList<>(some);
        all.addAll(others);
        all.sort(Comparator.comparingLong(Run::address));
        return all;
    }

    /** With those that follow one another as one, for each page is looked for among them. */
    private static List<Run> joined(List<Run> sorted) {
        List<Run> all = new ArrayList<>();
        for (Run run : sorted) {
            Run last = all.isEmpty() ? null : all.getLast();
            if (last != null && last.end() == run.address()) {
                all.set(all.size() - 1, new Run(last.address(), last.length() + run.length(), last.offset()));
            } else {
                all.add(run);
            }
        }
        return all;
    }

    void lost(Image image, LinuxFailure e) {
        image.problems.add("process " + image.pid + " ended while its memory was being captured (" + e.getMessage()
                + "); none of it is kept");
        image.runs = new ArrayList<>();
        image.unread = List.of();
    }

    /** Puts bytes in the place of those that were copied from this address. */
    void patch(Image image, long address, byte[] bytes) {
        for (Run run : image.runs) {
            long from = Math.max(address, run.address());
            long to = Math.min(address + bytes.length, run.end());
            if (from < to) {
                MemorySegment.copy(
                        MemorySegment.ofArray(bytes),
                        from - address,
                        buffer.segment(),
                        run.offset() + from - run.address(),
                        to - from);
            }
        }
    }
}
