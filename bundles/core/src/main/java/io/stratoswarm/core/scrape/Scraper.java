package io.stratoswarm.core.scrape;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks each running agent that serves metrics, when it is due; each on a virtual thread that is interrupted at its time limit. */
final class Scraper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scraper.class);
    private static final int AT_ONCE = 32;
    private static final int MOST_REASONS = 20;

    /** One agent. */
    private static final class Target {
        final String agent;
        final long incarnation;
        final @Nullable MetricsSource source;
        long dueNanos;
        volatile @Nullable Thread asking;
        volatile long limitNanos;
        volatile boolean late;
        volatile String problem = "";

        Target(String agent, long incarnation, @Nullable MetricsSource source, long dueNanos) {
            this.agent = agent;
            this.incarnation = incarnation;
            this.source = source;
            this.dueNanos = dueNanos;
        }
    }

    private final Footprints footprints;
    private final Function<String, Optional<AgentSpec>> specs;
    private final Scrapes scrapes;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Semaphore permits = new Semaphore(AT_ONCE);

    Scraper(
            Footprints footprints,
            Function<String, Optional<AgentSpec>> specs,
            Scrapes scrapes,
            InstantSource clock,
            LongSupplier monotonic) {
        this.footprints = footprints;
        this.specs = specs;
        this.scrapes = scrapes;
        this.clock = clock;
        this.monotonic = monotonic;
    }

    /** One round: takes note of what runs, and asks whom it is time to ask. False where there is nobody to be asked. */
    boolean step() {
        boolean any = false;
        long now = monotonic.getAsLong();
        Set<String> there = new HashSet<>();
        for (Footprint footprint : footprints.footprints()) {
            if (footprint.pid() == 0) {
                continue;
            }
            there.add(footprint.agent());
            Target known = targets.get(footprint.agent());
            if (known == null || known.incarnation != footprint.incarnation()) {
                MetricsSource source = specs.apply(footprint.agent())
                        .flatMap(AgentSpec::metrics)
                        .orElse(null);
                known = new Target(footprint.agent(), footprint.incarnation(), source, now + first(footprint, source));
                targets.put(footprint.agent(), known);
            }
            MetricsSource source = known.source;
            if (source != null) {
                any = true;
                step(known, source, now);
            }
        }
        targets.keySet().retainAll(there);
        return any;
    }

    /** Agents that began together are not asked together; the first time comes within the interval. */
    private static long first(Footprint footprint, @Nullable MetricsSource source) {
        long every = source == null ? 1 : Math.min(source.everyMillis(), 15_000);
        return 1_000_000L * Math.floorMod(footprint.agent().hashCode(), every);
    }

    private void step(Target target, MetricsSource source, long now) {
        Thread asking = target.asking;
        if (asking != null) {
            if (now - target.limitNanos > 0) {
                target.late = true;
                asking.interrupt();
            }
            return;
        }
        if (now - target.dueNanos < 0 || !permits.tryAcquire()) {
            return;
        }
        // The grid is kept where it can be; what was missed is not made up for.
        target.dueNanos = Math.max(target.dueNanos + source.everyMillis() * 1_000_000, now);
        target.limitNanos = now + source.timeoutMillis() * 1_000_000;
        target.late = false;
        Thread thread = Thread.ofVirtual().name("scrape-" + target.agent).unstarted(() -> ask(target, source));
        target.asking = thread;
        thread.start();
    }

    private void ask(Target target, MetricsSource source) {
        long began = monotonic.getAsLong();
        String problem;
        try {
            Exposition answer = Exposition.read(Fetcher.fetch(source), Scrapes.MOST_SAMPLES);
            problem = scrapes.record(target.agent, source, answer, clock.millis(), since(began));
        } catch (IOException | Exposition.Wrong | RuntimeException e) {
            problem = reason(e, target, source);
            fail(target, began);
        } finally {
            target.asking = null;
            permits.release();
        }
        tell(target, source, problem);
    }

    private void fail(Target target, long began) {
        try {
            scrapes.failed(target.agent, clock.millis(), since(began));
        } catch (RuntimeException e) {
            LOG.debug("that the metrics of {} could not be read is not recorded", target.agent, e);
        }
    }

    private double since(long began) {
        return (monotonic.getAsLong() - began) / 1e9;
    }

    private static String reason(Exception e, Target target, MetricsSource source) {
        if (target.late || e instanceof SocketTimeoutException) {
            return "no whole answer within " + source.timeoutMillis() + " ms";
        }
        if (e instanceof ConnectException) {
            return "nothing listens on port " + source.port();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static void tell(Target target, MetricsSource source, String problem) {
        boolean news = !problem.equals(target.problem);
        target.problem = problem;
        if (news && problem.isEmpty()) {
            LOG.info("the metrics of {} can be read again", target.agent);
        } else if (news) {
            LOG.warn("the metrics of {} at {} cannot be read: {}", target.agent, Fetcher.url(source), problem);
        }
    }

    /** Which agents cannot be read, and why. */
    List<Capability> capabilities() {
        List<Capability> all = new ArrayList<>();
        int asked = 0;
        for (Target target : targets.values()) {
            MetricsSource source = target.source;
            asked += source == null ? 0 : 1;
            if (source != null && !target.problem.isEmpty() && all.size() < MOST_REASONS) {
                all.add(new Capability(
                        "metrics.scrape." + target.agent, false, Fetcher.url(source) + ": " + target.problem));
            }
        }
        if (asked > 0 && all.isEmpty()) {
            all.add(new Capability("metrics.scrape", true, "agents that serve metrics of their own: " + asked));
        }
        return all;
    }

    @Override
    public void close() {
        for (Target target : targets.values()) {
            Thread asking = target.asking;
            if (asking != null) {
                asking.interrupt();
            }
        }
        targets.clear();
    }
}
