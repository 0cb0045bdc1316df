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

        /** A page that is what it was. */
        void take(Seen old, int slot) {
            hashes[2 * slot] = old.hashes[2 * slot];
            hashes[2 * slot + 1] = old.hashes[2 * slot + 1];
            range.kinds()[slot] = old.range.kinds()[slot];
            range.pages()[slot] = old.range.pages()[slot];
        }
    }

    private record Process(long capture, Map<Long, Seen> ranges) {}

    /** By what names a process for good, the one captured last at the end. */
    private final Map<String, Process> processes = new LinkedHashMap<>(16, 0.75f, true);

    /** What is known of this process; nothing where the capture that it was seen in is gone. */
    Map<Long, Seen> of(String process, java.util.function.LongPredicate stillThere) {
        @Nullable Process known = processes.get(process);
        return known == null || !stillThere.test(known.capture()) ? Map.of() : known.ranges();
    }

    void keep(String process, long capture, Map<Long, Seen> ranges) {
        processes.put(process, new Process(capture, new HashMap<>(ranges)));
        long total =
                processes.values().stream().mapToLong(it -> it.ranges().size()).sum();
        var eldest = processes.entrySet().iterator();
        while (total > MOST_RANGES && eldest.hasNext()) {
            total -= eldest.next().getValue().ranges().size();
            eldest.remove();
        }
    }
}
