package io.stratoswarm.api.graph;

import io.stratoswarm.api.agent.AgentStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** The declared graphs, and how they change. */
@ProviderType
public interface Graphs {
    /** Parses and checks a manifest without applying it. Never throws for bad input. */
    ManifestResult parse(String fileName, String text);

    /** The same for any syntax that is there, which the ending of the file's name tells. Never throws for bad input. */
    ManifestResult parse(GraphSource source);

    /**
     * What a generation of a graph was written in; the present one where none is named. Kind NOT_FOUND for a graph or generation
     * that is not there, or was applied before sources were kept.
     */
    GraphSource source(String name, OptionalLong generation);

    /**
     * Makes the graph as declared: new nodes start, changed nodes restart (or change live where they can), missing nodes stop
     * and go. Completes once the declaration is durable and the first steps are requested.
     */
    CompletableFuture<Applied> apply(GraphManifest manifest, String actor);

    /** What {@link #apply} would do. */
    List<Step> plan(GraphManifest manifest);

    /** Stops all agents of the graph and removes it; completes once they are gone. Kind NOT_FOUND for an unknown name. */
    CompletableFuture<Void> delete(String name, String actor);

    List<Summary> list();

    /** What is declared now, with the wires and built-in programs of its nodes. */
    Optional<Declaration> declaration(String name);

    /**
     * Gives the name of a graph after each durable change of what it declares or of a phase of one of its agents, also after it is
     * gone; and at once that of each graph that is there. Several changes may come as one. On a thread of the watch, which may
     * block.
     */
    AutoCloseable watch(Consumer<String> changed);

    /** A declared graph. */
    record Declaration(
            String name,
            long generation,
            boolean deleting,
            List<NodeSpec> nodes,
            List<FlowSpec> flows,
            List<Constraint> constraints,
            List<Objective> objectives) {
        public Declaration {
            nodes = List.copyOf(nodes);
            flows = List.copyOf(flows);
            constraints = List.copyOf(constraints);
            objectives = List.copyOf(objectives);
        }
    }

    /** One change: {@code create}, {@code replace}, {@code update}, {@code remove} or {@code keep}, of one node. */
    record Step(String action, String node, String reason) {}

    /** What an apply did, and the generation that the graph has now. */
    record Applied(String name, long generation, List<Step> steps) {
        public Applied {
            steps = List.copyOf(steps);
        }
    }

    /** A graph, its generation (from 1, raised by each change) and its agents. */
    record Summary(String name, long generation, String description, List<AgentStatus> agents) {
        public Summary {
            agents = List.copyOf(agents);
        }
    }
}
