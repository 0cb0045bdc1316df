package io.stratoswarm.core.agent;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.graph.ManifestRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** The service over a supervisor. */
final class LiveGraphs implements Graphs {
    private final Supervisor supervisor;
    private final LiveAgents agents;
    private final Function<GraphSource, ManifestResult> parser;
    private final KeptSources sources;

    LiveGraphs(
            Supervisor supervisor,
            LiveAgents agents,
            Function<GraphSource, ManifestResult> parser,
            KeptSources sources) {
        this.supervisor = supervisor;
        this.agents = agents;
        this.parser = parser;
        this.sources = sources;
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
    public CompletableFuture<Applied> apply(GraphManifest manifest, String actor) {
        return supervisor.command(done -> supervisor.graphs.apply(manifest, actor, done));
    }

    @Override
    public List<Step> plan(GraphManifest manifest) {
        ManifestRules.check(manifest);
        return GraphCommands.plan(supervisor.context.ledger.durable, manifest);
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
                .map(graph -> new Declaration(
                        name,
                        graph.generation(),
                        graph.deleting(),
                        graph.nodes().values().stream()
                                .filter(node -> !node.removed())
                                .map(NodeState::node)
                                .toList(),
                        List.copyOf(graph.flows().values()),
                        graph.rules().constraints(),
                        graph.rules().objectives()));
    }

    @Override
    public AutoCloseable watch(Consumer<String> changed) {
        Ledger ledger = supervisor.context.ledger;
        return ledger.watches.add(changed, ledger.published::keySet);
    }
}
