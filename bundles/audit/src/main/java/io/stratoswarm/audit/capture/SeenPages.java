package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.store.Range;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the last capture of a process held, so that the next one tells unchanged pages by a fast hash. Lost with the daemon. */
final class SeenPages {
    /** About a kilobyte each, so 64 MiB of heap at most, for 4 GiB of captured memory. */
    private static final int MOST_RANGES = 65_536;

    /** A range: fast hashes of its pages, its content, and the hash of its part. */
    static final class Seen {
        final long[] hashes = new long[2 * Range.PAGES];
        final Range range = Range.empty();
        byte[] leaf = new byte[0];

        /** Whether every page of it was there. */
        boolean full() {
            for (byte kind : range.kinds()) {
                if (kind != Range.STORED && kind != Range.ZERO) {
                    return false;
                }
            }
            return true;
        }

        /** Whether the page in this place was what was just hashed. */
        boolean holds(int slot, PageHash page) {
            return switch (range.kinds()[slot]) {
                case Range.STORED ->
                    !page.zero() && hashes[2 * slot] == page.high() && hashes[2 * slot + 1] == page.low();
                case Range.ZERO -> page.zero();
                default -> false;
            };
        }
    }

    /** @param quiet whether little of it was not as it was in the capture before */
    private record Process(long capture, boolean quiet, Map<Long, Seen> ranges) {}

    /** By what names a process for good, the one captured last at the end. */
    private final Map<String, Process> processes = new LinkedHashMap<>(16, 0.75f, true);

    /** What is known of this process; nothing where the capture that it was seen in is gone. */
    Map<Long, Seen> of(String process, java.util.function.LongPredicate stillThere) {
        @Nullable Process known = processes.get(process);
        return known == null || !stillThere.test(known.capture()) ? Map.of() : known.ranges();
    }

    /** As {@link #of}, and nothing where much of it changed between the two captures before. */
    Map<Long, Seen> ofQuiet(String process, java.util.function.LongPredicate stillThere) {
        @Nullable Process known = processes.get(process);
        return known == null || !known.quiet() ? Map.of() : of(process, stillThere);
    }

    void keep(String process, long capture, boolean quiet, Map<Long, Seen> ranges) {
        processes.put(process, new Process(capture, quiet, new HashMap<>(ranges)));
        long total =
                processes.values().stream().mapToLong(it -> it.ranges().size()).sum();
        var eldest = processes.entrySet().iterator();
        while (total > MOST_RANGES && eldest.hasNext()) {
            total -= eldest.next().getValue().ranges().size();
            eldest.remove();
        }
    }
}
