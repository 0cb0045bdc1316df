package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Graphs.Generation;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the journal tells of a graph's generations: which there were, and what the graph was in each. */
final class GraphPast {
    private static final int AT_ONCE = 1_000;

    private final Journal journal;

    GraphPast(Journal journal) {
        this.journal = journal;
    }

    /** Newest first; empty where there never was a graph of this name. */
    List<Generation> history(String name, int limit) {
        List<Generation> generations = new ArrayList<>();
        long to = Long.MAX_VALUE;
        while (generations.size() < limit) {
            // The types of the events that make or end a generation begin so, and few others.
            List<Event> events = journal.read(EventQuery.all()
                    .subject(Events.GRAPH + name)
                    .type("Graph*")
                    .to(to)
                    .newestFirst()
                    .limit(AT_ONCE));
            for (Event event : events) {
                if (generations.size() < limit) {
                    add(generations, event);
                }
            }
            if (events.size() < AT_ONCE) {
                break;
            }
            to = events.getLast().sequence();
        }
        return generations;
    }

    private static void add(List<Generation> generations, Event event) {
        if (!event.source().equals(Events.SOURCE)) {
            return;
        }
        boolean deleted = event.type().equals(Events.GRAPH_DELETED);
        if (!deleted && !makes(event)) {
            return;
        }
        JsonNode json = Json.tree(event.payload());
        String what = deleted
                ? "deleted"
                : event.type().equals(Events.GRAPH_EDITED)
                        ? json.path("note").asText("edited")
                        : json.has("rolledBackTo")
                                ? "rolled back to generation "
                                        + json.path("rolledBackTo").longValue()
                                : "applied";
        List<String> changes = new ArrayList<>();
        json.path("changes").forEach(change -> changes.add(change.asText()));
        generations.add(new Generation(
                json.path("generation").longValue(),
                what,
                event.timeNanos(),
                event.actor(),
                event.sequence(),
                changes));
    }

    private static boolean makes(Event event) {
        return event.type().equals(Events.GRAPH_APPLIED) || event.type().equals(Events.GRAPH_EDITED);
    }

    /** The graph as it was once this generation was made, by a fold of its own events alone. */
    GraphState at(String name, long generation) {
        AgentsState scratch = new AgentsState();
        long next = 0;
        boolean reached = false;
        GraphState found = null;
        long expectedNodes = -1;
        while (true) {
            List<Event> events = journal.read(
                    EventQuery.all().subject(Events.GRAPH + name).from(next).limit(AT_ONCE));
            for (Event event : events) {
                boolean ends = makes(event) || event.type().equals(Events.GRAPH_DELETE_REQUESTED);
                if (reached && ends) {
                    reached = false;
                }
                if (makes(event) && generation(event) == generation) {
                    // The newest of this number, should an old version have given it twice.
                    reached = true;
                    expectedNodes = Json.tree(event.payload()).path("nodes").asLong(-1);
                }
                AgentsFold.apply(scratch, event);
                if (reached) {
                    found = scratch.graphs.get(name);
                }
            }
            if (events.size() < AT_ONCE) {
                break;
            }
            next = events.getLast().sequence() + 1;
        }
        if (found == null) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "graph " + name + " has had no generation " + generation + "; 'stratoswarm graph history " + name
                            + "' lists those there were");
        }
        long nodes =
                found.nodes().values().stream().filter(node -> !node.removed()).count();
        if (expectedNodes >= 0 && nodes != expectedNodes) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "the journal holds no longer all events of generation " + generation + " of graph " + name
                            + ", so it cannot be made again; apply its manifest");
        }
        return found;
    }

    private static long generation(Event event) {
        try {
            return Fields.of(event.payload()).generation;
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " is not readable: " + e.getMessage(), e);
        }
    }
}
