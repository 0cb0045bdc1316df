package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.graph.Items.Declared;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The service over a supervisor. */
final class LiveGraphs implements Graphs {
    private final Supervisor supervisor;
    private final LiveAgents agents;
    private final Function<GraphSource, ManifestResult> parser;
    private final KeptSources sources;
    private final GraphPast past;
    private final Placer placer;
    private final Executor background;

    /** @param background where placements are found, which may take seconds */
    LiveGraphs(
            Supervisor supervisor,
            LiveAgents agents,
            Function<GraphSource, ManifestResult> parser,
            KeptSources sources,
            GraphPast past,
            Placer placer,
            Executor background) {
        this.supervisor = supervisor;
        this.agents = agents;
        this.parser = parser;
        this.sources = sources;
        this.past = past;
        this.placer = placer;
        this.background = background;
    }

    @Override
    public ManifestResult parse(String fileName, String text) {
        return parse(GraphSource.of(fileName, text));
    }

    @Override
    public ManifestResult parse(GraphSource source) {
        return parser.apply(source);
    }

    @Override
    public GraphSource source(String name, OptionalLong generation) {
        return sources.find(
                name,
                generation,
                Optional.ofNullable(supervisor.context.ledger.durable.graphs.get(name)),
                supervisor.context.ledger.durable.graphs.keySet());
    }

    @Override
    public CompletableFuture<Applied> apply(GraphManifest manifest, Options options, String actor) {
        return placed(
                plans -> plans.apply(manifest, options.force()),
                (placing, done) -> supervisor.graphs.apply(manifest, options, placing, actor, done));
    }

    @Override
    public Plan plan(GraphManifest manifest, boolean force) {
        return planned(plans -> plans.apply(manifest, force)).plan();
    }

    /**
     * Finds places for what a plan comes to, where it asks for any, and then has it done. The owner's thread makes the plan anew, and
     * refuses where it is another by then.
     */
    private CompletableFuture<Applied> placed(
            Function<GraphPlans, GraphPlans.Prepared> plan, BiConsumer<Placing, CompletableFuture<Applied>> change) {
        AgentsState state = supervisor.context.ledger.durable;
        try {
            GraphPlans.Prepared prepared = planned(plan);
            String name = prepared.plan().name();
            if (!prepared.plan().conflicts().isEmpty() || !Placer.concerns(state, name, prepared.result())) {
                return supervisor.command(done -> change.accept(Placing.NONE, done));
            }
            return CompletableFuture.supplyAsync(() -> placer.place(state, prepared), background)
                    .thenCompose(placing -> supervisor.command(done -> change.accept(placing, done)));
        } catch (StratoswarmException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Of the state between two appends. */
    private GraphPlans.Prepared planned(Function<GraphPlans, GraphPlans.Prepared> plan) {
        return supervisor.context.ledger.read(state -> plan.apply(new GraphPlans(state)));
    }

    @Override
    public CompletableFuture<Applied> edit(String graph, String id, Map<String, String> changes, String actor) {
        Map<String, String> asked = Map.copyOf(changes);
        return placed(
                plans -> plans.edit(graph, id, asked),
                (placing, done) -> supervisor.graphs.edit(graph, id, asked, placing, actor, done));
    }

    @Override
    public CompletableFuture<Applied> revise(String graph, Revision revision, String actor) {
        AgentsState state = supervisor.context.ledger.durable;
        GraphState known = state.graphs.get(graph);
        if (known != null
                && !Placer.concerns(
                        state, graph, new Declared("", known.rules(), revision.nodes(), revision.flows()))) {
            // Flows may be held meanwhile, so no plan is made that nobody needs.
            return supervisor.command(done -> supervisor.graphs.revise(graph, revision, Placing.NONE, actor, done));
        }
        return placed(
                plans -> plans.revise(graph, revision),
                (placing, done) -> supervisor.graphs.revise(graph, revision, placing, actor, done));
    }

    @Override
    public Plan plan(String graph, Revision revision) {
        GraphPlans.Prepared prepared = planned(plans -> plans.revise(graph, revision));
        AgentsState state = supervisor.context.ledger.durable;
        if (Placer.concerns(state, graph, prepared.result())) {
            placer.place(state, prepared);
        }
        return prepared.plan();
    }

    @Override
    public List<Generation> history(String name, int limit) {
        List<Generation> generations = past.history(name, limit);
        if (generations.isEmpty()) {
            throw Selectors.unknown("graph", name, supervisor.context.ledger.published.keySet());
        }
        return generations;
    }

    @Override
    public CompletableFuture<Applied> rollback(String name, OptionalLong to, OptionalLong expected, String actor) {
        GraphState then = past(name, to);
        return placed(
                plans -> plans.rollback(then),
                (placing, done) -> supervisor.graphs.rollback(then, expected, placing, actor, done));
    }

    @Override
    public Plan planRollback(String name, OptionalLong to) {
        GraphState then = past(name, to);
        return planned(plans -> plans.rollback(then)).plan();
    }

    private GraphState past(String name, OptionalLong to) {
        GraphState graph = supervisor.context.ledger.published.get(name);
        if (graph == null) {
            throw Selectors.unknown("graph", name, supervisor.context.ledger.published.keySet());
        }
        if (to.isPresent()) {
            return past.at(name, to.getAsLong());
        }
        return past.history(name, 2).stream()
                .skip(1)
                .filter(generation -> generation.generation() > 0)
                .findFirst()
                .map(generation -> past.at(name, generation.generation()))
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "graph " + name + " has no generation before its present one, " + graph.generation()
                                + "; there is nothing to roll back to"));
    }

