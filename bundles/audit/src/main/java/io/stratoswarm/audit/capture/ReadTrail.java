package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of who looked into which capture. The first look of an actor into a capture is an event before it gets an answer; further ones
 * within a minute are one event together. What is counted is written by {@link #step}, and at the latest by {@link #flush}.
 */
final class ReadTrail {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Actors and captures together; beyond, a look is an event of its own. */
    private static final int MOST = 256;

    private static final int PARTS = 16;
    private static final Logger LOG = LoggerFactory.getLogger(ReadTrail.class);

    private record Key(String actor, long number) {}

    private static final class Window {
        private long written;
        private long count;
        private final Map<String, Long> parts = new LinkedHashMap<>();
    }

    private final Journal journal;
    private final LongSupplier nanos;
    private final Map<Key, Window> windows = new LinkedHashMap<>();

    ReadTrail(Journal journal, LongSupplier nanos) {
        this.journal = journal;
        this.nanos = nanos;
    }

    /** Called before the answer is given: where nothing can be recorded nothing is read. */
    synchronized void read(String actor, long number, String what) {
        step();
        Key key = new Key(actor, number);
        Window window = windows.get(key);
        boolean first = window == null;
        if (window == null) {
            window = new Window();
            if (windows.size() < MOST) {
                windows.put(key, window);
            }
        }
        window.count++;
        String name = window.parts.containsKey(what) || window.parts.size() < PARTS ? what : "…";
        window.parts.merge(name, 1L, Long::sum);
        if (first) {
            journal.append(draft(key, window)).join();
        }
    }

    private Append draft(Key key, Window window) {
        ObjectNode payload = Json.object().put("number", key.number()).put("count", window.count);
        ObjectNode parts = payload.putObject("parts");
        window.parts.forEach(parts::put);
        window.written = nanos.getAsLong();
        window.count = 0;
        window.parts.clear();
        return Append.of(EventDraft.json(
                "CaptureRead", "audit.capture", "capture/" + key.number(), key.actor(), List.of(), Json.text(payload)));
    }

    /** Writes what has waited for a minute. */
    synchronized void step() {
        write(nanos.getAsLong() - MINUTE);
    }

    synchronized void flush() {
        write(Long.MAX_VALUE);
    }

    private void write(long before) {
        windows.entrySet().removeIf(entry -> {
            Window window = entry.getValue();
            if (before != Long.MAX_VALUE && window.written - before > 0) {
                return false;
            }
            if (window.count == 0) {
                return true;
            }
            journal.append(draft(entry.getKey(), window)).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    LOG.warn(
                            "reads of capture {} could not be recorded",
                            entry.getKey().number(),
                            failure);
                }
            });
            return false;
        });
    }
}
