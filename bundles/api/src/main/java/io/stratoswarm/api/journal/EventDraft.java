package io.stratoswarm.api.journal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * An event before it is appended: everything but journal id, sequence and time, which the writer gives.
 *
 * @param type past tense, for example {@code AgentStarted}
 * @param typeVersion version of the payload's shape, from 1
 * @param source the component that appends it, for example {@code core.agent}
 * @param subject what it is about, for example {@code agent/web/api.0}
 * @param actor who asked: {@code uid:1000}, {@code system}, {@code reactor:healing}
 * @param causes zero or more recorded causes
 * @param mediaType type of the payload, normally {@code application/json}
 * @param payload the bytes; copied on construction and never changed afterwards
 */
public record EventDraft(
        String type,
        int typeVersion,
        String source,
        String subject,
        String actor,
        List<Cause> causes,
        String mediaType,
        byte[] payload) {
    public static final String JSON = "application/json";

    public EventDraft {
        requireText(type, "type");
        requireText(source, "source");
        requireText(subject, "subject");
        requireText(actor, "actor");
        requireText(mediaType, "mediaType");
        if (typeVersion < 1 || typeVersion > 0xFFFF) {
            throw new IllegalArgumentException("typeVersion must be 1..65535: " + typeVersion);
        }
        causes = List.copyOf(causes);
        payload = payload.clone();
    }

    /** A JSON event of type version 1. */
    public static EventDraft json(
            String type, String source, String subject, String actor, List<Cause> causes, String json) {
        return new EventDraft(type, 1, source, subject, actor, causes, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    private static void requireText(String value, String name) {
        if (Objects.requireNonNull(value, name).isEmpty()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
    }
}