    @Override
    public CompletableFuture<Void> delete(String name, String actor) {
        return supervisor.command(done -> supervisor.graphs.delete(name, actor, done));
    }

    @Override
    public List<Summary> list() {
        return new TreeMap<>(supervisor.context.ledger.durable.graphs)
                .values().stream()
                        .map(graph -> new Summary(
                                graph.name(), graph.generation(), graph.description(), agents.ofGraph(graph.name())))
                        .toList();
    }

    @Override
    public Optional<Declaration> declaration(String name) {
        return Optional.ofNullable(supervisor.context.ledger.published.get(name))
                .map(graph -> declaration(graph, supervisor.context.ledger.durable));
    }

    @Override
    public Declaration declaration(String name, long generation) {
        if (supervisor.context.ledger.published.get(name) == null) {
            throw Selectors.unknown("graph", name, supervisor.context.ledger.published.keySet());
        }
        return declaration(past.at(name, generation), supervisor.context.ledger.durable);
    }

    static Declaration declaration(GraphState graph, AgentsState names) {
        return new Declaration(
                graph.name(),
                graph.generation(),
                graph.deleting(),
                graph.nodes().values().stream()
                        .filter(node -> !node.removed())
                        .map(NodeState::node)
                        .toList(),
                List.copyOf(graph.flows().values()),
                graph.rules().constraints(),
                graph.rules().objectives(),
                graph.nodes().values().stream()
                        .filter(node -> !node.removed())
                        .collect(Collectors.toMap(NodeState::id, node -> members(names, graph.name(), node))),
                graph.held());
    }

    private static List<Member> members(AgentsState names, String graph, NodeState node) {
        Map<Integer, String> ids = names.idsOf(graph, node.id(), node.members().keySet(), node.replicas());
        return node.members().values().stream()
                .map(member -> new Member(
                        member.number(),
                        ids.getOrDefault(member.number(), ""),
                        member.slot(),
                        member.version() != 0 && member.version() != node.version(),
                        member.share(),
                        member.draining()))
                .toList();
    }

    @Override
    public AutoCloseable watch(Consumer<String> changed) {
        Ledger ledger = supervisor.context.ledger;
        return ledger.watches.add(changed, ledger.published::keySet);
    }
}
