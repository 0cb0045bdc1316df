package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Output that the rate guard dropped: at most one event a minute, for all agents together. */
final class Drops {
    private static final long FIRST_NANOS = Texts.SECOND;
    private static final long EACH_NANOS = 60 * Texts.SECOND;
    private static final int NAMES_PER_EVENT = 500;

    private final Context context;
    private final Map<String, long[]> dropped = new TreeMap<>();
    private boolean armed;
    private boolean flushed;
    private long notBefore;

    Drops(Context context) {
        this.context = context;
    }

    void dropped(String agent, long bytes, long lines) {
        long[] sum = dropped.computeIfAbsent(agent, k -> new long[2]);
        sum[0] += bytes;
        sum[1] += lines;
        arm();
    }

    private void arm() {
        if (!armed) {
            armed = true;
            long first = context.monotonic.getAsLong() + FIRST_NANOS;
            context.timers.at(flushed ? Math.max(notBefore, first) : first, this::flush);
        }
    }

    private void flush() {
        armed = false;
        flushed = true;
        notBefore = context.monotonic.getAsLong() + EACH_NANOS;
        Map<String, long[]> now = new TreeMap<>();
        dropped.entrySet().stream().limit(NAMES_PER_EVENT).forEach(e -> now.put(e.getKey(), e.getValue()));
        now.keySet().forEach(dropped::remove);
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at();
        ObjectNode agents = fields.putObject("agents");
        now.forEach((agent, sum) -> agents.putObject(agent).put("bytes", sum[0]).put("lines", sum[1]));
        d.add(Events.OUTPUT_DROPPED, Events.DAEMON, fields, List.of());
        d.commit(e -> now.forEach((agent, sum) -> dropped(agent, sum[0], sum[1])));
        if (!dropped.isEmpty()) {
            arm();
        }
    }
}
