package io.stratoswarm.core.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import java.io.IOException;
import java.util.List;

/** The event that names a stored state of a projection. */
record Snapshot(String projection, int version, long folded, String stateHash) {
    static final String TYPE = "StateSnapshotTaken";
    private static final ObjectMapper JSON = new ObjectMapper();

    static String subject(String projection) {
        return "projection/" + projection;
    }

    EventDraft draft() {
        String json = JSON.createObjectNode()
                .put("projection", projection)
                .put("version", version)
                .put("folded", folded)
                .put("stateHash", stateHash)
                .toString();
        return EventDraft.json(TYPE, "core.journal", subject(projection), "system", List.of(), json);
    }

    static Snapshot of(Event event) {
        try {
            JsonNode json = JSON.readTree(event.payload());
            return new Snapshot(
                    json.path("projection").asText(),
                    json.path("version").asInt(),
                    json.path("folded").asLong(),
                    json.path("stateHash").asText());
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " of type " + TYPE + " is not valid JSON", e);
        }
    }
}
