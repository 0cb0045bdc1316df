package io.stratoswarm.core.sample;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round measures the host and every running agent, and hands the samples over. For one thread. */
final class Sampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    /** A minute at the usual interval. */
    private static final int TURN_ROUNDS = 60;
    /** Agents that are read before what they told is handed over: so many are still in the caches then. */
    private static final int TOGETHER = 32;
    /** Descriptors are counted every so many rounds where the share does not suffice. */
    private static final int SPARING_ROUNDS = 5;
    /** Part of the share that is used: a round may cost more than those before, by which it is judged. */
    private static final double AIM = 0.96;
    /** Part of that below which it suffices again. */
    private static final double ENOUGH = 0.85;

    private final Host host;
    private final TaskCounts taskCounts;
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
    private final Newcomers newcomers;
    private final Map<String, AgentSampler> agents = new HashMap<>();
    private final Map<String, AgentSeries> series = new HashMap<>();
    private final Map<Path, GroupAbove> above = new HashMap<>();

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
    /** The thread's time at the end of the last round, so that waking up counts as well; 0 before the first. */
    private long cpuRead;

    /** What rounds took of late without {@link AgentSampler#readSlow}: a mean in which the newest counts most. */
    private long usualNanos;
    /** What {@link AgentSampler#readSlow} took of late for one agent; a guess until it was measured. */
    private long slowNanos = 20_000;

    /** Whether descriptors are counted in turns. */
    private boolean sparing;

    private int nextSlow;
    private volatile Findings findings = Findings.NONE;

    Sampler(
            Host host,
            TaskCounts taskCounts,
            Descriptors descriptors,
            Footprints footprints,
            Metrics metrics,
            SampleSettings settings,
            InstantSource clock,
            LongSupplier monotonic) {
        this.host = host;
        this.taskCounts = taskCounts;
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
        this.newcomers = new Newcomers(host);
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
        long cpuBegan = cpuRead == 0 ? Linux.threadCpuNanos(reader.status()) : cpuRead;
        Batch batch = new Batch(clock.millis(), 256 + agents.size());
        wall.watch(batch.timeMillis(), began);
        reader.descriptors().refresh();
        boolean seldom = round % AgentSampler.SELDOM == 0;
        hostRound(batch, seldom);
        Set<String> grown = newcomers.groups(reader);
        follow();
        long slow = agentRound(batch, seldom, grown);
        hand(batch);
        cpuRead = Linux.threadCpuNanos(reader.status());
        long spent = cpuRead - cpuBegan;
        cpuNanos += spent;
        // What is read every so many rounds weighs on one of them alone, so that the last one by itself tells little.
        // The first finds everything cold, and one that is as dear later says no more of the next than one at twice the
        // share.
        long usual = round <= 1 ? spent - slow : Math.min(spent - slow, 2 * share());
        usualNanos += (usual - usualNanos) / (round <= 1 ? 1 : AgentSampler.SELDOM);
        roundSeconds = (monotonic.getAsLong() - began) / 1e9;
        if (seldom) {
            findings = findings();
        }
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
            if (fresh.above() != null) {
                above.computeIfAbsent(fresh.above(), GroupAbove::new);
            }
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

    /**
     * Reads some agents and hands over what they told, while that is in the caches, and then the next. Context switches and pressure may
     * cost more than all else together. They are read for as many agents as the share of a processor allows beside what a round costs without them,
     * and for so many that each has its turn within {@link #TURN_ROUNDS}; the others come first in the next round. What is not read is
     * not told, and as these are counters nothing is lost. Where the share does not suffice for the rest either, descriptors are counted
     * in turns as well. Returns what context switches and pressure took.
     */
    private long agentRound(Batch batch, boolean seldom, @Nullable Set<String> grown) {
        if (agents.isEmpty()) {
            return 0;
        }
        Map<AgentSampler, List<Integer>> searched = seldom ? searched() : Map.of();
        List<AgentSampler> all = new ArrayList<>(agents.values());
        boolean tight = reader.descriptors().tight();
        boolean lacking = reader.descriptors().lacking();
        double uptime = hostSampler.uptime(reader);
        long share = share();
        long budget = share - usualNanos;
        sparing = usualNanos > (sparing ? share * ENOUGH : share);
        above.values().forEach(group -> group.read(reader, round));
        int least = Math.ceilDiv(all.size(), TURN_ROUNDS);
        int from = nextSlow % all.size();
        Collections.rotate(all, -from);
        int put = -1;
        long spent = 0;
        for (int begin = 0; begin < all.size(); begin += TOGETHER) {
            List<AgentSampler> some = all.subList(begin, Math.min(all.size(), begin + TOGETHER));
            for (AgentSampler agent : some) {
                boolean descriptors = !sparing || agent.turn(round, SPARING_ROUNDS);
                List<Integer> found = searched.isEmpty() ? null : searched.get(agent);
                GroupAbove group = above.get(agent.above());
                agent.read(reader, group, agent.turn(round, AgentSampler.SELDOM), found, grown, descriptors);
            }
            long began = Linux.threadCpuNanos(reader.status());
            int slow = 0;
            for (int i = 0; i < some.size(); i++) {
                AgentSampler agent = some.get(i);
                if (agent.wantsSlow() && (least > 0 || spent + slow * slowNanos < budget)) {
                    boolean turn = agent.turn(round, AgentSampler.SELDOM);
                    agent.readSlow(reader, taskCounts, above.get(agent.above()), round, turn);
                    least--;
                    slow++;
                } else if (agent.wantsSlow()) {
                    deferred++;
                    put = put < 0 ? begin + i : put;
                }
            }
            taskCounts.flush(reader);
            long took = Linux.threadCpuNanos(reader.status()) - began;
            spent += took;
            slowNanos = slow > 0 ? took / slow : slowNanos;
            for (AgentSampler agent : some) {
                tell(agent, batch, uptime, tight, lacking);
            }
        }
        nextSlow = put < 0 ? nextSlow : (from + put) % all.size();
        if (seldom) {
            sockets.read(reader, all, batch);
        }
        return spent;
    }

    /** What a round may take, in nanoseconds of processor time. */
    private long share() {
        return (long) (AIM * settings.intervalMillis() * 1e6 * settings.maxCpuPercent() / 100);
    }

    private void tell(AgentSampler agent, Batch batch, double uptime, boolean tight, boolean lacking) {
        if (settings.pssSeconds() > 0 && agent.turn(round, pssRounds())) {
            agent.readPss(reader);
        }
        if (agent.emit(batch, agent.turn(round, AgentSampler.SELDOM), uptime)) {
            hand(agent.series().row);
        }
        if (tight) {
            agent.letGo();
        } else if (lacking) {
            agent.letGoSeldom();
        }
    }

    private int pssRounds() {
        return (int) Math.max(1, settings.pssSeconds() * 1_000 / settings.intervalMillis());
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
    private void hand(Batch batch) {
        try {
            metrics.record(batch.samples());
        } catch (StratoswarmException e) {
            refused(e);
        }
    }

    private void hand(SampleRow row) {
        try {
            metrics.record(row);
        } catch (StratoswarmException e) {
            refused(e);
        }
    }

    private void refused(StratoswarmException e) {
        if (refusals++ == 0) {
            LOG.warn("not all samples are recorded: {}", e.getMessage());
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
                taskCounts.missing(),
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
        above.values().forEach(GroupAbove::close);
        taskCounts.close();
        newcomers.close();
        reader.close();
    }
}
