package io.stratoswarm.core.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.store.BlobStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The windows that were kept, as their events tell. */
final class Pins {
    static final String TYPE = "WindowPinned";
    /** Subjects of the events: this and the sequence of the event that the window was kept for. */
    static final String SUBJECT = "window/";
    /** How long before an event its window begins; and how long an agent's later failures refer to the same window. */
    static final long SPAN_MILLIS = 30 * 60_000;

    private static final int LOOK_BACK = 1_000;

    private final Journal journal;
    private final BlobStore blobs;

    Pins(Journal journal, BlobStore blobs) {
        this.journal = journal;
        this.blobs = blobs;
    }

    List<PinnedWindow> list(int limit) {
        List<PinnedWindow> found = new ArrayList<>();
        if (limit > 0) {
            for (Event event : journal.read(
                    EventQuery.all().type(TYPE).newestFirst().limit(Math.min(limit, EventQuery.MAX_LIMIT)))) {
                PinnedWindow window = window(event);
                if (window != null) {
                    found.add(window);
                }
            }
        }
        return found;
    }

    private static @Nullable PinnedWindow window(Event event) {
        try {
            JsonNode payload = Json.read(event.payload());
            return new PinnedWindow(
                    payload.path("sequence").asLong(),
                    payload.path("agent").asText(),
                    payload.path("fromMillis").asLong(),
                    payload.path("toMillis").asLong(),
                    payload.path("hash").asText());
        } catch (MetricDamage e) {
            // Somebody else's event of this name.
            return null;
        }
    }

    /** The window that was kept for this very event. */
    Optional<PinnedWindow> of(long sequence) {
        return journal.read(EventQuery.all().subject(SUBJECT + sequence).limit(1)).stream()
                .map(Pins::window)
                .filter(window -> window != null)
                .findFirst();
    }

    /** The window that an event refers to: its own, or that of the failure shortly before it. */
    Optional<PinnedWindow> covering(long sequence) {
        Optional<PinnedWindow> own = of(sequence);
        if (own.isPresent()) {
            return own;
        }
        Optional<Event> event = journal.get(sequence);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        String agent = Failures.agent(event.get());
        long time = Math.floorDiv(event.get().timeNanos(), 1_000_000);
        return list(LOOK_BACK).stream()
                .filter(window -> window.subject().equals(agent)
                        && window.sequence() < sequence
                        && time >= window.toMillis() - 1
                        && time < window.toMillis() + SPAN_MILLIS)
                .findFirst();
    }

    Optional<String> json(long sequence) {
        return covering(sequence)
                .flatMap(window -> blobs.get(window.hash()).map(bytes -> {
                    ObjectNode content = WindowBlob.json(bytes);
                    return Json.text(content.put("hash", window.hash()));
                }));
    }
}
