package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.core.manifest.SourceCodec;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The texts that graphs were applied from, by generation, as the journal's events name them. */
final class KeptSources {
    /** One graph's generations that are looked through at once. */
    private static final int AT_ONCE = 1_000;

    private final Journal journal;
    private final Function<String, Optional<String>> texts;

    /** @param texts by hash */
    KeptSources(Journal journal, Function<String, Optional<String>> texts) {
        this.journal = journal;
        this.texts = texts;
    }

    /** @param known names of graphs, for a hint */
    GraphSource find(String name, OptionalLong generation, Optional<GraphState> graph, Collection<String> known) {
        if (graph.isEmpty() && generation.isEmpty()) {
            throw Selectors.unknown("graph", name, known);
        }
        String hash = generation.isEmpty()
                        || graph.filter(it -> it.generation() == generation.getAsLong())
                                .isPresent()
                ? graph.orElseThrow().source()
                : past(name, generation.getAsLong());
        return texts.apply(hash)
                .map(text -> SourceCodec.read(name, text))
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "no source was kept for this generation of graph " + name));
    }

    private String past(String name, long generation) {
        long to = Long.MAX_VALUE;
        // One that was made by hand has the source of the one before it that was applied.
        boolean edited = false;
        while (true) {
            List<Event> events = journal.read(EventQuery.all()
                    .subject(Events.GRAPH + name)
                    .type("Graph*")
                    .to(to)
                    .newestFirst()
                    .limit(AT_ONCE));
            for (Event event : events) {
                boolean applied = event.type().equals(Events.GRAPH_APPLIED);
                if (!applied && !event.type().equals(Events.GRAPH_EDITED)) {
                    continue;
                }
                Fields fields = fields(event);
                edited |= !applied && fields.generation == generation;
                if (applied && (edited || fields.generation == generation)) {
                    return fields.source;
                }
            }
            if (events.size() < AT_ONCE) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "graph " + name + " has had no generation " + generation
                                + "; 'stratoswarm events --subject graph/" + name + "' lists those there were");
            }
            to = events.getLast().sequence();
        }
    }

    private static Fields fields(Event event) {
        try {
            return Fields.of(event.payload());
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " is not readable: " + e.getMessage(), e);
        }
    }
}
