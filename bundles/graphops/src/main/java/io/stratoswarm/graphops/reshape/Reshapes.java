package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.TableStore;
import java.time.InstantSource;
import java.util.List;

/** The kind of scripts, what they have asked for, and what was found to be better by itself. */
public final class Reshapes implements AutoCloseable {
    private final ProposalBook book;
    private final ReshapeKind kind;
    private final Relocating relocating;

    /** What it stands on. */
    public record Services(
            Graphs graphs,
            Agents agents,
            Flows flows,
            Transforms transforms,
            Placements placements,
            ScriptTriggers triggers,
            TableStore tables,
            BlobStore blobs,
            Decisions decisions,
            Journal journal) {}

    public Reshapes(Services with, ProposalSettings settings, InstantSource clock) {
        book = new ProposalBook(
                with.transforms(),
                with.tables(),
                new Deciding(with.decisions(), with.blobs()),
                clock,
                settings.expiry());
        kind = new ReshapeKind(new ReshapeRun.Parts(
                with.graphs(), with.agents(), with.flows(), with.transforms(), book, with.triggers(), clock));
        relocating = new Relocating(with.placements(), with.transforms(), book, with.journal(), settings);
    }

    public ScriptKind kind() {
        return kind;
    }

    public Proposals proposals() {
        return new LiveProposals(book, relocating);
    }

    /** One hears what is said to decisions, the other of transforms that end. */
    public List<Reactor> reactors() {
        return List.of(new Answers(book), relocating);
    }

    /** Puts away what nobody has decided in time; to be called now and then. */
    public void expire() {
        book.expire();
    }

    @Override
    public void close() {
        kind.close();
    }
}
