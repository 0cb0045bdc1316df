package io.stratoswarm.api.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A durable event. Sequences count from 0 without gaps; {@code timeNanos} (since 1970-01-01T00:00Z) never decreases along
 * the sequence.
 */
public record Event(
        UUID journal,
        long sequence,
        long timeNanos,
        String type,
        int typeVersion,
        String source,
        String subject,
        String actor,
        List<Cause> causes,
        String mediaType,
        byte[] payload) {
    public Event {
        causes = List.copyOf(causes);
        payload = payload.clone();
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    /** The payload as text; meaningful for JSON and other UTF-8 media types. */
    public String payloadText() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    public Instant time() {
        return Instant.ofEpochSecond(
                Math.floorDiv(timeNanos, 1_000_000_000L), Math.floorMod(timeNanos, 1_000_000_000L));
    }

    /** This event as a cause of another one. */
    public Cause asCause() {
        return new Cause.OfEvent(journal, sequence);
    }
}
