package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.util.Optional;

/**
 * An agent failed.
 *
 * @param event that tells it
 * @param agent its id
 * @param exit how it ended; empty where it still runs
 */
record Failure(Event event, String agent, String exit) {
    static final String SUBJECT = "agent/";
    private static final String SUPERVISOR = "core.agent";
    /** Causes that are followed back. */
    private static final int CAUSES = 8;

    /** Whether an event tells of a failure, one that nobody asked for, or that there will be one. */
    static Optional<Failure> of(Event event, Journal journal) {
        if (event.source().equals(LearnedFold.SOURCE) && event.type().equals(Alarms.TYPE)) {
            return Optional.of(new Failure(event, event.subject().substring(Alarms.SUBJECT.length()), ""));
        }
        if (!event.source().equals(SUPERVISOR) || !event.subject().startsWith(SUBJECT)) {
            return Optional.empty();
        }
        String agent = event.subject().substring(SUBJECT.length());
        return switch (event.type()) {
            case "AgentUnhealthy", "AgentQuarantined", "AgentSetupFailed" -> Optional.of(new Failure(event, agent, ""));
            case "AgentExited" -> {
                JsonNode payload = Payload.of(event);
                boolean ill = payload.path("code").asLong() != 0
                        || payload.path("signal").asLong() != 0;
                // What the daemon itself replaced, such as a sink after its own restart, did not fail.
                ill &= !payload.path("exit").asText().equals("displaced");
                yield ill && !asked(event, journal)
                        ? Optional.of(
                                new Failure(event, agent, payload.path("exit").asText()))
                        : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** Whether a stop or a signal led to the end: of a person, or of a liveness probe, which was told before. */
    private static boolean asked(Event exit, Journal journal) {
        Event at = exit;
        for (int i = 0; i < CAUSES; i++) {
            Optional<Event> before = cause(at, journal);
            if (before.isEmpty()) {
                return false;
            }
            switch (before.get().type()) {
                case "AgentStopRequested", "AgentKillRequested", "AgentSignalRequested" -> {
                    return true;
                }
                case "AgentStarted", "AgentStartRequested" -> {
                    return false;
                }
                default -> at = before.get();
            }
        }
        return false;
    }

    private static Optional<Event> cause(Event event, Journal journal) {
        return event.causes().stream()
                .filter(cause -> cause instanceof Cause.OfEvent of
                        && of.journal().equals(journal.id())
                        && of.sequence() < event.sequence())
                .map(cause -> (Cause.OfEvent) cause)
                .findFirst()
                .flatMap(cause -> journal.get(cause.sequence()));
    }

    /** Whether it has not failed, but is not as it was. */
    boolean alarm() {
        return event.type().equals(Alarms.TYPE);
    }

    /** The class that a rule saw it by, which no model need name; empty where none did. */
    Optional<String> ruled() {
        JsonNode payload = alarm() ? Payload.of(event) : MissingNode.getInstance();
        return payload.has("rule") ? Optional.of(payload.path("class").asText()) : Optional.empty();
    }

    String graph() {
        return agent.substring(0, Math.max(0, agent.indexOf('/')));
    }

    long number() {
        return event.sequence();
    }

    long millis() {
        return Math.floorDiv(event.timeNanos(), 1_000_000L);
    }
}
