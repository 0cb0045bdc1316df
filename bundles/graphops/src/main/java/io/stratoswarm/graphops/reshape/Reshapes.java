package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.TableStore;
import java.time.InstantSource;

/** The kind of scripts, and what they have asked for. */
public final class Reshapes implements AutoCloseable {
    private final ProposalBook book;
    private final ReshapeKind kind;

    public Reshapes(
            Graphs graphs,
            Agents agents,
            Flows flows,
            Transforms transforms,
            ScriptTriggers triggers,
            TableStore tables,
            BlobStore blobs,
            Decisions decisions,
            InstantSource clock) {
        book = new ProposalBook(transforms, tables, new Deciding(decisions, blobs), clock);
        kind = new ReshapeKind(new ReshapeRun.Parts(graphs, agents, flows, transforms, book, triggers, clock));
    }

    public ScriptKind kind() {
        return kind;
    }

    public Proposals proposals() {
        return book;
    }

    /** Hears what is said to decisions. */
    public Reactor answers() {
        return new Answers(book);
    }

    @Override
    public void close() {
        kind.close();
    }
}
