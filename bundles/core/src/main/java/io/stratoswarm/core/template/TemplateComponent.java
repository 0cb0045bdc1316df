package io.stratoswarm.core.template;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.api.metric.LogTemplates;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.process.Footprints;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the miner of templates its rounds, on a thread of its own: it reads files, and a slow disk must delay no sample. */
@Component(
        immediate = true,
        configurationPid = "stratoswarm.metrics",
        configurationPolicy = ConfigurationPolicy.OPTIONAL)
public final class TemplateComponent implements LogTemplates {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateComponent.class);
    private static final long ROUND_NANOS = 1_000_000_000;

    private final boolean enabled;
    private final LogMiner miner;
    private final @Nullable Thread thread;
    private volatile boolean closed;
    private boolean failed;

    @Activate
    public TemplateComponent(
            @Reference Footprints footprints,
            @Reference Metrics metrics,
            @Reference TableStore tables,
            Map<String, Object> properties) {
        enabled = !"false"
                .equals(String.valueOf(properties.get("templates.enabled")).strip());
        miner = new LogMiner(footprints, metrics, new TemplateShelf(tables), InstantSource.system());
        thread = enabled ? Thread.ofPlatform().name("log-miner").daemon().start(this::run) : null;
    }

    private void run() {
        while (!closed) {
            try {
                LockSupport.parkNanos(ROUND_NANOS);
                miner.step();
            } catch (RuntimeException e) {
                // One line for a fault that comes again with each round.
                if (!failed) {
                    failed = true;
                    LOG.error("output cannot be put to templates; further rounds are tried", e);
                }
            }
        }
        try {
            miner.keep();
        } catch (RuntimeException e) {
            LOG.warn("the log templates found in the last minute are not kept: {}", e.getMessage());
        }
    }

    @Override
    public List<LogTemplate> templates(String agent) {
        if (!enabled) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE,
                    "lines are not put to templates: templates.enabled is false in stratoswarm.metrics.cfg");
        }
        return miner.templates(agent);
    }

    @Deactivate
    void close() throws InterruptedException {
        closed = true;
        if (thread != null) {
            // Not by an interrupt, which would close the file that is being read.
            LockSupport.unpark(thread);
            thread.join(5_000);
        }
    }
}
