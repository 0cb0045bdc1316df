package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of who was refused and who read. The first of an actor is an event at once, the further ones of the next minute are one
 * event together; actors beyond a bound share one name. So no flood of requests becomes a flood of events.
 */
final class AuditTrail {
    static final int ACTORS = 64;
    private static final int KINDS = 16;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final String OTHERS = "others";
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    /** What one actor did since its last event. */
    private static final class Window {
        private long written;
        private boolean ever;
        private long count;
        private long sinceMillis;
        private final Map<String, Long> statuses = new TreeMap<>();
        private final Map<String, Long> requests = new LinkedHashMap<>();
    }

    private final Supplier<Optional<Journal>> journal;
    private final Surroundings surroundings;
    private final Map<String, Window> windows = new LinkedHashMap<>();
    private volatile String reads;

    AuditTrail(Supplier<Optional<Journal>> journal, Surroundings surroundings, ConsoleConfig config) {
        this.journal = journal;
        this.surroundings = surroundings;
        this.reads = config.auditReads();
    }

    void configure(ConsoleConfig config) {
        reads = config.auditReads();
    }

    /** @param what method and path, as far as they are known */
    void refused(Caller caller, Link link, int status, String what) {
        note("RequestsRefused", caller.actor(), link.from(), String.valueOf(status), Gate.shown(what));
    }

    /** A request that may go on. Those that change something are told by the events of what they change. */
    void admitted(Request request, Routes.Match.Found found) {
        // Whoever reads the memory of others is remembered as well, whichever way they come.
        boolean wanted = reads.equals("all")
                || reads.equals("tcp") && !request.link().local()
                || found.name().startsWith("GET " + Routes.BASE + "audit/");
        if (wanted && found.role() != Role.ANYONE && found.name().startsWith("GET ")) {
            note("RequestsRead", request.actor(), request.link().from(), "", found.name());
        }
    }

    /** A reading of the audit log, which is recorded whatever the configuration says of reads. */
    void readAudit(Request request, String what) {
        note("AuditLogRead", request.actor(), request.link().from(), "", what);
    }

    private synchronized void note(String type, String actor, String from, String status, String what) {
        String key = type + " " + actor;
        if (!windows.containsKey(key) && windows.size() >= ACTORS) {
            step();
            if (windows.size() >= ACTORS) {
                key = type + " " + OTHERS;
            }
        }
        Window window = windows.computeIfAbsent(key, k -> new Window());
        if (window.count == 0) {
            window.sinceMillis = surroundings.clock().millis();
        }
        window.count++;
        if (!status.isEmpty()) {
            count(window.statuses, status);
        }
        count(window.requests, what);
        if (!window.ever || surroundings.nanos().getAsLong() - window.written >= MINUTE) {
            write(key, window, from);
        }
    }

    private static void count(Map<String, Long> counts, String what) {
        if (counts.containsKey(what) || counts.size() < KINDS) {
            counts.merge(what, 1L, Long::sum);
        } else {
            counts.merge("…", 1L, Long::sum);
        }
    }

    /** Writes what has waited for a minute, and forgets who has done nothing since. True where something is left to watch. */
    synchronized boolean step() {
        long now = surroundings.nanos().getAsLong();
        windows.entrySet().removeIf(entry -> {
            Window window = entry.getValue();
            if (now - window.written < MINUTE) {
                return false;
            }
            if (window.count > 0) {
                write(entry.getKey(), window, "");
                return false;
            }
            return true;
        });
        return !windows.isEmpty();
    }

    /** Writes all that has not been written yet; for the end. */
    synchronized void flush() {
        windows.forEach((key, window) -> {
            if (window.count > 0) {
                write(key, window, "");
            }
        });
    }

    private void write(String key, Window window, String from) {
        int space = key.indexOf(' ');
        String actor = key.substring(space + 1);
        ObjectNode payload = Json.object()
                .put("count", window.count)
                .put("since", Shapes.time(TimeUnit.MILLISECONDS.toNanos(window.sinceMillis)));
        if (!from.isEmpty()) {
            payload.put("from", from);
        }
        if (!window.statuses.isEmpty()) {
            ObjectNode statuses = payload.putObject("statuses");
            window.statuses.forEach(statuses::put);
        }
        ObjectNode requests = payload.putObject("requests");
        window.requests.forEach(requests::put);
        window.written = surroundings.nanos().getAsLong();
        window.ever = true;
        window.count = 0;
        window.statuses.clear();
        window.requests.clear();
        append(EventDraft.json(key.substring(0, space), "console", "api", actor, List.of(), payload.toString()));
    }

    private void append(EventDraft draft) {
        try {
            Optional<Journal> there = journal.get();
            if (there.isEmpty()) {
                LOG.warn("{} of {} is in no event, for there is no journal now", draft.type(), draft.actor());
                return;
            }
            there.get().append(Append.of(draft)).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    failed(draft, failure);
                }
            });
        } catch (StratoswarmException e) {
            failed(draft, e);
        }
    }

    /** At most once a minute for each actor, as the events themselves. */
    private void failed(EventDraft draft, Throwable failure) {
        LOG.warn("{} of {} could not be recorded: {}", draft.type(), draft.actor(), failure.getMessage());
    }
}
