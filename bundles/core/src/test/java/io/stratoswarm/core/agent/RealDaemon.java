package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.place.SysPlaces;
import io.stratoswarm.core.process.AgentHost;
import io.stratoswarm.core.process.LinuxProcessHost;
import io.stratoswarm.core.process.NodeRunners;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Supervisor, journal and process host as the daemon wires them, without a framework. Closing leaves agents running. */
final class RealDaemon implements AutoCloseable {
    static final long RUNNER_PATIENCE_MILLIS = 300;

    final OpenJournal journal;
    final LinuxProcessHost host;
    final NodeRunners runners = new NodeRunners();
    private final AgentHost all;
    final RunningAgents running;

    volatile Optional<PlacementSolver> solver = Optional.of(new PinningSolver());

    RealDaemon(Path folder) throws IOException, InterruptedException {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        journal = new OpenJournal(folder, JournalOptions.DEFAULT, clock, random);
        journal.projections().add(new AgentsProjection());
        AgentsState loaded = RunningAgents.load(journal.journal(), journal.projections(), Duration.ofSeconds(5));
        host = LinuxProcessHost.open(journal.folder(), clock, random);
        all = new AgentHost(host, runners, RUNNER_PATIENCE_MILLIS);
        running = new RunningAgents(
                loaded,
                new RunningAgents.Surroundings(
                        journal.journal(),
                        all,
                        clock,
                        System::nanoTime,
                        random,
                        ZoneOffset.UTC,
                        source -> ManifestParser.parse(source, ManifestParser.Extensions.NONE),
                        text -> journal.blobs().put(text.getBytes(StandardCharsets.UTF_8)),
                        hash -> journal.blobs().get(hash).map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
                        SysPlaces.real(),
                        () -> solver,
                        Optional::empty,
                        Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                                .strip(),
                        "test"));
        runners.onArrival(running::runnerCame);
    }

    @Override
    public void close() {
        running.close();
        all.close();
        journal.close();
    }

    /** Stops and removes everything, then closes. */
    void end() throws Exception {
        for (var graph : running.graphs().list()) {
            running.graphs().delete(graph.name(), "test").get(20, TimeUnit.SECONDS);
        }
        // What the host has of agents goes after they do.
        until("nothing is left of agents", () -> folders() == 0);
        close();
    }

    private long folders() {
        try (var all = Files.list(journal.folder().agents())) {
            return all.filter(Files::isDirectory).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void apply(GraphManifest manifest) throws Exception {
        running.graphs().apply(manifest, "test").get(10, TimeUnit.SECONDS);
    }

    AgentStatus status(String id) {
        return running.agents().get(id).orElseThrow();
    }

    int pid(String id) {
        return status(id).pid().orElseThrow();
    }

    Map<String, Integer> pids() {
        return running.agents().list().stream()
                .filter(a -> a.pid().isPresent())
                .collect(Collectors.toMap(AgentStatus::id, a -> a.pid().orElseThrow()));
    }

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 20_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(1);
        }
        assertTrue(condition.getAsBoolean(), what);
    }

    void untilPhase(String id, AgentPhase phase) throws InterruptedException {
        until(id + " becomes " + phase, () -> status(id).phase() == phase);
    }

    /**
     * The live state, the fold from zero and the projection are the same, within two seconds: agents run on and write events
     * meanwhile, and each of the three hears of an event in its own moment.
     */
    void assertFoldsAgree() throws InterruptedException {
        byte[] live = {};
        byte[] folded = {};
        byte[] projected = {};
        for (int i = 0; i < 100; i++) {
            live = running.encoded();
            folded = StateCodec.encode(RunningAgents.fold(journal.journal()));
            projected = journal.projections().state(AgentsProjection.ID);
            if (Arrays.equals(live, folded) && Arrays.equals(live, projected)) {
                break;
            }
            Thread.sleep(20);
        }
        assertArrayEquals(live, folded);
        assertArrayEquals(live, projected);
    }
}
