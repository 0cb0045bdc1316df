package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.replay.Replays;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The service, over the journal and what can be folded of it. */
public final class ReplayControl implements Replays {
    private static final long SECOND = 1_000_000_000L;

    private final Journal journal;
    private final PastStates past;
    private final PastGraphs graphs;
    private final BlobStore blobs;
    private final Supplier<Optional<Scripts>> scripts;
    private final EventRun events;

    /** @param scripts may come and go */
    public ReplayControl(
            Journal journal, PastStates past, PastGraphs graphs, BlobStore blobs, Supplier<Optional<Scripts>> scripts) {
        this.journal = journal;
        this.past = past;
        this.graphs = graphs;
        this.blobs = blobs;
        this.scripts = scripts;
        this.events = new EventRun(journal);
    }

    private StratoswarmException pruned(long sequence) {
        return new StratoswarmException(
                Kind.GONE,
                "event " + sequence + " was pruned; the journal tells of what happened from event " + journal.first()
                        + " on");
    }

    @Override
    public Moment moment(String text) {
        if (text.matches("#[0-9]{1,18}")) {
            long sequence = Long.parseLong(text.substring(1));
            return journal.get(sequence)
                    .map(event -> new Moment(sequence + 1, event.timeNanos()))
                    .orElseThrow(() -> sequence < journal.first()
                            ? pruned(sequence)
                            : new StratoswarmException(
                                    Kind.INVALID,
                                    "there is no event " + sequence + "; the last one is " + (journal.size() - 1)));
        }
        try {
            Instant time = Instant.parse(text);
            long nanos = Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
            return new Moment(past.eventsAt(nanos), nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "'" + text + "' is no moment; write a time such as 2026-01-31T12:00:00Z, or #123 for the one after"
                            + " event 123",
                    e);
        }
    }

    private byte[] bytes(Moment moment) {
        return past.stateAt(PastGraphs.PROJECTION, moment.events()).bytes();
    }

    @Override
    public PastGraphs.View view(Moment moment) {
        return graphs.view(bytes(moment), moment.timeNanos());
    }

    @Override
    public String state(Moment moment, String path) {
        JsonNode found = StatePath.find(StateTree.parse(bytes(moment)), path);
        try {
            return StateTree.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(found);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes can always be written", e);
        }
    }

    @Override
    public Steps steps(StepQuery query) {
        if (query.fromEvents() > query.toEvents()) {
            throw new StratoswarmException(Kind.INVALID, "the replay would end before it begins");
        }
        return new Stepper(events, past).steps(query);
    }

    @Override
    public List<Difference> differences(Moment from, Moment to, Optional<String> graph) {
        return Differences.of(StateTree.parse(bytes(from)), StateTree.parse(bytes(to)), graph);
    }

    @Override
    public Branch without(Set<Long> sequences, Moment to) {
        return new Branching(events, past, graphs).without(sequences, to);
    }

    @Override
    public CompletableFuture<List<Redecision>> redecide(Moment from, Moment to) {
        Scripts there = scripts.get()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE, "scripts cannot be run now; 'stratoswarm plugins' tells why"));
        return new Redecider(journal, blobs, there).redecide(from, to);
    }
}
