package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that rules do not hold. At most so many events of one rule within a minute; what is over that is counted in its next event, so
 * that a rule that every event breaks does not double the journal.
 */
final class Alerts {
    static final int PER_MINUTE = 30;
    private static final long MINUTE = 60_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    private final Told told;
    private final LongSupplier nanos;
    private final Map<String, Window> windows = new HashMap<>();

    private static final class Window {
        long begin;
        int written;
        long left;
    }

    /** @param nanos a monotonic clock */
    Alerts(Told told, LongSupplier nanos) {
        this.told = told;
        this.nanos = nanos;
    }

    /**
     * @param about what breaks the rule: an agent, a graph, a decision's id, an event's sequence
     * @param open whether that goes on until it is told otherwise
     * @param key of idempotency; empty for none
     * @return the event; empty where it was only counted
     */
    synchronized Optional<Cause.OfEvent> broken(
            String rule,
            String sha256,
            String severity,
            String message,
            String about,
            boolean open,
            List<Cause> causes,
            String key) {
        Window window = windows.computeIfAbsent(rule, r -> new Window());
        long now = nanos.getAsLong();
        if (window.written == 0 || now - window.begin >= MINUTE) {
            window.begin = now;
            window.written = 0;
        }
        // What stays open is told always, since its end is told as well.
        if (!open && window.written >= PER_MINUTE) {
            window.left++;
            return Optional.empty();
        }
        window.written++;
        ObjectNode payload = Told.object()
                .put("rule", rule)
                .put("about", about)
                .put("message", message)
                .put("severity", severity)
                .put("open", open)
                .put("sha256", sha256);
        if (window.left > 0) {
            payload.put("alsoSince", window.left);
            window.left = 0;
        }
        LOG.warn("rule {} is broken by {}: {}", rule, about, message);
        Receipt receipt = told.tell(Told.VIOLATED, "rule/" + rule, Told.SYSTEM, causes, payload, key);
        return Optional.of(new Cause.OfEvent(receipt.journal(), receipt.firstSequence()));
    }

    void restored(Violations.Open open, String why) {
        Cause cause = new Cause.OfEvent(told.journal().id(), open.sequence());
        var unused = told.tell(
                Told.RESTORED,
                "rule/" + open.rule(),
                Told.SYSTEM,
                List.of(cause),
                Told.object()
                        .put("rule", open.rule())
                        .put("about", open.about())
                        .put("why", why),
                "rule/" + open.rule() + "/restored/" + open.sequence());
    }
}
