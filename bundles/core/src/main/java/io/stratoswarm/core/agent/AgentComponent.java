package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.daemon.FatalFailure;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import io.stratoswarm.core.place.SysPlaces;
import io.stratoswarm.core.process.AgentHost;
import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.process.LinuxProcessHost;
import io.stratoswarm.core.process.NodeRunners;
import io.stratoswarm.core.process.ProcessHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the process host, starts the supervisor and offers it as services. The start runs on a thread of its own: the
 * projection that it reads from is bound only after the activation that brought the journal. Where the start fails the daemon ends:
 * one that supervises nothing would look well, and its next start finds the agents as they are.
 */
@Component(
        immediate = true,
        service = {})
public final class AgentComponent {
    private static final Logger LOG = LoggerFactory.getLogger(AgentComponent.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration PROJECTION_PATIENCE = Duration.ofSeconds(10);
    /** Framework property; {@code false} for a daemon that is to live shortly, as those of tests. */
    private static final String REHEARSE = "stratoswarm.rehearse";

    private static final Duration RUNNER_PATIENCE = Duration.ofSeconds(10);

    private static final Duration BEFORE_REHEARSAL = Duration.ofMillis(300);

    private final BundleContext context;
    private final Journal journal;
    private final Projections projections;
    private final BlobStore blobs;
    private final DataFolder data;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final Thread starter;
    private final NodeRunners runners = new NodeRunners();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    private @Nullable ProcessHost host;
    private @Nullable RunningAgents running;
    private @Nullable Rehearsal rehearsal;
    private volatile boolean closed;

    @Activate
    public AgentComponent(
            BundleContext context,
            @Reference Journal journal,
            @Reference Projections projections,
            @Reference BlobStore blobs,
            @Reference DataFolder data) {
        this.context = context;
        this.journal = journal;
        this.projections = projections;
        this.blobs = blobs;
        this.data = data;
        this.starter = Thread.ofPlatform().name("agents-start").start(this::start);
    }

    private void start() {
        try {
            AgentsState loaded = RunningAgents.load(journal, projections, PROJECTION_PATIENCE);
            InstantSource clock = InstantSource.system();
            SecureRandom random = new SecureRandom();
            synchronized (this) {
                if (closed) {
                    return;
                }
                LinuxProcessHost opened = LinuxProcessHost.open(data, clock, random);
                String bootId = Files.readString(BOOT_ID).strip();
                AgentHost all = new AgentHost(opened, runners, RUNNER_PATIENCE.toMillis());
                host = all;
                // Before there are agents: whoever runs nodes needs it, and agents are started as soon as there are
                // any.
                registrations.add(context.registerService(Pipes.class, opened.pipes(), null));
                RunningAgents agents = new RunningAgents(
                        loaded,
                        new RunningAgents.Surroundings(
                                journal,
                                all,
                                clock,
                                System::nanoTime,
                                random,
                                ZoneId.systemDefault(),
                                source -> ManifestParser.parse(source, extensions()),
                                text -> blobs.put(text.getBytes(StandardCharsets.UTF_8)),
                                hash -> blobs.get(hash).map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
                                SysPlaces.real(),
                                this::solver,
                                () -> Optional.ofNullable(metrics),
                                bootId,
                                version()));
                running = agents;
                runners.onArrival(agents::runnerCame);
                registrations.add(context.registerService(Graphs.class, agents.graphs(), null));
                registrations.add(context.registerService(Placements.class, agents.placements(), null));
                registrations.add(context.registerService(Agents.class, agents.agents(), null));
                registrations.add(context.registerService(AgentControls.class, agents.controls(), null));
                registrations.add(context.registerService(Leases.class, agents.leases(), null));
                registrations.add(context.registerService(Footprints.class, opened, null));
                registrations.add(context.registerService(ProcessImages.class, opened, null));
                if (!"false".equals(context.getProperty(REHEARSE))) {
                    rehearsal = new Rehearsal(data, clock, System::nanoTime, random, bootId);
                    rehearsal.later(BEFORE_REHEARSAL);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("closed while the supervisor of agents was starting", e);
        } catch (IOException | RuntimeException | LinkageError e) {
            if (closed) {
                LOG.debug("closed while the supervisor of agents was starting", e);
            } else {
                FatalFailure.stop(context, "agents cannot be supervised", e);
            }
        }
    }

    /** The one with the highest ranking, if there is one. */
    private Optional<PlacementSolver> solver() {
        return Optional.ofNullable(context.getServiceReference(PlacementSolver.class))
                .map(context::getService);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRunner(NodeRunner runner) {
        runners.add(runner);
    }

    void unbindRunner(NodeRunner runner) {
        runners.remove(runner);
    }

    /** Looked up for each manifest, since bundles come and go; nothing of them is held. */
    private Extensions extensions() {
        return new Extensions(services(GraphSyntax.class), services(NodeType.class), true);
    }

    private <T> List<T> services(Class<T> type) {
        List<T> found = new ArrayList<>();
        try {
            for (ServiceReference<T> reference : context.getServiceReferences(type, null)) {
                T service = context.getService(reference);
                if (service != null) {
                    found.add(service);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("no filter is no wrong filter", e);
        }
        return found;
    }

    private String version() {
        String version = context.getProperty("stratoswarm.version");
        return version == null ? "unknown" : version;
    }

    @Deactivate
    void close() throws InterruptedException {
        closed = true;
        starter.interrupt();
        synchronized (this) {
            registrations.forEach(ServiceRegistration::unregister);
            registrations.clear();
            if (rehearsal != null) {
                rehearsal.close();
            }
            if (running != null) {
                running.close();
            }
            if (host != null) {
                host.close();
            }
        }
        starter.join();
    }
}
