package io.stratoswarm.api.journal;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to append events that become durable together or not at all.
 *
 * @param events one or more drafts, appended in this order
 * @param expectedVersions for each named subject the number of events that it must have; a mismatch is refused as a conflict
 * @param idempotencyKey a second append with the same key writes nothing and returns the first one's receipt
 */
public record Append(List<EventDraft> events, Map<String, Long> expectedVersions, Optional<String> idempotencyKey) {
    public Append {
        events = List.copyOf(events);
        expectedVersions = Map.copyOf(expectedVersions);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
    }

    public static Append of(EventDraft... events) {
        return new Append(List.of(events), Map.of(), Optional.empty());
    }

    public static Append of(List<EventDraft> events) {
        return new Append(events, Map.of(), Optional.empty());
    }

    public Append expecting(String subject, long version) {
        Map<String, Long> all = new java.util.HashMap<>(expectedVersions);
        all.put(subject, version);
        return new Append(events, all, idempotencyKey);
    }

    public Append withKey(String key) {
        return new Append(events, expectedVersions, Optional.of(key));
    }
}
