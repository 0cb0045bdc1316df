package io.stratoswarm.graphops;

import io.stratoswarm.api.StratoswarmException;
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
import io.stratoswarm.graphops.reshape.ProposalSettings;
import io.stratoswarm.graphops.reshape.Reshapes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers scripts that change graphs, and proposals, while transforms are there to carry them out. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "stratoswarm.graphops")
public final class ReshapesComponent {
    private static final Logger LOG = LoggerFactory.getLogger(ReshapesComponent.class);
    private static final long EXPIRY_SECONDS = 60;

    private final Reshapes reshapes;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("proposals-expiry").daemon().factory());

    @Activate
    public ReshapesComponent(
            BundleContext context,
            Map<String, Object> properties,
            @Reference Graphs graphs,
            @Reference Agents agents,
            @Reference Flows flows,
            @Reference Transforms transforms,
            @Reference Placements placements,
            @Reference ScriptTriggers triggers,
            @Reference TableStore tables,
            @Reference BlobStore blobs,
            @Reference Decisions decisions,
            @Reference Journal journal) {
        reshapes = new Reshapes(
                new Reshapes.Services(
                        graphs, agents, flows, transforms, placements, triggers, tables, blobs, decisions, journal),
                settings(properties),
                InstantSource.system());
        reshapes.reactors()
                .forEach(reactor -> registrations.add(context.registerService(Reactor.class, reactor, null)));
        registrations.add(context.registerService(Proposals.class, reshapes.proposals(), null));
        registrations.add(context.registerService(ScriptKind.class, reshapes.kind(), null));
        schedule.scheduleWithFixedDelay(this::expire, EXPIRY_SECONDS, EXPIRY_SECONDS, TimeUnit.SECONDS);
    }

    private static ProposalSettings settings(Map<String, Object> properties) {
        try {
            return ProposalSettings.parse(properties);
        } catch (StratoswarmException e) {
            LOG.error("stratoswarm.graphops.cfg is not used, and all is as without it: {}", e.getMessage());
            return ProposalSettings.DEFAULT;
        }
    }

    private void expire() {
        try {
            reshapes.expire();
        } catch (RuntimeException e) {
            // A boundary: the schedule would end without a word.
            LOG.error("proposals that nobody decided could not be put away", e);
        }
    }

    @Deactivate
    void close() {
        schedule.shutdownNow();
        registrations.reversed().forEach(ServiceRegistration::unregister);
        reshapes.close();
    }
}
