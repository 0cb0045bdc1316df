package io.stratoswarm.graphops;

import io.stratoswarm.api.agent.Agents;
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
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Changes running graphs while it is there; what is under way when it goes is gone on with by the one that comes. */
@Component(immediate = true, service = Transforms.class)
public final class TransformsComponent implements Transforms {
    private final TransformControl control;

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
        return control.start(request, actor);
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
