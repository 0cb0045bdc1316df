package io.stratoswarm.audit;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.audit.capture.CaptureControl;
import io.stratoswarm.audit.capture.CaptureProbe;
import io.stratoswarm.audit.capture.CaptureSettings;
import io.stratoswarm.audit.capture.CaptureTriggers;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.Sealing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers captures. The folder is opened on a thread of its own, for what a kill left behind there may take a moment to clear away; where
 * it cannot be opened the daemon goes on without captures, and {@code doctor} says why.
 */
@Component(immediate = true, service = HostProbe.class, configurationPid = "stratoswarm.audit")
public final class CaptureComponent implements HostProbe {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureComponent.class);
    private static final long STEP_SECONDS = 20;

    private final BundleContext context;
    private final Path data;
    private final Journal journal;
    private final Agents agents;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4),
            Thread.ofPlatform().name("capture-store-", 0).daemon().factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("capture-timer").daemon().factory());
    /** These are guarded by this. */
    private CaptureSettings settings;

    private @Nullable CaptureControl control;
    private @Nullable CaptureTriggers triggers;
    private @Nullable ServiceRegistration<?> registration;
    private boolean closed;
    private volatile String problem = "";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ProcessImages images;

    @Activate
    public CaptureComponent(
            BundleContext context,
            @Reference Daemon daemon,
            @Reference Journal journal,
            @Reference Agents agents,
            Map<String, Object> properties) {
        this.context = context;
        this.data = Path.of(daemon.data());
        this.journal = journal;
        this.agents = agents;
        this.settings = CaptureSettings.of(properties);
        timer.execute(this::open);
        timer.scheduleWithFixedDelay(this::step, STEP_SECONDS, STEP_SECONDS, TimeUnit.SECONDS);
    }

    private void open() {
        try {
            SecureRandom random = new SecureRandom();
            CaptureFolder folder = CaptureFolder.open(
                    data.resolve("captures"),
                    fresh -> Sealing.open(data.resolve("keys/captures.key"), fresh, random),
                    workers);
            synchronized (this) {
                if (closed) {
                    return;
                }
                CaptureControl made = new CaptureControl(
                        folder,
                        settings,
                        new CaptureControl.Surroundings(
                                agents,
                                journal,
                                InstantSource.system(),
                                System::nanoTime,
                                random,
                                () -> Optional.ofNullable(images)));
                control = made;
                triggers = new CaptureTriggers(made, agents, journal, System::nanoTime, settings);
                registration = context.registerService(Captures.class, made, null);
            }
        } catch (StratoswarmException e) {
            problem = String.valueOf(e.getMessage());
            LOG.error("There are no captures now, the daemon goes on without: {}", problem, e);
        }
    }

    private void step() {
        CaptureControl there;
        CaptureTriggers following;
        synchronized (this) {
            there = control;
            following = triggers;
        }
        try {
            if (there != null && following != null) {
                there.step();
                following.step();
            }
        } catch (StratoswarmException e) {
            LOG.warn("captures were not looked after this time: {}", e.getMessage());
        }
    }

    @Modified
    void modified(Map<String, Object> properties) {
        CaptureSettings changed = CaptureSettings.of(properties);
        synchronized (this) {
            settings = changed;
            if (control != null) {
                control.configure(changed);
            }
            if (triggers != null) {
                triggers.configure(changed);
            }
        }
    }

    @Override
    public List<Capability> probe() {
        String why = problem;
        return why.isEmpty() ? CaptureProbe.host() : List.of(new Capability("capture", false, why));
    }

    @Deactivate
    void close() {
        CaptureControl there;
        CaptureTriggers following;
        synchronized (this) {
            closed = true;
            there = control;
            following = triggers;
            if (registration != null) {
                registration.unregister();
            }
        }
        timer.shutdownNow();
        if (following != null) {
            following.close();
        }
        if (there != null) {
            there.close();
        }
        workers.shutdownNow();
    }
}
