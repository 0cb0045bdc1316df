package io.stratoswarm.core.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Journal;
import java.util.Optional;

/** Which events are reasons to keep a window, and whom they are about. */
final class Failures {
    private static final String AGENT = "agent/";
    private static final int CAUSES = 8;

    private Failures() {}

    /** The agent that an event is about; empty where it is about none. */
    static String agent(Event event) {
        if (event.type().equals(DecisionRecorded.TYPE)) {
            String agent = field(event, "agent").asText();
            return agent.startsWith(AGENT) ? agent.substring(AGENT.length()) : agent;
        }
        return event.subject().startsWith(AGENT) ? event.subject().substring(AGENT.length()) : "";
    }

    /** Whether an agent failed, or something was decided about one. */
    static boolean concerns(Event event, Journal journal) {
        return switch (event.type()) {
            case "AgentUnhealthy", "AgentQuarantined", "AgentSetupFailed", "AgentFailed" -> fromSupervisor(event);
            case "AgentExited" -> fromSupervisor(event) && unsuccessful(event) && !wanted(event, journal);
            // What a person commands is about no failure.
            case DecisionRecorded.TYPE ->
                !agent(event).isEmpty()
                        && !field(event, "decisionType").asText().startsWith("operator.");
            default -> false;
        };
    }

    private static boolean fromSupervisor(Event event) {
        return event.source().equals("core.agent");
    }

    private static boolean unsuccessful(Event event) {
        // What the daemon itself replaced, such as a sink after its own restart, did not fail.
        return !field(event, "exit").asText().equals("displaced")
                && (field(event, "code").asLong() != 0 || field(event, "signal").asLong() != 0);
    }

    /** Whether a stop or a signal by somebody led to the end, which is then no failure. */
    private static boolean wanted(Event exit, Journal journal) {
        Event at = exit;
        for (int i = 0; i < CAUSES; i++) {
            long sequence = at.sequence();
            Optional<Event> before = at.causes().stream()
                    .filter(cause -> cause instanceof Cause.OfEvent)
                    .map(cause -> (Cause.OfEvent) cause)
                    .filter(cause -> cause.journal().equals(journal.id()) && cause.sequence() < sequence)
                    .findFirst()
                    .flatMap(cause -> journal.get(cause.sequence()));
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

    private static JsonNode field(Event event, String name) {
        try {
            return Json.read(event.payload()).path(name);
        } catch (MetricDamage e) {
            // Not JSON, so not an event of ours.
            return Json.object().path(name);
        }
    }
}
