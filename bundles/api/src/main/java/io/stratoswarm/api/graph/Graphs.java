package io.stratoswarm.api.graph;

import io.stratoswarm.api.agent.AgentStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    /**
     * Makes a running graph what the revision says, as a step of a change that goes on while records flow. The manifest does not
     * know of it, as with {@link #edit}. Constraints and objectives stay. Kind CONFLICT where the graph is at another generation than
     * the revision expects, kind INVALID where the declaration would not be one; nothing is done then.
     */
    CompletableFuture<Applied> revise(String graph, Revision revision, String actor);

    /** What {@link #revise} would do now. Fails as that would, also where places cannot give what is asked; it may take seconds. */
    Plan plan(String graph, Revision revision);

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

    /** Whether a script may decide for a node, as {@link NodeSpec#decidedBy} has it; for one that is not declared any may. */
    default boolean mayDecide(String script, String graph, String node) {
        return declaration(graph).stream()
                .flatMap(declared -> declared.nodes().stream())
                .filter(spec -> spec.id().equals(node))
                .allMatch(spec -> spec.decidedBy(script));
    }

    /** Stops all agents of the graph and removes it; completes once they are gone. Kind NOT_FOUND for an unknown name. */
    CompletableFuture<Void> delete(String name, String actor);

    List<Summary> list();

    /** What is declared now, with the wires and built-in programs of its nodes. */
    Optional<Declaration> declaration(String name);

    /**
     * What was declared in a generation, with its members as they were then. Kind NOT_FOUND for a graph or generation that is not
     * there.
     */
    Declaration declaration(String name, long generation);

    /**
     * Gives the name of a graph after each durable change of what it declares or of a phase of one of its agents, also after it is
     * gone; and at once that of each graph that is there. Several changes may come as one. On a thread of the watch, which may
     * block.
     */
    AutoCloseable watch(Consumer<String> changed);

    /**
     * A declared graph.
     *
     * @param members by id of their node, those of every node
     * @param held ids of flows that take nothing from their sources for now, and route nothing of what they took
     */
    record Declaration(
            String name,
            long generation,
            boolean deleting,
            List<NodeSpec> nodes,
            List<FlowSpec> flows,
            List<Constraint> constraints,
            List<Objective> objectives,
            Map<String, List<Member>> members,
            Set<String> held) {
        public Declaration {
            nodes = List.copyOf(nodes);
            flows = List.copyOf(flows);
            constraints = List.copyOf(constraints);
            objectives = List.copyOf(objectives);
            members = Map.copyOf(members);
            held = Set.copyOf(held);
        }

        /** No flow is held, and the members are those that follow from the replicas. */
        public Declaration(
                String name,
                long generation,
                boolean deleting,
                List<NodeSpec> nodes,
                List<FlowSpec> flows,
                List<Constraint> constraints,
                List<Objective> objectives) {
            this(name, generation, deleting, nodes, flows, constraints, objectives, members(name, nodes), Set.of());
        }

        private static Map<String, List<Member>> members(String graph, List<NodeSpec> nodes) {
            return nodes.stream()
                    .collect(Collectors.toMap(
                            NodeSpec::id,
                            node -> IntStream.range(0, node.replicas())
                                    .mapToObj(number -> Member.of(
                                            number,
                                            graph + "/" + node.id() + (node.replicas() == 1 ? "" : "." + number)))
                                    .toList()));
        }
    }

    /**
     * One of the agents that stand for a node. In the steady state there is one for each replica. While a graph is transformed there
     * may be several for a slot, which share what the slot gets, and some that get nothing more.
     *
     * @param number unique in the node; the agent's name ends in it, but for the first one of a node that was declared with one replica
     * @param agent its id; empty in a revision for one that is not there yet
     * @param slot which replica it stands for; where several have the same, the one with the highest number comes first
     * @param previous whether it goes on with the declaration that it runs with, though there is a newer one
     * @param share of the records that would go to its slot and were not taken by one that comes before it, 0 to {@link #ALL}
     * @param draining whether its inputs end once all that was on its way is delivered
     */
    record Member(int number, String agent, int slot, boolean previous, int share, boolean draining) {
        /** The whole of it. */
        public static final int ALL = 1_000;

        public Member {
            if (number < 0 || slot < 0 || share < 0 || share > ALL) {
                throw new IllegalArgumentException("number " + number + ", slot " + slot + ", share " + share
                        + ": must be 0 or more, a share at most " + ALL);
            }
        }

        /** The only one of its slot. */
        public static Member of(int number, String agent) {
            return new Member(number, agent, number, false, ALL, false);
        }

        public Member withShare(int permille) {
            return new Member(number, agent, slot, previous, permille, draining);
        }

        /** Gets nothing more. */
        public Member drained() {
            return new Member(number, agent, slot, previous, 0, true);
        }
    }

    /**
     * What a graph shall be next.
     *
     * @param nodes all of them
     * @param flows all of them
     * @param members by id of their node, where they are others than follow from its replicas
     * @param held as in {@link Declaration}
     * @param places by id of their node and their number, ids of the places where members that are not there yet are to be; the
     *     revision is refused where one of them cannot be
     * @param expected generation that the graph must be at
     * @param note one line for the history: what this is a step of
     */
    record Revision(
            List<NodeSpec> nodes,
            List<FlowSpec> flows,
            Map<String, List<Member>> members,
            Set<String> held,
            Map<String, Map<Integer, String>> places,
            OptionalLong expected,
            String note) {
        public Revision {
            nodes = List.copyOf(nodes);
            flows = List.copyOf(flows);
            members = Map.copyOf(members);
            held = Set.copyOf(held);
            places = Map.copyOf(places);
        }

        /** Wherever the solver finds that they are well. */
        public Revision(
                List<NodeSpec> nodes,
                List<FlowSpec> flows,
                Map<String, List<Member>> members,
                Set<String> held,
                OptionalLong expected,
                String note) {
            this(nodes, flows, members, held, Map.of(), expected, note);
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
     * @param what {@code applied}, {@code edited}, the note of a revision, {@code rolled back to generation N} or {@code deleted}
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
