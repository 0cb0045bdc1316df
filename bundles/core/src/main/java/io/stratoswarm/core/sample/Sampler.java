package io.stratoswarm.core.sample;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round measures the host and every running agent, and hands the samples over. For one thread. */
final class Sampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final int EXPECTED_AN_AGENT = 28;
    /** A minute at the usual interval. */
    private static final int TURN_ROUNDS = 60;

    private final Host host;
    private final Footprints footprints;
    private final Metrics metrics;
    private final SampleSettings settings;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Reader reader;
    private final HostSampler hostSampler;
    private final DeviceSampler devices;
    private final FileSystems fileSystems;
    private final ClockSampler wall = new ClockSampler();
    private final ThermalSampler thermal;
    private final SocketSampler sockets;
    private final ProcessSearch search;
    private final Map<String, AgentSampler> agents = new HashMap<>();
    private final Map<String, AgentSeries> series = new HashMap<>();
    private final Series ownCpu = Series.of(Series.HOST, Names.SAMPLER_CPU);
    private final Series ownRound = Series.of(Series.HOST, Names.SAMPLER_ROUND);
    private final Series ownSkipped = Series.of(Series.HOST, Names.SAMPLER_SKIPPED);
    private final Series ownDeferred = Series.of(Series.HOST, Names.SAMPLER_DEFERRED);

    private long round = -1;
    private long skipped;
    private long refusals;
    private long deferred;
    private double roundSeconds;
    private long cpuNanos;
    /** What handing over took in the last round. */
    private long handNanos;

    private int nextSlow;
    private volatile Findings findings = Findings.NONE;

    Sampler(
            Host host,
            Descriptors descriptors,
            Footprints footprints,
            Metrics metrics,
            SampleSettings settings,
            InstantSource clock,
            LongSupplier monotonic) {
        this.host = host;
        this.footprints = footprints;
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
        this.monotonic = monotonic;
        this.reader = new Reader(descriptors);
        this.hostSampler = new HostSampler(host);
        this.devices = new DeviceSampler(host);
        this.fileSystems = new FileSystems(host.proc().resolve("self/mountinfo"));
        this.thermal = new ThermalSampler(host);
        this.sockets = new SocketSampler(host);
        this.search = new ProcessSearch(host);
        Names.all().forEach(metrics::declare);
    }

    /** Rounds that could not be begun in time. */
    void skipped(long rounds) {
        skipped += rounds;
    }

    /** One round. */
    void step() {
        round++;
        long began = monotonic.getAsLong();
        long cpuBegan = Linux.threadCpuNanos(reader.status());
        Batch batch = new Batch(clock.millis(), 128 + EXPECTED_AN_AGENT * (agents.size() + 1));
        wall.watch(batch.timeMillis(), began);
        reader.descriptors().refresh();
        boolean seldom = round % AgentSampler.SELDOM == 0;
        hostRound(batch, seldom);
        follow();
        agentRound(batch, seldom, cpuBegan);
        long handing = Linux.threadCpuNanos(reader.status());
        hand(batch.samples());
        handNanos = Linux.threadCpuNanos(reader.status()) - handing;
        if (seldom) {
            findings = findings();
        }
        cpuNanos += Linux.threadCpuNanos(reader.status()) - cpuBegan;
        roundSeconds = (monotonic.getAsLong() - began) / 1e9;
    }

    private void hostRound(Batch batch, boolean seldom) {
        hostSampler.read(reader, batch);
        devices.read(reader, batch);
        if (seldom) {
            hostSampler.readSeldom(reader, batch);
            devices.forgetGone();
            fileSystems.ask();
            wall.read(reader, batch);
            thermal.read(reader, batch);
        }
        fileSystems.collect(batch);
        batch.add(ownCpu, cpuNanos / 1e9);
        batch.add(ownRound, roundSeconds);
        batch.add(ownSkipped, skipped);
        batch.add(ownDeferred, deferred);
    }

    /** Lets go of what has ended and takes what has begun. */
    private void follow() {
        for (Footprint now : footprints.footprints()) {
            if (now.pid() == 0) {
                continue;
            }
            AgentSampler known = agents.get(now.agent());
            if (known != null
                    && known.what().incarnation() == now.incarnation()
                    && known.what().pid() == now.pid()
                    && known.what().keeper() == now.keeper()) {
                known.isThere(round);
                continue;
            }
            if (known != null) {
                known.close();
            }
            AgentSeries names = series.computeIfAbsent(now.agent(), AgentSeries::new);
            AgentSampler fresh = new AgentSampler(host, now, footprints.place(now.agent()), names, reader);
            fresh.isThere(round);
            agents.put(now.agent(), fresh);
        }
        agents.entrySet().removeIf(entry -> {
            boolean gone = !entry.getValue().wasThere(round);
            if (gone) {
                entry.getValue().close();
                series.remove(entry.getKey());
            }
            return gone;
        });
    }

    private void agentRound(Batch batch, boolean seldom, long cpuBegan) {
        if (agents.isEmpty()) {
            return;
        }
        Map<AgentSampler, List<Integer>> searched = seldom ? searched() : Map.of();
        List<AgentSampler> all = new ArrayList<>(agents.values());
        boolean tight = reader.descriptors().tight();
        for (AgentSampler agent : all) {
            agent.read(reader, turn(agent, AgentSampler.SELDOM), searched.get(agent));
            if (tight) {
                agent.letGo();
            }
        }
        slowRound(all, cpuBegan);
        double uptime = hostSampler.uptime(reader);
        for (AgentSampler agent : all) {
            if (settings.pssSeconds() > 0 && turn(agent, pssRounds())) {
                agent.readPss(reader);
            }
            agent.emit(batch, turn(agent, AgentSampler.SELDOM), uptime);
        }
        if (seldom) {
            sockets.read(reader, all, batch);
        }
    }

    private int pssRounds() {
        return (int) Math.max(1, settings.pssSeconds() * 1_000 / settings.intervalMillis());
    }

    /** Whether this is the round in which this agent has its turn; agents are spread over the rounds. */
    private boolean turn(AgentSampler agent, int every) {
        return Math.floorMod(round - agent.what().agent().hashCode(), every) == 0;
    }

    /**
     * Context switches and pressure cost more than all else together. They are read for as many agents as the share of a processor
     * allows beside handing the samples over, and for so many that each has its turn within {@link #TURN_ROUNDS}; the others come
     * first in the next round. What is not read is not told, and as these are counters nothing is lost.
     */
    private void slowRound(List<AgentSampler> all, long cpuBegan) {
        long budget = (long) (settings.intervalMillis() * 1e6 * settings.maxCpuPercent() / 100) - handNanos;
        int size = all.size();
        int least = Math.ceilDiv(size, TURN_ROUNDS);
        int read = 0;
        int from = size == 0 ? 0 : nextSlow % size;
        for (int i = 0; i < size; i++) {
            AgentSampler agent = all.get((from + i) % size);
            if (!agent.wantsSlow()) {
                continue;
            }
            if (read >= least && Linux.threadCpuNanos(reader.status()) - cpuBegan > budget) {
                nextSlow = (from + i) % size;
                for (int rest = i; rest < size; rest++) {
                    deferred += all.get((from + rest) % size).wantsSlow() ? 1 : 0;
                }
                return;
            }
            agent.readSlow(reader);
            read++;
        }
    }

    private Map<AgentSampler, List<Integer>> searched() {
        Map<AgentSampler, Footprints.Place> lost = new HashMap<>();
        for (AgentSampler agent : agents.values()) {
            if (agent.needsSearch()) {
                lost.put(agent, footprints.place(agent.what().agent()));
            }
        }
        return lost.isEmpty() ? Map.of() : search.find(lost);
    }

    /** What the store refuses, because there are too many series, it names; the other samples it has taken. */
    private void hand(List<Sample> samples) {
        try {
            metrics.record(samples);
        } catch (StratoswarmException e) {
            if (refusals++ == 0) {
                LOG.warn("not all samples are recorded: {}", e.getMessage());
            }
        }
    }

    private Findings findings() {
        boolean anyAgent = !agents.isEmpty();
        boolean groups = agents.values().stream().anyMatch(agent -> !agent.needsSearch());
        boolean pressure = agents.values().stream().anyMatch(AgentSampler::tellsPressure);
        boolean io = agents.values().stream()
                .flatMap(agent -> agent.processes().stream())
                .anyMatch(ProcessReading::ioForbidden);
        return new Findings(
                round,
                agents.size(),
                hostSampler.pressureMissing(reader),
                thermal.missing(),
                thermal.throttlingMissing(),
                fileSystems.hanging(),
                anyAgent && !groups,
                anyAgent && !pressure,
                io,
                roundSeconds,
                deferred,
                skipped);
    }

    /** What was found of the host; safe to ask from any thread. */
    Findings found() {
        return findings;
    }

    int agents() {
        return agents.size();
    }

    @Override
    public void close() {
        agents.values().forEach(AgentSampler::close);
        agents.clear();
        hostSampler.close();
        devices.close();
        thermal.close();
        reader.close();
    }
}
