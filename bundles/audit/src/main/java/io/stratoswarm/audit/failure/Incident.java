package io.stratoswarm.audit.failure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the failure that is meant. */
final class Incident {
    static final String AGENT = "agent/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FAILING =
            Set.of("AgentSetupFailed", "AgentUnhealthy", "AgentProbeFailed", "AgentFailed", "AgentQuarantined");

    private static final int AT_ONCE = 1_000;
    /** Events that are looked through for a failure. */
    private static final int MOST = 1_000_000;

    private Incident() {}

    static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            // What is no JSON tells nothing here.
            return JSON.missingNode();
        }
    }

    static String agentOf(Event event) {
        return event.subject().startsWith(AGENT) ? event.subject().substring(AGENT.length()) : "";
    }

    /** Whether an event tells that an agent failed; an end that was asked for or went well is none. */
    static boolean fails(Event event) {
        if (!event.subject().startsWith(AGENT)) {
            return false;
        }
        if (!event.type().equals("AgentExited")) {
            return FAILING.contains(event.type());
        }
        String exit = payload(event).path("exit").asText();
        return !exit.equals("exit 0") && !exit.equals("displaced");
    }

    static Event find(Journal journal, String target) {
        EventQuery query = EventQuery.all().type("Agent*");
        if (target.matches("#[0-9]{1,18}")) {
            query = query.to(Math.min(Long.MAX_VALUE - 1, Long.parseLong(target.substring(1))) + 1);
        } else if (time(target).isPresent()) {
            query = query.between(Long.MIN_VALUE, Math.addExact(time(target).get(), 1));
        } else {
            query = query.subject(AGENT + target);
            if (journal.read(query.limit(1)).isEmpty()) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there has been no agent '" + target
                                + "', and it is no time either; name an agent, a time such as"
                                + " 2026-01-31T12:00:00Z, or #123");
            }
        }
        long to = query.toSequence();
        for (int seen = 0; seen < MOST; seen += AT_ONCE) {
            List<Event> events = journal.read(query.to(to).newestFirst().limit(AT_ONCE));
            for (Event event : events) {
                if (fails(event)) {
                    return first(journal, event);
                }
            }
            if (events.size() < AT_ONCE) {
                break;
            }
            to = events.getLast().sequence();
        }
        throw new StratoswarmException(Kind.NOT_FOUND, "no failure is recorded before that");
    }

    /** A quarantine or a failure that is the verdict on an end is told by the end, which comes right before it. */
    private static Event first(Journal journal, Event event) {
        if (event.type().equals("AgentQuarantined") || event.type().equals("AgentFailed")) {
            List<Event> before = journal.read(EventQuery.all()
                    .subject(event.subject())
                    .to(event.sequence())
                    .newestFirst()
                    .limit(1));
            if (!before.isEmpty() && fails(before.getFirst())) {
                return before.getFirst();
            }
        }
        return event;
    }

    private static Optional<Long> time(String text) {
        try {
            Instant time = Instant.parse(text);
            return Optional.of(
                    Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano()));
        } catch (DateTimeException | ArithmeticException e) {
            // Then it is the name of an agent.
            return Optional.empty();
        }
    }
}
