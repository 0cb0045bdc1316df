package io.stratoswarm.core.scrape;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.core.process.Footprints;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the scraper its rounds; it only starts threads, so one second is all that a round may be late. */
@Component(immediate = true, service = HostProbe.class)
public final class ScrapeComponent implements HostProbe {
    private static final Logger LOG = LoggerFactory.getLogger(ScrapeComponent.class);
    private static final long ROUND_NANOS = 500_000_000;
    /** Where no agent has metrics of its own there is less to look after. */
    private static final long IDLE_NANOS = 4 * ROUND_NANOS;

    private final Scraper scraper;
    private final Thread thread;
    private volatile boolean closed;

    @Activate
    public ScrapeComponent(@Reference Agents agents, @Reference Footprints footprints, @Reference Metrics metrics) {
        scraper = new Scraper(footprints, agents::spec, new Scrapes(metrics), InstantSource.system(), System::nanoTime);
        thread = Thread.ofPlatform().name("metrics-scraper").daemon().start(this::run);
    }

    private void run() {
        boolean failed = false;
        boolean any = false;
        while (!closed) {
            LockSupport.parkNanos(any ? ROUND_NANOS : IDLE_NANOS);
            try {
                any = scraper.step();
            } catch (RuntimeException e) {
                // One line for a fault that comes again with each round.
                if (!failed) {
                    failed = true;
                    LOG.error("metrics of agents cannot be asked for; further rounds are tried", e);
                }
            }
        }
        scraper.close();
    }

    @Override
    public List<Capability> probe() {
        return scraper.capabilities();
    }

    @Deactivate
    void close() throws InterruptedException {
        closed = true;
        LockSupport.unpark(thread);
        thread.join(5_000);
    }
}
