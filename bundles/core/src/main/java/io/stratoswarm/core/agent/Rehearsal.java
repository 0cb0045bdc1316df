package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.process.LinuxProcessHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts an agent that does nothing, some hundred times, soon after the daemon's start. What a restart runs through is code
 * that runs seldom, and the Java machine only compiles what has run often: without this the first restarts of a daemon's life
 * take twenty times, and all others twice, as long. It is done with journal, supervisor and process host of its own, in a folder
 * of its own below the data folder, so that neither the journal nor anybody's agents know of it.
 */
final class Rehearsal implements AutoCloseable {
    /** Once so many restarts are done nearly everything on the way is compiled; more of them give little. */
    static final int RESTARTS = 300;

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final String GRAPH = "rehearsal";
    private static final String AGENT = GRAPH + "/rehearsal";
    private static final long POLL_MILLIS = 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path folder;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final SecureRandom random;
    private final String bootId;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    Rehearsal(DataFolder data, InstantSource clock, LongSupplier monotonic, SecureRandom random, String bootId) {
        this.folder = data.rehearsal();
        this.clock = clock;
        this.monotonic = monotonic;
        this.random = random;
        this.bootId = bootId;
    }

    /** Runs it on a thread of its own, after a pause that leaves the processors to the daemon's start. */
    void later(Duration pause) {
        thread = Thread.ofPlatform().name("rehearsal").daemon().start(() -> {
            try {
                if (!ended.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    run(RESTARTS, LONGEST);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Makes it give up and waits until it has cleaned up. */
    @Override
    public void close() throws InterruptedException {
        ended.countDown();
        Thread running = thread;
        if (running != null && !running.join(PATIENCE)) {
            LOG.warn("the rehearsal of restarts did not end within {} s", PATIENCE.toSeconds());
        }
    }

    private boolean ended() {
        return ended.getCount() == 0;
    }

    /** Returns once it is done or given up; how many restarts there were. A rehearsal that fails costs speed alone. */
    long run(int restarts, Duration longest) {
        long begun = monotonic.getAsLong();
        long done = 0;
        try {
            clear();
            if (!ended()) {
                done = rehearse(restarts, begun + longest.toNanos());
            }
            clear();
            LOG.info("restarts rehearsed: {} in {} ms", done, (monotonic.getAsLong() - begun) / Texts.MILLI);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("restarts could not be rehearsed, so the first of them will be slower: {}", String.valueOf(e), e);
        }
        return done;
    }

    private long rehearse(int restarts, long until)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (OpenJournal journal = new OpenJournal(folder, JournalOptions.DEFAULT, clock, random)) {
            journal.projections().add(new AgentsProjection());
            AgentsState state = RunningAgents.load(journal.journal(), journal.projections(), PATIENCE);
            try (LinuxProcessHost host = LinuxProcessHost.open(journal.folder(), clock, random);
                    RunningAgents agents = new RunningAgents(
                            state,
                            new RunningAgents.Surroundings(
                                    journal.journal(),
                                    host,
                                    clock,
                                    monotonic,
                                    random,
                                    ZoneId.systemDefault(),
                                    source -> new ManifestResult(Optional.empty(), List.of(), List.of()),
                                    text -> journal.blobs().put(text.getBytes(StandardCharsets.UTF_8)),
                                    hash -> Optional.empty(),
                                    () -> new Site(List.of(), List.of(), List.of()),
                                    Optional::empty,
                                    Optional::empty,
                                    bootId,
                                    GRAPH))) {
                seconds(agents.graphs().apply(manifest(), Events.SYSTEM));
                long done = 0;
                while (done < restarts && !ended() && monotonic.getAsLong() < until) {
                    Thread.sleep(POLL_MILLIS);
                    done = agents.agents()
                            .get(AGENT)
                            .map(status -> status.restarts())
                            .orElse(0L);
                }
                seconds(agents.graphs().delete(GRAPH, Events.SYSTEM));
                return done;
            }
        }
    }

    private static void seconds(CompletableFuture<?> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static GraphManifest manifest() {
        AgentSpec plain = AgentSpec.of(List.of("/bin/true"));
        // Well as soon as it has run at all, so that each restart is at once, as that of an agent is which ran for
        // long.
        RestartPolicy atOnce =
                new RestartPolicy(AgentSpec.RestartMode.ALWAYS, 1, 1, 1.0, 0.0, 0, Integer.MAX_VALUE - 1, 1_000);
        AgentSpec spec = new AgentSpec(
                plain.command(),
                plain.environment(),
                plain.secrets(),
                plain.workingDirectory(),
                plain.user(),
                plain.group(),
                plain.umask(),
                plain.rlimits(),
                plain.resources(),
                plain.niceness(),
                plain.affinity(),
                plain.lifecycle(),
                plain.schedule(),
                plain.hooks(),
                atOnce,
                plain.stop(),
                plain.readiness(),
                plain.liveness(),
                plain.watchdogMillis(),
                plain.log(),
                plain.labels());
        return new GraphManifest(GRAPH, "", List.of(new NodeSpec(GRAPH, spec, 1, List.of())), "");
    }

    /** Ends what an interrupted rehearsal left running, and removes all files. */
    private void clear() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        DataFolder left = new DataFolder(folder);
        if (Files.isDirectory(left.agents())) {
            try (LinuxProcessHost host = LinuxProcessHost.open(left, clock, random)) {
                host.release(AGENT);
            }
        }
        Folders.delete(folder);
    }
}
