package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.manifest;
import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.on;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor on the real journal with real processes. */
@Timeout(90)
class RealAgentsTest {
    private static final int RESTARTS = Integer.getInteger("stratoswarm.restarts", 100);

    @TempDir
    Path folder;

    private static void kill(int pid) {
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    }

    @Test
    void shouldRestartWhatIsKilledAndMeasureHowLongThatTakes() throws Exception {
        RealDaemon daemon = new RealDaemon(folder);
        try {
            RestartPolicy untiring = new RestartPolicy(RestartMode.ALWAYS, 1, 1, 1, 0, 0, 100_000, 60_000);
            daemon.apply(
                    manifest("bench", node("victim", sleeper().restart(untiring).make())));
            daemon.untilPhase("bench/victim", AgentPhase.READY);
            List<Long> micros = new ArrayList<>();
            for (int i = 0; i < RESTARTS; i++) {
                AgentStatus before = daemon.status("bench/victim");
                long from = System.nanoTime();
                kill(before.pid().orElseThrow());
                RealDaemon.until("it runs again", () -> again(daemon, before));
                micros.add((System.nanoTime() - from) / 1_000);
            }
            Collections.sort(micros);
            System.out.printf(
                    "restart after kill -9, until the new start is durable: p50 %d us, p99 %d us, of %d%n",
                    micros.get(micros.size() / 2), micros.get(micros.size() * 99 / 100), micros.size());
            assertEquals(RESTARTS, daemon.status("bench/victim").restarts());
            assertEquals("signal KILL", daemon.status("bench/victim").lastExit().orElseThrow());
            assertTrue(micros.get(micros.size() / 2) < 1_000_000, "restarts take " + micros);
            daemon.assertFoldsAgree();
        } finally {
            daemon.end();
        }
    }

    private static boolean again(RealDaemon daemon, AgentStatus before) {
        AgentStatus now = daemon.status("bench/victim");
        return now.incarnation() > before.incarnation() && now.phase() == AgentPhase.READY;
    }

    @Test
    void shouldAdoptAHundredAgentsAndLearnWhatEndedMeanwhile() throws Exception {
        Path gate = folder.resolve("gate");
        String untilGate = "while [ ! -e '" + gate + "' ]; do sleep 0.02; done; exit 7";
        Map<String, Integer> before;
        try (RealDaemon daemon = new RealDaemon(folder.resolve("data"))) {
            daemon.apply(manifest(
                    "crowd",
                    replicas("worker", sleeper().make(), 98),
                    node(
                            "ends",
                            sleeper()
                                    .mode(RestartMode.NEVER)
                                    .command("/bin/sh", "-c", untilGate)
                                    .make()),
                    node("victim", sleeper().make())));
            RealDaemon.until(
                    "all run",
                    () -> daemon.running.agents().list().stream().allMatch(a -> a.phase() == AgentPhase.READY));
            before = daemon.pids();
            kill(before.getOrDefault("crowd/worker.3", 0));
            RealDaemon.until(
                    "it runs again", () -> daemon.status("crowd/worker.3").incarnation() == 2);
            daemon.untilPhase("crowd/worker.3", AgentPhase.READY);
            before = daemon.pids();
        }
        kill(before.getOrDefault("crowd/victim", 0));
        Files.createFile(gate);
        long ends = before.getOrDefault("crowd/ends", 0);
        RealDaemon.until("it ends by itself", () -> ProcessHandle.of(ends).isEmpty());
        long from = System.nanoTime();
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            System.out.printf(
                    "recovery of 100 agents, opening the journal included: %d ms%n",
                    (System.nanoTime() - from) / 1_000_000);
            daemon.untilPhase("crowd/ends", AgentPhase.FAILED);
            assertEquals("exit 7", daemon.status("crowd/ends").lastExit().orElseThrow());
            RealDaemon.until(
                    "the victim runs again", () -> daemon.status("crowd/victim").incarnation() == 2);
            daemon.untilPhase("crowd/victim", AgentPhase.READY);
            Map<String, Integer> after = daemon.pids();
            after.remove("crowd/victim");
            before.keySet().removeAll(List.of("crowd/victim", "crowd/ends"));
            assertEquals(before, after, "nothing was restarted or doubled");
            daemon.assertFoldsAgree();
        } finally {
            daemon.end();
        }
    }

    @Test
    void shouldRunDependenciesProbesAndStops() throws Exception {
        Path marks = folder.resolve("marks");
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            daemon.apply(manifest(
                    "shop",
                    node(
                            "db",
                            sleeper()
                                    .command("/bin/sh", "-c", "sleep 0.1; echo >&4; exec sleep 1000")
                                    .readiness(Probe.of(new ProbeAction.NotifyFd(4)))
                                    .make()),
                    node(
                            "web",
                            sleeper()
                                    .command("/bin/sh", "-c", "trap '' TERM; echo listening; while :; do sleep 1; done")
                                    .readiness(Probe.of(new ProbeAction.LogPattern("^listening$")))
                                    .liveness(new Probe(new ProbeAction.Exec(List.of("/bin/true")), 0, 50, 1_000, 1, 3))
                                    .stop("TERM", 300)
                                    .make(),
                            on("db", Condition.READY)),
                    node(
                            "job",
                            sleeper()
                                    .oneshot()
                                    .command("/bin/sh", "-c", "echo done >> '" + marks + "'")
                                    .make(),
                            on("web", Condition.HEALTHY)),
                    node(
                            "wrong",
                            sleeper()
                                    .mode(RestartMode.NEVER)
                                    .command("/bin/no-such-program")
                                    .make())));
            daemon.untilPhase("shop/job", AgentPhase.COMPLETED);
            assertEquals("done\n", Files.readString(marks));
            daemon.untilPhase("shop/wrong", AgentPhase.FAILED);
            String reason = daemon.status("shop/wrong").reason();
            assertTrue(reason.contains("/bin/no-such-program"), reason);
            // One that is halted goes on to hear that it is to end.
            int halted = daemon.pid("shop/db");
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-STOP", String.valueOf(halted))
                            .start()
                            .waitFor());
            List<String> stopped = daemon.running.agents().stop("shop", "test").get(10, TimeUnit.SECONDS);
            assertEquals(List.of("shop/db", "shop/web"), stopped);
            assertEquals("signal KILL", daemon.status("shop/web").lastExit().orElseThrow());
            assertEquals("signal TERM", daemon.status("shop/db").lastExit().orElseThrow());
            List<String> exits = daemon.journal.journal().read(EventQuery.all().type(Events.EXITED)).stream()
                    .map(Event::subject)
                    .toList();
            assertEquals(List.of("agent/shop/job", "agent/shop/web", "agent/shop/db"), exits);
            daemon.assertFoldsAgree();
        } finally {
            daemon.end();
        }
    }
}
