package io.stratoswarm.audit.failure;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.failure.Failures.Basis;
import io.stratoswarm.api.failure.Failures.Category;
import io.stratoswarm.api.failure.Failures.Evidence;
import io.stratoswarm.api.failure.Failures.Factor;
import io.stratoswarm.api.journal.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What happened before a failure: commands, failures of others, changes, and what scripts decided. */
final class EventFactors {
    private static final Set<String> COMMANDS =
            Set.of("AgentKillRequested", "AgentSignalRequested", "AgentStopRequested");
    private static final Set<String> CHANGES =
            Set.of("GraphApplied", "GraphEdited", "NodeDeclared", "ConfigurationChanged");
    private static final String SYSTEM = "system";

    private final Event failure;
    private final String agent;
    private final Relations relations;
    private final Map<Long, Event> ancestry;
    private final long windowNanos;
    private final List<Factor> factors = new ArrayList<>();
    /** When upstream agents failed first. */
    private final Map<String, Event> failed = new HashMap<>();

    EventFactors(Event failure, Relations relations, Map<Long, Event> ancestry, long windowNanos) {
        this.failure = failure;
        this.agent = Incident.agentOf(failure);
        this.relations = relations;
        this.ancestry = ancestry;
        this.windowNanos = windowNanos;
    }

    /** @param events of the window, oldest first */
    List<Factor> of(List<Event> events) {
        for (Event event : events) {
            String subject = Incident.agentOf(event);
            if (event.sequence() == failure.sequence()) {
                continue;
            }
            if (COMMANDS.contains(event.type()) && !event.actor().equals(SYSTEM) && !byChange(event, events)) {
                command(event, subject);
            } else if (Incident.fails(event) && !subject.equals(agent)) {
                failed.putIfAbsent(subject, event);
            } else if (CHANGES.contains(event.type())) {
                change(event);
            } else if (event.type().equals(DecisionRecorded.TYPE)) {
                decision(event);
            }
        }
        failed.forEach(this::failureOf);
        return factors;
    }

    /** Whether a stop is part of a change of what is declared, which is a factor itself: both are of one append, and so of one time. */
    private static boolean byChange(Event event, List<Event> events) {
        return events.stream()
                .anyMatch(other -> other.timeNanos() == event.timeNanos()
                        && CHANGES.contains(other.type())
                        && event.subject().startsWith("agent/" + other.subject().replaceFirst("^graph/", "") + "/"));
    }

    /** From 1 for what came right before to a half for what came at the window's begin. */
    private double nearness(Event event) {
        double away = (double) (failure.timeNanos() - event.timeNanos()) / windowNanos;
        return 1 - 0.5 * Math.min(1, Math.max(0, away));
    }

    private void command(Event event, String subject) {
        Relations.Relation relation = relations.of(subject);
        boolean exact = ancestry.containsKey(event.sequence()) && subject.equals(agent);
        String what = switch (event.type()) {
            case "AgentKillRequested" -> "was killed";
            case "AgentSignalRequested" ->
                "was sent " + Incident.payload(event).path("signal").asText("a signal");
            default -> "was stopped";
        };
        boolean itself = subject.equals(agent);
        // A command that is no recorded cause of it may still be: a signal is an event beside the agent's life.
        double impact =
                exact ? 0.98 : (itself ? 0.9 : relation.leads() ? 0.95 : 0.6) * relation.weight() * nearness(event);
        add(
                event.actor().startsWith("script:") ? Category.SCRIPT : Category.COMMAND,
                subject,
                relation,
                subject + " " + what + " by " + event.actor(),
                impact,
                exact ? Basis.EXACT : Basis.MEASURED,
                event);
    }

    private void failureOf(String subject, Event event) {
        Relations.Relation relation = relations.of(subject);
        String why = Incident.payload(event).path("why").asText(event.type());
        // Where what leads to it had failed before, that is the likelier one.
        boolean follows = failed.entrySet().stream()
                .anyMatch(other -> !other.getKey().equals(subject)
                        && relations.of(other.getKey()).leads()
                        && relations.of(other.getKey()).steps() > relation.steps()
                        && other.getValue().timeNanos() < event.timeNanos());
        double impact = (relation.leads() ? 0.92 : 0.4) * relation.weight() * nearness(event) * (follows ? 0.75 : 1);
        add(Category.FAILURE, subject, relation, subject + " failed: " + why, impact, Basis.MEASURED, event);
    }

    private void change(Event event) {
        String graph = event.subject().startsWith("graph/") ? event.subject().substring("graph/".length()) : "";
        JsonNode payload = Incident.payload(event);
        String own = agent.contains("/") ? agent.substring(0, agent.indexOf('/')) : "";
        if (event.type().equals("ConfigurationChanged")) {
            add(
                    Category.CHANGE,
                    event.subject(),
                    Relations.HOST,
                    "a configuration was changed by " + event.actor(),
                    0.35 * nearness(event),
                    Basis.MEASURED,
                    event);
        } else if (graph.equals(own)
                && event.type().equals("NodeDeclared")
                && payload.path("version").asInt() > 1) {
            String node = graph + "/" + payload.path("node").asText();
            Relations.Relation relation =
                    relations.of(node).steps() == 9 ? relations.of(node + ".0") : relations.of(node);
            boolean ofItself = agent.equals(node) || agent.startsWith(node + ".");
            boolean exact = ofItself && ancestry.containsKey(event.sequence());
            double impact = ofItself ? 0.94 - 0.1 * (1 - nearness(event)) : 0.8 * relation.weight() * nearness(event);
            add(
                    Category.CHANGE,
                    ofItself ? agent : node,
                    ofItself ? Relations.ITSELF : relation,
                    node + " was changed by " + event.actor() + ", to its version "
                            + payload.path("version").asInt(),
                    impact,
                    exact ? Basis.EXACT : Basis.MEASURED,
                    event);
        }
    }

    private void decision(Event event) {
        JsonNode payload = Incident.payload(event);
        if (payload.path("decisionType").asText().startsWith("operator.")) {
            return; // The events of the command itself tell what it did.
        }
        String about = payload.path("agent").asText();
        Relations.Relation relation = relations.of(about);
        if (relation.leads() || about.equals(agent)) {
            add(
                    Category.SCRIPT,
                    about,
                    relation,
                    event.actor() + " decided on " + about + ": "
                            + payload.path("decisionType").asText() + ", "
                            + payload.path("reasoning").asText(),
                    0.6 * relation.weight() * nearness(event),
                    Basis.MEASURED,
                    event);
        }
    }

    private void add(
            Category category,
            String subject,
            Relations.Relation relation,
            String what,
            double impact,
            Basis basis,
            Event event) {
        factors.add(new Factor(
                category,
                subject,
                relation.words(),
                what,
                impact,
                basis,
                event.timeNanos(),
                List.of(new Evidence(
                        "event " + event.sequence() + ", " + event.type() + " of " + event.subject() + " by "
                                + event.actor()
                                + (ancestry.containsKey(event.sequence()) ? ", a recorded cause of the failure" : ""),
                        OptionalLong.of(event.sequence()),
                        Optional.empty()))));
    }
}
