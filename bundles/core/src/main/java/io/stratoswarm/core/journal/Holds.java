package io.stratoswarm.core.journal;

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
import io.stratoswarm.api.journal.EventType;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.journal.Receipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

/** Legal holds, as the journal's events tell; those are among the ones that are never pruned. */
final class Holds implements LegalHolds {
    static final String PLACED = "LegalHoldPlaced";
    static final String RELEASED = "LegalHoldReleased";
    private static final String SUBJECT = "hold/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LmdbJournal journal;
    private final JournalTypes types;
    private final ReentrantLock pruning;

    /** @param pruning held while the journal is pruned, so that nothing goes that a hold was just placed on */
    Holds(LmdbJournal journal, JournalTypes types, ReentrantLock pruning) {
        this.journal = journal;
        this.types = types;
        this.pruning = pruning;
    }

    @Override
    public Hold place(String subject, long fromNanos, long toNanos, String reason, String actor) {
        if (subject.isEmpty() && fromNanos == Long.MIN_VALUE && toNanos == Long.MAX_VALUE) {
            throw invalid("a hold is of a subject, of a time, or of both");
        }
        if (fromNanos >= toNanos) {
            throw invalid("a hold must end after it begins");
        }
        if (reason.isBlank()) {
            throw invalid("a hold needs a reason");
        }
        ObjectNode payload = JSON.createObjectNode().put("subject", subject).put("reason", reason);
        if (fromNanos != Long.MIN_VALUE) {
            payload.put("fromNanos", fromNanos);
        }
        if (toNanos != Long.MAX_VALUE) {
            payload.put("toNanos", toNanos);
        }
        pruning.lock();
        try {
            Receipt receipt = append(PLACED, SUBJECT + "placed", actor, List.of(), payload);
            return new Hold(
                    id(receipt.firstSequence()),
                    subject,
                    fromNanos,
                    toNanos,
                    reason,
                    actor,
                    receipt.timeNanos(),
                    receipt.firstSequence());
        } finally {
            pruning.unlock();
        }
    }

    private static String id(long sequence) {
        return "hold-" + sequence;
    }

    private static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }

    private Receipt append(String type, String subject, String actor, List<Cause> causes, ObjectNode payload) {
        try {
            return journal.append(Append.of(
                            EventDraft.json(type, "core.journal", subject, actor, causes, payload.toString())))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException failure ? failure : e;
        }
    }

    @Override
    public List<Hold> list() {
        Map<String, Hold> open = new LinkedHashMap<>();
        EventQuery all = EventQuery.all().limit(EventQuery.MAX_LIMIT);
        for (Event event : journal.read(all.type(PLACED))) {
            JsonNode json = payload(event);
            // A restore may have moved the event; the hold goes by where it is now.
            String id = id(event.sequence());
            open.put(
                    id,
                    new Hold(
                            id,
                            json.path("subject").asText(),
                            json.path("fromNanos").asLong(Long.MIN_VALUE),
                            json.path("toNanos").asLong(Long.MAX_VALUE),
                            json.path("reason").asText(),
                            event.actor(),
                            event.timeNanos(),
                            event.sequence()));
        }
        for (Event event : journal.read(all.type(RELEASED))) {
            for (Cause cause : event.causes()) {
                if (cause instanceof Cause.OfEvent of && of.journal().equals(journal.id())) {
                    open.remove(id(of.sequence()));
                }
            }
        }
        return List.copyOf(open.values());
    }

    private static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " of type " + event.type() + " is not valid JSON", e);
        }
    }

    @Override
    public Hold release(String id, String reason, String actor) {
        if (reason.isBlank()) {
            throw invalid("a hold is released with a reason");
        }
        Hold hold = list().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there is no hold '" + id + "'; 'stratoswarm audit holds' lists those there are"));
        var unused = append(
                RELEASED,
                SUBJECT + "released",
                actor,
                List.of(new Cause.OfEvent(journal.id(), hold.sequence())),
                JSON.createObjectNode().put("hold", id).put("reason", reason));
        return hold;
    }

    /** The first event, from the cut on, that a hold is on; empty where it is on none. */
    OptionalLong firstHeld(Hold hold) {
        EventQuery query = query(hold).from(journal.first()).limit(1);
        List<Event> found = journal.read(query);
        return found.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(found.getFirst().sequence());
    }

    private static EventQuery query(Hold hold) {
        EventQuery query = EventQuery.all().between(hold.fromNanos(), hold.toNanos());
        return hold.subject().isEmpty() ? query : query.subject(hold.subject());
    }

    @Override
    public Optional<Hold> holding(String person) {
        List<EventType> personal = types.personal();
        for (Hold hold : list()) {
            if (matches(hold.subject(), person) || matches(hold.subject(), "person/" + person)) {
                return Optional.of(hold);
            }
            for (EventType type : personal) {
                if (tellsOf(hold, type, person)) {
                    return Optional.of(hold);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean matches(String pattern, String text) {
        return pattern.endsWith("*") && pattern.length() > 1
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    private boolean tellsOf(Hold hold, EventType type, String person) {
        long from = 0;
        List<Event> page = new ArrayList<>();
        do {
            page = journal.read(query(hold).type(type.type()).from(from));
            for (Event event : page) {
                if (payload(event).at(type.personOf()).asText().equals(person)) {
                    return true;
                }
                from = event.sequence() + 1;
            }
        } while (!page.isEmpty());
        return false;
    }
}
