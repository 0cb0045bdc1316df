package io.stratoswarm.graphops.flow.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what goes wrong in the log, for one subject at most once a minute. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final LongSupplier monotonic;
    private final Map<String, Said> said = new HashMap<>();

    private static final class Said {
        private long nanos;
        private long kept;
        private String last = "";
    }

    public Problems(LongSupplier monotonic) {
        this.monotonic = monotonic;
    }

    public synchronized void report(String subject, String what) {
        long now = monotonic.getAsLong();
        Said before = said.get(subject);
        if (before == null || now - before.nanos >= MINUTE_NANOS) {
            long kept = before == null ? 0 : before.kept;
            Said next = new Said();
            next.nanos = now;
            next.last = what;
            said.put(subject, next);
            LOG.warn("{}{}", what, kept == 0 ? "" : " (and " + kept + " more like it in the last minute)");
        } else {
            before.kept++;
            before.last = what;
        }
    }

    /** What was last said of a subject; empty where nothing was. */
    public synchronized String last(String subject) {
        Said there = said.get(subject);
        return there == null ? "" : there.last;
    }
}
