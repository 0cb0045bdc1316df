package io.stratoswarm.audit.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.TreeHead;
import io.stratoswarm.audit.note.VerifierKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** What the journal holds about its own log. */
final class LogEvents {
    static final String KEY_INTRODUCED = "LogKeyIntroduced";
    static final String CONFLICT_FOUND = "LogConflictFound";
    static final String COSIGNED = "LogCosigned";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_KEYS = 10_000;

    private final Journal journal;
    private final String origin;

    LogEvents(Journal journal, String origin) {
        this.journal = journal;
        this.origin = origin;
    }

    /** A key that the journal says signs the log, and since when. */
    record Introduced(VerifierKey key, long sinceNanos) {}

    /** The keys of this log, oldest first. */
    List<Introduced> keys() {
        List<Introduced> keys = new ArrayList<>();
        EventQuery query =
                EventQuery.all().type(KEY_INTRODUCED).subject(subject()).limit(MOST_KEYS);
        for (Event event : journal.read(query)) {
            keys.add(new Introduced(VerifierKey.parse(text(event, "key")), event.timeNanos()));
        }
        return keys;
    }

    private static String text(Event event, String field) {
        try {
            JsonNode node = JSON.readTree(event.payload()).path(field);
            return node.asText();
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " has a payload that is no JSON", e);
        }
    }

    /** @return the time of the event */
    long introduced(VerifierKey key, Note introduction, boolean lost, String actor) {
        ObjectNode payload = JSON.createObjectNode()
                .put("origin", origin)
                .put("key", key.toString())
                .put("introduction", introduction.toString())
                .put("oldKeyLost", lost);
        return append(KEY_INTRODUCED, actor, payload, "log-key/" + key).timeNanos();
    }

    void conflict(Note signed, TreeHead head, long size, String root, String actor) {
        ObjectNode payload = JSON.createObjectNode()
                .put("origin", origin)
                .put("signedSize", head.size())
                .put("signedRootHash", head.root())
                .put("journalSize", size)
                .put("journalRootHash", root)
                .put("checkpoint", signed.toString());
        append(CONFLICT_FOUND, actor, payload, "log-conflict/" + head.size() + "/" + head.root());
    }

    void cosigned(TreeHead head, List<String> witnesses, String actor) {
        ObjectNode payload = JSON.createObjectNode()
                .put("origin", origin)
                .put("size", head.size())
                .put("rootHash", head.root());
        witnesses.forEach(payload.putArray("witnesses")::add);
        append(COSIGNED, actor, payload, "log-cosigned/" + head.size() + "/" + witnesses);
    }

    private String subject() {
        return "log/" + origin;
    }

    private Receipt append(String type, String actor, ObjectNode payload, String key) {
        EventDraft draft = EventDraft.json(type, "audit.log", subject(), actor, List.of(), payload.toString());
        try {
            return journal.append(Append.of(draft).withKey(key)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException failure ? failure : e;
        }
    }
}
