package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.data.DataFolder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
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
 * Opens the store of metrics and offers it as a service. That runs on a thread of its own, since a large database takes a moment
 * to be checked. Where it cannot be opened the daemon goes on without metrics and says why.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = "stratoswarm.metrics")
public final class MetricsComponent {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsComponent.class);
    private static final long FULL_DISK_MILLIS = 5_000;

    /** Comes after the store and may go before it; only windows that are kept ask for it. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    private final BundleContext context;
    private final Journal journal;
    private final BlobStore blobs;
    private final DataFolder data;
    private final Map<String, Object> properties;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final Thread starter;
    private @Nullable OpenMetricStore opened;
    private boolean closed;

    @Activate
    public MetricsComponent(
            BundleContext context,
            @Reference Journal journal,
            @Reference BlobStore blobs,
            @Reference DataFolder data,
            Map<String, Object> properties) {
        this.context = context;
        this.journal = journal;
        this.blobs = blobs;
        this.data = data;
        this.properties = properties;
        this.starter = Thread.ofPlatform().name("metrics-start").start(this::start);
    }

    private synchronized void start() {
        String told = "";
        while (!closed) {
            try {
                open();
                return;
            } catch (StratoswarmException e) {
                if (e.kind() != StratoswarmException.Kind.FULL) {
                    LOG.error("There are no metrics now, the daemon goes on without: {}", e.getMessage(), e);
                    return;
                }
                String reason = String.valueOf(e.getMessage());
                if (!reason.equals(told)) {
                    told = reason;
                    LOG.error("There are no metrics until there is room for them: {}", reason);
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.error("There are no metrics now, the daemon goes on without: {}", e.getMessage(), e);
                return;
            }
            try {
                wait(FULL_DISK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void open() {
        OpenMetricStore metrics = OpenMetricStore.open(
                data.metrics(), journal, blobs, InstantSource.system(), MetricOptions.of(properties));
        opened = metrics;
        metrics.start();
        registrations.add(context.registerService(
                new String[] {Metrics.class.getName(), MetricProofs.class.getName(), HostProbe.class.getName()},
                metrics,
                null));
        registrations.add(context.registerService(
                Reactor.class,
                new WindowPinner(journal, blobs, metrics.engine(), metrics.pins(), () -> Optional.ofNullable(agents)),
                null));
    }

    @Deactivate
    void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
            registrations.reversed().forEach(ServiceRegistration::unregister);
            registrations.clear();
            if (opened != null) {
                opened.close();
            }
        }
        starter.join();
    }
}
