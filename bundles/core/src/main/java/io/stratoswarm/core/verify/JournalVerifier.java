package io.stratoswarm.core.verify;

import io.stratoswarm.core.lmdbfile.LmdbCheck;
import io.stratoswarm.core.lmdbfile.LmdbDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks a journal folder: the structure of each file, every frame and leaf, every tree node, the order of times, the index,
 * the names with their counts, and that each segment goes on where the one before it ends.
 */
public final class JournalVerifier {
    private static final String PREFIX = "segment-";
    private static final String REMNANT = "pruned-";

    private final Findings findings = new Findings();
    private final Running running = new Running();

    /** What was found; ranges are pairs of first and last-plus-one; events before {@code first} were pruned. */
    public record Report(
            String journal, long first, long size, String rootHash, List<String> problems, List<long[]> damaged) {}

    /** What is carried from one segment to the next. */
    static final class Running {
        final TreeCheck tree = new TreeCheck();
        /** All events from here on are there; what is before it was pruned. */
        long cut = -1;

        final Cuts cuts = new Cuts();
        long time = Long.MIN_VALUE;
        byte @Nullable [] journal;
        /** Events so far by kind and name; null once a segment could not be read. */
        @Nullable
        Map<String, Long> counts = new java.util.HashMap<>();
    }

    private JournalVerifier() {}

    /** @param newest how the newest segment is read; the others never change */
    public static Report verify(Path journal, Window newest) throws IOException {
        return new JournalVerifier().run(journal, newest);
    }

    private Report run(Path journal, Window newest) throws IOException {
        TreeMap<Long, Path> segments = list(journal, REMNANT);
        segments.putAll(list(journal, PREFIX));
        for (Map.Entry<Long, Path> each : segments.entrySet()) {
            long first = each.getKey();
            Long next = segments.higherKey(first);
            Path file = each.getValue().resolve("data.mdb");
            boolean pruned = each.getValue().getFileName().toString().startsWith(REMNANT);
            if (!pruned && running.cut < 0) {
                running.cut = first;
                running.cuts.begins(first, running.tree);
            }
            segment(file, first, next == null ? Long.MAX_VALUE : next, next == null ? newest : Window.STILL, pruned);
        }
        running.cuts.check(journal.resolveSibling("blobs"), running.journal, findings);
        byte[] id = running.journal;
        byte[] root = running.tree.root();
        if (root == null) {
            findings.problem("the root cannot be computed: a subtree is lost");
        }
        return new Report(
                id == null ? "" : SegmentCheck.uuid(id).toString(),
                Math.max(0, running.cut),
                running.tree.size(),
                root == null ? "" : HexFormat.of().formatHex(root),
                findings.listed(),
                List.copyOf(findings.damaged));
    }

    private static TreeMap<Long, Path> list(Path journal, String prefix) throws IOException {
        TreeMap<Long, Path> found = new TreeMap<>();
        try (Stream<Path> entries = Files.list(journal)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9]{12,18}")) {
                    found.put(Long.parseLong(name.substring(prefix.length())), entry);
                }
            }
        }
        return found;
    }

    private void segment(Path file, long first, long end, Window window, boolean pruned) throws IOException {
        String structure = window == Window.STILL ? LmdbCheck.problem(file) : null;
        if (structure != null) {
            findings.problem(file + ": " + structure);
            unreadable(file, first, end, pruned);
            return;
        }
        try {
            new SegmentCheck(file, first, end, window, running, findings, pruned).run();
        } catch (LmdbDamage e) {
            findings.problem(file + ": " + e.getMessage());
            unreadable(file, Math.max(first, running.tree.size()), end, pruned);
        }
    }

    /** Says which events could not be checked, and which of them are not in the file at all. */
    private void unreadable(Path file, long from, long end, boolean pruned) throws IOException {
        running.counts = null;
        if (pruned) {
            findings.problem(file + ": the hashes of the pruned events " + from + " to " + (end - 1)
                    + " could not be checked; restore the file from a backup");
            return;
        }
        if (from >= end) {
            return;
        }
        FrameScan scan = FrameScan.of(file, from, end);
        boolean open = end == Long.MAX_VALUE;
        if (open && scan.isEmpty()) {
            findings.problem(file + ": no event from " + from + " on can be found; how many there were is not known");
            findings.damaged(from, from + 1);
            return;
        }
        long last = open ? scan.last() : end;
        List<long[]> gaps = scan.gaps(last);
        long lost = gaps.stream().mapToLong(gap -> gap[1] - gap[0]).sum();
        gaps.forEach(gap -> findings.damaged(gap[0], gap[1]));
        findings.problem(file + ": events " + from + " to " + (last - 1) + (open ? " and what came after them" : "")
                + " could not be checked; "
                + (lost == 0
                        ? "the file still holds all of them"
                        : lost + " of " + (last - from) + " are not in the file any more")
                + ", and 'journal salvage' keeps what it holds");
    }
}
