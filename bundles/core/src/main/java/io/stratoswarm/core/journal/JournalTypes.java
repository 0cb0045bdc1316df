package io.stratoswarm.core.journal;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The declared event types: their personal fields are sealed before hashing and opened on reading, old payloads raised. */
public final class JournalTypes implements EventShapes {
    private final ConcurrentHashMap<String, EventType> types = new ConcurrentHashMap<>();
    private final PersonKeys keys;
    private final ObjectMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    public JournalTypes(PersonKeys keys) {
        this.keys = keys;
    }

    public void add(EventType type) {
        types.put(type.type(), type);
    }

    public void remove(EventType type) {
        types.remove(type.type(), type);
    }

    /** Those that have personal fields. */
    java.util.List<EventType> personal() {
        return types.values().stream()
                .filter(type -> !type.personalFields().isEmpty())
                .toList();
    }

    @Override
    public EventDraft incoming(EventDraft draft) {
        if (draft.type().equals(DecisionRecorded.TYPE)) {
            requireContext(draft);
        }
        EventType type = types.get(draft.type());
        if (type == null || type.personalFields().isEmpty()) {
            return draft;
        }
        JsonNode root = parse(draft.payload(), "event " + draft.type());
        String person = root.at(type.personOf()).asText("");
        boolean changed = false;
        for (String field : type.personalFields()) {
            JsonPointer pointer = JsonPointer.compile(field);
            JsonNode value = root.at(pointer);
            if (!value.isMissingNode() && root.at(pointer.head()) instanceof ObjectNode holder) {
                if (person.isEmpty()) {
                    throw new StratoswarmException(
                            Kind.INVALID,
                            "event " + draft.type() + " has the personal field " + field + " and names no person at '"
                                    + type.personOf() + "'");
                }
                byte[] plain = value.toString().getBytes(StandardCharsets.UTF_8);
                String sealed = keys.seal(person, context(draft.type(), field, person), plain);
                holder.set(pointer.last().getMatchingProperty(), TextNode.valueOf(sealed));
                changed = true;
            }
        }
        return !changed
                ? draft
                : new EventDraft(
                        draft.type(),
                        draft.typeVersion(),
                        draft.source(),
                        draft.subject(),
                        draft.actor(),
                        draft.causes(),
                        draft.mediaType(),
                        root.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Years later nobody can add what was known when it was decided, so a decision that does not say it is not taken. */
    private void requireContext(EventDraft draft) {
        JsonNode context = parse(draft.payload(), "event " + draft.type()).path("systemContext");
        if (context.path(Decisions.CONTEXT_JOURNAL).asText().isEmpty()) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "a decision without its context cannot be written: 'systemContext' of " + draft.subject()
                            + " has no '" + Decisions.CONTEXT_JOURNAL + "'; the service Decisions adds it");
        }
    }

    @Override
    public Event outgoing(Event event) {
        EventType type = types.get(event.type());
        if (type == null || type.personalFields().isEmpty() && type.version() <= event.typeVersion()) {
            return event;
        }
        byte[] payload = type.personalFields().isEmpty() ? event.payload() : unsealed(event, type);
        int version = event.typeVersion();
        if (version < type.version() && event.mediaType().equals(EventDraft.JSON)) {
            String text = new String(payload, StandardCharsets.UTF_8);
            for (; version < type.version(); version++) {
                text = type.upcast(version, text);
            }
            payload = text.getBytes(StandardCharsets.UTF_8);
        }
        return new Event(
                event.journal(),
                event.sequence(),
                event.timeNanos(),
                event.type(),
                version,
                event.source(),
                event.subject(),
                event.actor(),
                event.causes(),
                event.mediaType(),
                payload);
    }

    private byte[] unsealed(Event event, EventType type) {
        JsonNode root = parse(event.payload(), "event " + event.sequence());
        String person = root.at(type.personOf()).asText("");
        boolean changed = false;
        for (String field : type.personalFields()) {
            JsonPointer pointer = JsonPointer.compile(field);
            String value = root.at(pointer).asText("");
            if (PersonKeys.isSealed(value) && root.at(pointer.head()) instanceof ObjectNode holder) {
                Optional<byte[]> plain = keys.open(person, context(event.type(), field, person), value);
                if (plain.isPresent()) {
                    holder.set(pointer.last().getMatchingProperty(), parse(plain.get(), "a personal field"));
                    changed = true;
                }
            }
        }
        return changed ? root.toString().getBytes(StandardCharsets.UTF_8) : event.payload();
    }

    private static String context(String type, String field, String person) {
        return type + '\0' + field + '\0' + person;
    }

    private JsonNode parse(byte[] payload, String what) {
        try {
            return json.readTree(payload);
        } catch (JsonProcessingException e) {
            throw new StratoswarmException(
                    Kind.INVALID, what + " must have a payload of JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.INVALID, what + " cannot be read: " + e, e);
        }
    }
}
