package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.core.process.ProcessHost;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A supervisor at work: loaded from the journal, recovered, and with its thread. */
public final class RunningAgents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningAgents.class);
    private static final int PROBES_AT_ONCE = 64;
    private static final int SWEEPS_AT_ONCE = 8;
    private static final int READ_AT_ONCE = 10_000;
    private static final long PROJECTION_POLL_MILLIS = 20;

    private final ExecutorService background;
    private final Supervisor supervisor;
    private final LiveAgents agents;
    private final LiveLeases leases;
    private final LiveControls controls;
    private final LiveGraphs graphs;
    private final Placements placements;

    /**
     * What it needs of its surroundings.
     *
     * @param monotonic nanoseconds that never jump, as System.nanoTime gives them
     * @param parser of manifests
     * @param keepSource stores the text of a manifest and returns its hash
     * @param readSource gives back the text of a hash
     * @param hostPlaces the places of this host
     * @param solver finds placements; absent while no bundle offers one
     * @param metrics take what probes took; absent while nobody keeps any
     * @param bootId of the running kernel
     * @param version of the daemon
     */
    public record Surroundings(
            Journal journal,
            ProcessHost host,
            InstantSource clock,
            LongSupplier monotonic,
            RandomGenerator random,
            ZoneId zone,
            Function<GraphSource, ManifestResult> parser,
            UnaryOperator<String> keepSource,
            Function<String, Optional<String>> readSource,
            HostPlaces hostPlaces,
            Supplier<Optional<PlacementSolver>> solver,
            Supplier<Optional<Metrics>> metrics,
            String bootId,
            String version) {}

    /** Recovers what an earlier daemon left, then runs; the state is that of all durable events, and is owned from now on. */
    public RunningAgents(AgentsState loaded, Surroundings s) {
        background = sweeps();
        supervisor = new Supervisor(new SupervisorParts(
                loaded,
                s.journal(),
                s.host(),
                new NetworkProber(PROBES_AT_ONCE, s.monotonic()),
                new ProbeTimes(s.metrics(), s.clock()),
                s.clock(),
                s.monotonic(),
                s.random(),
                s.zone(),
                s.keepSource(),
                background));
        agents = new LiveAgents(supervisor, s.host(), s.clock(), s.zone());
        leases = new LiveLeases(supervisor);
        controls = new LiveControls(supervisor);
        Placer placer = new Placer(s.hostPlaces(), s.solver());
        placements = placer.service(() -> supervisor.context.ledger.durable);
        graphs = new LiveGraphs(
                supervisor,
                agents,
                s.parser(),
                new KeptSources(s.journal(), s.readSource()),
                new GraphPast(s.journal()),
                placer,
                background);
        supervisor.recover(s.bootId(), s.version());
        supervisor.start();
    }

    /**
     * Platform threads: a virtual one that loads a class cannot leave its carrier, and where several wait so for the lock of a bundle's jar
     * while whoever has it waits for a virtual thread, nothing goes on any more.
     */
    private static ExecutorService sweeps() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                SWEEPS_AT_ONCE,
                SWEEPS_AT_ONCE,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("agents-sweep-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** A fold of the whole journal. */
    public static AgentsState fold(Journal journal) {
        if (journal.first() > 0) {
            throw new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "the events before " + journal.first()
                            + " were pruned, so the agents' state can only come from its projection '"
                            + AgentsProjection.ID + "', which is not there");
        }
        AgentsState state = new AgentsState();
        long next = 0;
        while (next < journal.size()) {
            List<Event> events = journal.read(EventQuery.all().from(next).limit(READ_AT_ONCE));
            if (events.isEmpty()) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "the journal gives no event from " + next + " on though it has " + journal.size()
                                + "; run: stratoswarm journal verify");
            }
            for (Event event : events) {
                AgentsFold.apply(state, event);
            }
            next = events.getLast().sequence() + 1;
        }
        return state;
    }

    /**
     * The state from the projections, which spare a fold of what a snapshot covers. The projection is registered as a service and
     * may come a little later; where it does not come in time, the whole journal is folded.
     */
    public static AgentsState load(Journal journal, Projections projections, Duration patience)
            throws InterruptedException {
        long tries = Math.max(1, patience.toMillis() / PROJECTION_POLL_MILLIS);
        for (long i = 0; i < tries; i++) {
            try {
                return StateCodec.decode(projections.state(AgentsProjection.ID));
            } catch (StratoswarmException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
                Thread.sleep(PROJECTION_POLL_MILLIS);
            }
        }
        LOG.warn(
                "The projection of agents did not come within {} s; the whole journal is folded", patience.toSeconds());
        return fold(journal);
    }

    /** What could not be started without a bundle that runs nodes need not wait any longer. */
    public void runnerCame() {
        supervisor.runnerCame();
    }

    public Agents agents() {
        return agents;
    }

    public AgentControls controls() {
        return controls;
    }

    public Leases leases() {
        return leases;
    }

    public Graphs graphs() {
        return graphs;
    }

    public Placements placements() {
        return placements;
    }

    /** Encoded state after all durable events, for comparison with a fold from zero. */
    byte[] encoded() {
        return StateCodec.encode(supervisor.context.ledger.durable);
    }

    /** Agents run on; the process host is closed by its owner, after this. */
    @Override
    public void close() {
        supervisor.close();
        background.shutdown();
        try {
            if (!background.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The sweeping of ended agents did not end within 5 s; the next start goes on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
