package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.store.CaptureWriter;
import io.stratoswarm.audit.capture.store.Part;
import io.stratoswarm.audit.capture.store.Range;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes parts of a process's copied memory: one for each 64 KiB that holds anything. */
final class MemoryParts {
    /** A part of so many is little. */
    private static final int LITTLE = 8;

    private final CaptureWriter writer;
    private final PageHash hash;
    private final String prefix;
    private final Map<Long, Seen> before;
    private final Map<Long, Seen> now = new HashMap<>();
    private long changed;
    private long pages;

    /** @param before what the last capture of this process held */
    MemoryParts(CaptureWriter writer, PageHash hash, String prefix, Map<Long, Seen> before) {
        this.writer = writer;
        this.hash = hash;
        this.prefix = prefix;
        this.before = before;
    }

    /** Parts are added in ascending order of addresses. */
    void add(Image image, MemorySegment memory) {
        Seen current = null;
        long base = -1;
        boolean same = false;
        List<Run> all = new ArrayList<>(image.runs);
        all.addAll(image.unchanged);
        all.sort(Comparator.comparingLong(Run::address));
        for (Run run : all) {
            for (long address = run.address(); address != run.end(); ) {
                long start = address & -Range.BYTES;
                if (start != base || current == null) {
                    if (current != null) {
                        end(base, current, same);
                        current = null;
                    }
                    if (whole(run, address)) {
                        known(address);
                        address += Range.BYTES;
                        continue;
                    }
                    base = start;
                    current = new Seen();
                    same = before.containsKey(base);
                }
                int slot = (int) (address - base) / Range.PAGE;
                if (run.offset() < 0) {
                    unchanged(current, before.getOrDefault(base, current), slot);
                } else {
                    long offset = run.offset() + address - run.address();
                    same &= page(current, before.get(base), slot, memory, offset, unread(image, address));
                }
                address += Range.PAGE;
            }
        }
        if (current != null) {
            end(base, current, same);
        }
    }

    /** Whether a range begins here of which nothing changed, and every page was there. */
    private boolean whole(Run run, long address) {
        Seen old = before.get(address);
        return run.offset() < 0 && run.end() - address >= Range.BYTES && old != null && old.full();
    }

    private void known(long base) {
        Seen old = before.get(base);
        if (old != null) {
            pages += Range.PAGES;
            writer.known(name(base), Part.MEMORY, old.leaf);
            now.put(base, old);
        }
    }

    private String name(long base) {
        return prefix + HexFormat.of().toHexDigits(base);
    }

    /** A page that was not copied, since nothing was written to it since the last capture. */
    private void unchanged(Seen current, Seen old, int slot) {
        pages++;
        current.hashes[2 * slot] = old.hashes[2 * slot];
        current.hashes[2 * slot + 1] = old.hashes[2 * slot + 1];
        current.range.kinds()[slot] = old.range.kinds()[slot];
        current.range.pages()[slot] = old.range.pages()[slot];
    }

    private static boolean unread(Image image, long address) {
        for (Run run : image.unread) {
            if (address >= run.address() && address < run.end()) {
                return true;
            }
        }
        return false;
    }

    /** True where the page is what it was. */
    private boolean page(
            Seen current,
            @org.jspecify.annotations.Nullable Seen old,
            int slot,
            MemorySegment memory,
            long offset,
            boolean unread) {
        pages++;
        if (unread) {
            current.range.kinds()[slot] = Range.UNREAD;
            return old != null && old.range.kinds()[slot] == Range.UNREAD;
        }
        hash.of(memory, offset);
        current.hashes[2 * slot] = hash.high();
        current.hashes[2 * slot + 1] = hash.low();
        if (hash.zero()) {
            current.range.kinds()[slot] = Range.ZERO;
            return old != null && old.range.kinds()[slot] == Range.ZERO;
        }
        current.range.kinds()[slot] = Range.STORED;
        if (old != null && old.holds(slot, hash)) {
            current.range.pages()[slot] = old.range.pages()[slot];
            return true;
        }
        changed++;
        byte[] page = memory.asSlice(offset, Range.PAGE).toArray(ValueLayout.JAVA_BYTE);
        current.range.pages()[slot] = writer.page(page);
        return false;
    }

    private void end(long base, Seen current, boolean same) {
        Seen old = before.get(base);
        String name = name(base);
        // The same pages may be there and others not any more, so the kinds decide as well.
        if (same && old != null && java.util.Arrays.equals(old.range.kinds(), current.range.kinds())) {
            writer.known(name, Part.MEMORY, old.leaf);
            now.put(base, old);
        } else {
            current.leaf = writer.part(new Part(name, Part.MEMORY, current.range.content()));
            now.put(base, current);
        }
    }

    Map<Long, Seen> seen() {
        return now;
    }

    /** Whether there was a capture before and few pages changed since, or whether there was none. */
    boolean quiet() {
        return before.isEmpty() || changed <= pages / LITTLE;
    }

    /** Pages that were not known from the last capture. */
    long changed() {
        return changed;
    }

    long pages() {
        return pages;
    }
}
