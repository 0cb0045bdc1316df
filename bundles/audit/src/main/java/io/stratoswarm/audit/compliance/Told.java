package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The events of this package, durable when a call returns. */
final class Told {
    static final String SOURCE = "audit.compliance";
    static final String SYSTEM = "system";
    static final String LOADED = "RulePackLoaded";
    static final String REFUSED = "RulePackRefused";
    static final String REMOVED = "RulePackRemoved";
    static final String ENABLED = "RulePackEnabled";
    static final String DISABLED = "RulePackDisabled";
    static final String VIOLATED = "ComplianceViolated";
    static final String SCRIPT_LOADED = "RuleScriptLoaded";
    static final String SCRIPT_REMOVED = "RuleScriptRemoved";
    static final String RESTORED = "ComplianceRestored";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 10;

    private final Journal journal;

    Told(Journal journal) {
        this.journal = journal;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return JSON.createObjectNode(); // A foreign event of a name of ours says nothing that we could use.
        }
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    static String subject(String pack) {
        return "rulepack/" + pack;
    }

    static String scriptSubject(String script) {
        return "rulescript/" + script;
    }

    Optional<Event> last(String subject, String... types) {
        Optional<Event> latest = Optional.empty();
        for (String type : types) {
            List<Event> found = journal.read(
                    EventQuery.all().subject(subject).type(type).newestFirst().limit(1));
            if (!found.isEmpty()
                    && (latest.isEmpty()
                            || latest.get().sequence() < found.getFirst().sequence())) {
                latest = Optional.of(found.getFirst());
            }
        }
        return latest;
    }

    Journal journal() {
        return journal;
    }

    Receipt tell(String type, String subject, String actor, List<Cause> causes, ObjectNode payload, String key) {
        Append append = Append.of(EventDraft.json(type, SOURCE, subject, actor, causes, payload.toString()));
        try {
            return journal.append(key.isEmpty() ? append : append.withKey(key)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(Kind.SYSTEM, "the journal did not take " + type + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "the journal did not take " + type + " within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before " + type + " was durable", e);
        }
    }
}
