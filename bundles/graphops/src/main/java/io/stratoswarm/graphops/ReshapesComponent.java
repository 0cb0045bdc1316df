package io.stratoswarm.graphops;

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
import io.stratoswarm.graphops.reshape.Reshapes;
import java.time.InstantSource;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers scripts that change graphs while transforms are there to do it. */
@Component(
        immediate = true,
        service = {})
public final class ReshapesComponent {
    private final Reshapes reshapes;
    private final List<ServiceRegistration<?>> registrations;

    @Activate
    public ReshapesComponent(
            BundleContext context,
            @Reference Graphs graphs,
            @Reference Agents agents,
            @Reference Flows flows,
            @Reference Transforms transforms,
            @Reference ScriptTriggers triggers,
            @Reference TableStore tables,
            @Reference BlobStore blobs,
            @Reference Decisions decisions) {
        reshapes = new Reshapes(
                graphs, agents, flows, transforms, triggers, tables, blobs, decisions, InstantSource.system());
        registrations = List.of(
                context.registerService(Reactor.class, reshapes.answers(), null),
                context.registerService(Proposals.class, reshapes.proposals(), null),
                context.registerService(ScriptKind.class, reshapes.kind(), null));
    }

    @Deactivate
    void close() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
        reshapes.close();
    }
}
