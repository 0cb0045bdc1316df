package io.stratoswarm.graphops;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.graphops.transform.TransformControl;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Changes running graphs while it is there; what is under way when it goes is gone on with by the one that comes. */
@Component(immediate = true, service = Transforms.class)
public final class TransformsComponent implements Transforms {
    private final TransformControl control;

    /** Where the settings say so, a graph is captured before it is transformed. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Captures captures;

    @Activate
    public TransformsComponent(
            @Reference Graphs graphs,
            @Reference Agents agents,
            @Reference Flows flows,
            @Reference TableStore tables,
            @Reference Journal journal) {
        control =
                new TransformControl(graphs, agents, flows, tables, journal, InstantSource.system(), System::nanoTime);
    }

    @Override
    public Plan plan(Request request) {
        return control.plan(request);
    }

    @Override
    public CompletableFuture<Transform> start(Request request, String actor) {
        Captures there = captures;
        if (there == null) {
            return control.start(request, actor);
        }
        return there.beforeRisky(List.of(request.graph()), "transform " + request.kind(), actor)
                .thenCompose(capture -> control.start(request, actor));
    }

    @Override
    public List<Transform> list(Optional<String> graph, int limit) {
        return control.list(graph, limit);
    }

    @Override
    public Transform get(long number) {
        return control.get(number);
    }

    @Override
    public CompletableFuture<Transform> cancel(long number, String actor) {
        return control.cancel(number, actor);
    }

    @Deactivate
    void close() {
        control.close();
    }
}
