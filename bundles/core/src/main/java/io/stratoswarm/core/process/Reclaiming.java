package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes memory from running processes that the kernel can bring back: by {@code memory.reclaim} of their cgroup (version 2), else
 * page by page with process_madvise(2) and MADV_PAGEOUT. Without swap only pages of files can go; of those the kernel takes the ones
 * that no other process maps. What counts is how much less is resident afterwards.
 */
final class Reclaiming {
    private static final long KIB = 1024;
    private static final long MIB = KIB * KIB;
    /** So much is asked for at once, so that little more goes than was wanted. */
    private static final long STEP = 16 * MIB;

    private static final Path PROC = Path.of("/proc");

    private final HostContext context;
    private final String name;
    private final Supplier<List<Integer>> processes;

    /** @param length of the address range, @param resident bytes of it */
    private record Range(long from, long length, long resident) {}

    Reclaiming(HostContext context, String name, Supplier<List<Integer>> processes) {
        this.context = context;
        this.name = name;
        this.processes = processes;
    }

    Outcome reclaim(long bytes) {
        List<Integer> pids = processes.get();
        long before = resident(pids);
        Footprints.Group group = context.cgroups().groups(name).get("memory");
        Path file = group == null ? null : group.folder().resolve("memory.reclaim");
        if (group != null && group.version() == 2 && file != null && Files.exists(file)) {
            return byGroup(group.folder(), file, bytes, pids, before);
        }
        Set<String> reasons = new HashSet<>();
        boolean swap = swap();
        long left = bytes;
        for (int pid : pids) {
            if (left > 0) {
                left -= pageOut(pid, left, swap, reasons);
            }
        }
        String how = "by MADV_PAGEOUT" + (swap ? "" : ", of file pages alone since this host has no swap");
        String why = reasons.isEmpty()
                ? (swap
                                ? "the kernel took none of its pages"
                                : "without swap only pages of files can go, and it has none")
                        + " that no other process maps"
                : String.join("; ", reasons);
        return told(bytes, before, resident(pids), how, why);
    }

    private Outcome byGroup(Path group, Path file, long bytes, List<Integer> pids, long before) {
        String why = "the kernel found nothing to take";
        long charged = number(group.resolve("memory.current"));
        try {
            Files.writeString(file, Long.toString(bytes));
        } catch (IOException e) {
            // Also where it took some and not all; what went is measured.
            why = Cgroups.reason(e);
        }
        long gone = Math.max(0, charged - number(group.resolve("memory.current")));
        long after = resident(pids);
        String how = "by memory.reclaim; " + size(gone) + " less are charged to its cgroup";
        return gone > 0 && after >= before
                ? new Outcome(true, "nothing less is resident, " + how, Long.toString(before), Long.toString(after))
                : told(bytes, before, after, how, why);
    }

    private static Outcome told(long bytes, long before, long after, String how, String why) {
        long gone = before - after;
        return gone > 0
                ? new Outcome(
                        true,
                        size(gone) + " of " + size(bytes) + " less are resident, " + how,
                        Long.toString(before),
                        Long.toString(after))
                : new Outcome(false, "memory cannot be reclaimed: " + why, Long.toString(before), Long.toString(after));
    }

    private static String size(long bytes) {
        return bytes < MIB ? bytes / KIB + " KiB" : bytes / MIB + " MiB";
    }

    /** Bytes that went, as far as the kernel's quick counters tell. */
    private static long pageOut(int pid, long bytes, boolean swap, Set<String> reasons) {
        int descriptor = Linux.pidfdOpen(pid);
        if (descriptor < 0) {
            return 0;
        }
        long began = quickly(pid);
        try {
            for (Range range : ranges(pid, swap)) {
                for (long at = 0; at < range.length(); at += STEP) {
                    if (began - quickly(pid) >= bytes) {
                        return began - quickly(pid);
                    }
                    long result = Linux.pageOut(descriptor, range.from() + at, Math.min(STEP, range.length() - at));
                    if (result == -Errno.ENOSYS || result == -Errno.EPERM) {
                        reasons.add("process_madvise(2): " + Errno.text((int) -result));
                        return 0;
                    }
                }
            }
            return Math.max(0, began - quickly(pid));
        } finally {
            Linux.close(descriptor);
        }
    }

    /** What may go, the greatest first. */
    private static List<Range> ranges(int pid, boolean swap) {
        List<Range> found = new ArrayList<>();
        long[] last = null;
        try (var lines = Files.lines(PROC.resolve(pid + "/smaps"), StandardCharsets.ISO_8859_1)) {
            for (String line : (Iterable<String>) lines::iterator) {
                int colon = line.indexOf(':');
                int dash = line.indexOf('-');
                if (dash > 0 && (colon < 0 || dash < colon) && line.indexOf(' ') > dash) {
                    last = header(line, swap);
                } else if (line.startsWith("Rss:") && last != null) {
                    long resident = kibibytes(line) * KIB;
                    if (resident > 0) {
                        found.add(new Range(last[0], last[1], resident));
                    }
                    last = null;
                }
            }
        } catch (IOException | UncheckedIOException gone) {
            return found;
        }
        found.sort(Comparator.comparingLong(Range::resident).reversed());
        return found;
    }

    /** Begin and length of a mapping that may go; null for what the kernel made, and without swap for what no file is behind. */
    private static long @Nullable [] header(String line, boolean swap) {
        String[] words = line.split("\\s+", 6);
        String what = words.length > 5 ? words[5] : "";
        boolean ofFile = what.startsWith("/") && !what.startsWith("/memfd:") && !what.startsWith("/dev/");
        if (what.startsWith("[v") || !ofFile && !swap) {
            return null;
        }
        String[] ends = words[0].split("-");
        long from = Long.parseUnsignedLong(ends[0], 16);
        return new long[] {from, Long.parseUnsignedLong(ends[1], 16) - from};
    }

    private static long kibibytes(String line) {
        return Long.parseLong(
                line.substring(line.indexOf(':') + 1).replace("kB", "").strip());
    }

    private static boolean swap() {
        try {
            return Files.readAllLines(PROC.resolve("swaps")).size() > 1;
        } catch (IOException e) {
            return false;
        }
    }

    private static long resident(List<Integer> pids) {
        return pids.stream().mapToLong(Reclaiming::resident).sum();
    }

    private static long resident(int pid) {
        try (var lines = Files.lines(PROC.resolve(pid + "/smaps_rollup"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Rss:"))
                    .mapToLong(line -> kibibytes(line) * KIB)
                    .sum();
        } catch (IOException | UncheckedIOException goneOrForbidden) {
            return quickly(pid);
        }
    }

    /** To within some pages a processor, and without a walk through them. */
    private static long quickly(int pid) {
        try (var lines = Files.lines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> kibibytes(line) * KIB)
                    .sum();
        } catch (IOException | UncheckedIOException gone) {
            return 0;
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException gone) {
            return 0;
        }
    }
}
