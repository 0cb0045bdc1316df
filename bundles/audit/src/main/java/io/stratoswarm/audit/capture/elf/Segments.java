package io.stratoswarm.audit.capture.elf;

import io.stratoswarm.audit.capture.Area;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How memory is laid out in a core file. What was captured is in it; what is in a file that was mapped is left for the debugger to find
 * there; memory that nothing was ever written to is a hole in the file.
 */
final class Segments {
    /** An area that is larger is not written whole, though its holes cost nothing: some tools reserve terabytes. */
    private static final long WHOLE = 4L << 30;

    /** Holes between captured pages that are not worth a segment of their own. */
    private static final long GAP = 1 << 20;

    /** @param stored whether the file holds it; else it only says that the memory was there */
    record Segment(long start, long end, boolean stored, int flags) {
        long length() {
            return end - start;
        }
    }

    private final NavigableMap<Long, Long> captured = new TreeMap<>();

    /** Tells of captured pages. */
    void captured(long start, long end) {
        Map.Entry<Long, Long> before = captured.floorEntry(start);
        if (before != null && before.getValue() == start) {
            captured.put(before.getKey(), end);
        } else {
            captured.put(start, end);
        }
    }

    /** @param most how many segments there may be; gaps are filled until that holds */
    List<Segment> of(List<Area> areas, int most) {
        for (long gap = GAP; ; gap *= 4) {
            List<Segment> segments = new ArrayList<>();
            for (Area area : areas) {
                add(segments, area, gap);
            }
            if (segments.size() <= most) {
                return segments;
            }
        }
    }

    private void add(List<Segment> segments, Area area, long gap) {
        int flags = (area.readable() ? 4 : 0) | (area.writable() ? 2 : 0) | (area.executable() ? 1 : 0);
        NavigableMap<Long, Long> within = captured.subMap(area.start(), true, area.end(), false);
        boolean whole = !area.hasFile() && area.readable() && area.length() <= WHOLE;
        if (whole) {
            segments.add(new Segment(area.start(), area.end(), !within.isEmpty(), flags));
            return;
        }
        // Holes of a mapped file are to be read from the file, so they are never filled.
        long fill = area.hasFile() ? 0 : gap;
        long at = area.start();
        long begin = -1;
        long end = -1;
        for (Map.Entry<Long, Long> run : within.entrySet()) {
            if (begin >= 0 && run.getKey() - end <= fill) {
                end = run.getValue();
                continue;
            }
            at = flush(segments, at, begin, end, flags);
            begin = run.getKey();
            end = run.getValue();
        }
        at = flush(segments, at, begin, end, flags);
        if (at < area.end()) {
            segments.add(new Segment(at, area.end(), false, flags));
        }
    }

    private static long flush(List<Segment> segments, long at, long begin, long end, int flags) {
        if (begin < 0) {
            return at;
        }
        if (at < begin) {
            segments.add(new Segment(at, begin, false, flags));
        }
        segments.add(new Segment(begin, end, true, flags));
        return end;
    }
}
