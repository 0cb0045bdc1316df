package io.stratoswarm.api.graph;

import io.stratoswarm.api.agent.AgentStatus;
import java.util.List;
import java.util.Map;
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

    /** Without force, against whatever generation there is. */
    default CompletableFuture<Applied> apply(GraphManifest manifest, String actor) {
        return apply(manifest, Options.DEFAULT, actor);
    }

    /**
     * Makes the graph as declared: new nodes start, changed nodes restart (or change live where they can), missing nodes stop
     * and go. What was changed while the graph ran is kept where the manifest did not change it. Completes once the declaration is
     * durable and the first steps are requested. Kind CONFLICT where what runs and the manifest were changed differently, or the
     * graph is at another generation than was expected; nothing is done then.
     */
    CompletableFuture<Applied> apply(GraphManifest manifest, Options options, String actor);

    /** What {@link #apply} would do now. */
    Plan plan(GraphManifest manifest, boolean force);

    /** The steps of a plan without force. */
    default List<Step> plan(GraphManifest manifest) {
        return plan(manifest, false).steps();
    }

    /**
     * Changes a running graph without a manifest: of a node its {@code replicas}, of a flow its {@code rate}, {@code burst} and
     * {@code buffer}. The manifest does not know of it, and the next {@link #apply} keeps it, unless it changes the same.
     *
     * @param id of the node or flow
     * @param changes new value by property, as a manifest has it
     */
    CompletableFuture<Applied> edit(String graph, String id, Map<String, String> changes, String actor);

    /** Generations of a graph of this name and deletions, newest first. Kind NOT_FOUND where there never was one. */
    List<Generation> history(String name, int limit);

    /**
     * Makes a graph again what it was in an earlier generation, with what was changed then while it ran, as a new generation.
     * Kind NOT_FOUND for a graph or generation that is not there.
     *
     * @param to the one before the present one where it is absent
     * @param expected as in {@link Options}
     */
    CompletableFuture<Applied> rollback(String name, OptionalLong to, OptionalLong expected, String actor);

    /** What {@link #rollback} would do now. */
    Plan planRollback(String name, OptionalLong to);

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

    /**
     * How a manifest is applied.
     *
     * @param force the manifest wins over whatever was changed while the graph ran
     * @param expected generation that the graph must be at, 0 where it must not be there; any where it is absent
     */
    record Options(boolean force, OptionalLong expected) {
        public static final Options DEFAULT = new Options(false, OptionalLong.empty());
    }

    /**
     * What a command would do.
     *
     * @param generation that it was made against; 0 where the graph is not there
     * @param steps for every node and flow; for the graph as a whole where something of it changes
     * @param conflicts where there are any the command is refused
     */
    record Plan(String name, long generation, List<Step> steps, List<Conflict> conflicts) {
        public Plan {
            steps = List.copyOf(steps);
            conflicts = List.copyOf(conflicts);
        }

        /** Whether anything that exists is updated, replaced or removed. */
        public boolean touches() {
            return steps.stream()
                    .anyMatch(step ->
                            !step.action().equals("create") && !step.action().equals("keep"));
        }
    }

    /**
     * One change.
     *
     * @param action {@code create}, {@code replace}, {@code update}, {@code remove} or {@code keep}
     * @param kind {@code node}, {@code flow} or {@code graph}
     * @param id of the node or flow, or the name of the graph
     */
    record Step(String action, String kind, String id, String reason, Effect effect) {
        /** Of a node, with no effect; the components that there were in version 1.1 of this package. */
        public Step(String action, String node, String reason) {
            this(action, "node", node, reason, Effect.NONE);
        }

        /** The id; a node's, where the step is one of a node. */
        public String node() {
            return id;
        }
    }

    /**
     * What a step does to agents, by the phases that they have now, and in words what else follows.
     *
     * @param starts that are not there or down, and are started; they may have to wait for others
     * @param restarts that run, and are stopped and started again
     * @param stops that are stopped and go for good
     */
    record Effect(List<String> starts, List<String> restarts, List<String> stops, List<String> notes) {
        public static final Effect NONE = new Effect(List.of(), List.of(), List.of(), List.of());

        public Effect {
            starts = List.copyOf(starts);
            restarts = List.copyOf(restarts);
            stops = List.copyOf(stops);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Something that was changed while the graph ran, and by the manifest to something else.
     *
     * @param kind as of a step
     * @param property empty where the node or flow as a whole was made, changed or removed
     * @param base what the manifest said when it was applied last; empty for nothing
     */
    record Conflict(String kind, String id, String property, String base, String running, String manifest) {}

    /** What a command did, and the generation that the graph has now. */
    record Applied(String name, long generation, List<Step> steps) {
        public Applied {
            steps = List.copyOf(steps);
        }
    }

    /**
     * What made a generation of a graph.
     *
     * @param generation 0 for a deletion
     * @param what {@code applied}, {@code edited}, {@code rolled back to generation N} or {@code deleted}
     * @param sequence of its event
     * @param changes one line each; the first of them where there are many
     */
    record Generation(long generation, String what, long timeNanos, String actor, long sequence, List<String> changes) {
        public Generation {
            changes = List.copyOf(changes);
        }
    }

    /** A graph, its generation (from 1, raised by each change) and its agents. */
    record Summary(String name, long generation, String description, List<AgentStatus> agents) {
        public Summary {
            agents = List.copyOf(agents);
        }
    }
}
