package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.on;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** kill -9 of the daemon at each point between a decision and its effect; the next daemon ends in the declared state. */
class RecoveryTest {
    private final Rig rig = new Rig();

    private long starts(String agent) {
        return rig.host.calls.stream()
                .filter(c -> c.startsWith("start " + agent + " "))
                .count();
    }

    @Test
    void shouldAdoptWithoutRestartByOneEvent() {
        rig.apply("shop", replicas("api", sleeper().make(), 100));
        long starts = rig.host.calls.size();
        rig.crash();
        rig.clock.advance(Duration.ofHours(1));
        long events = rig.journal.size();
        rig.restartDaemon();
        assertEquals(starts, rig.host.calls.size());
        assertEquals(2, rig.journal.size() - events, "DaemonStarted and AgentsAdopted");
        assertEquals(
                100, Json.tree(rig.last(Events.ADOPTED).payload()).path("count").intValue());
        assertTrue(rig.agents.list().stream()
                .allMatch(a -> a.phase() == AgentPhase.READY
                        && a.incarnation() == 1
                        && a.pid().isPresent()));
        rig.host.dies("shop/api.42", 9);
        rig.settle();
        assertEquals(2, rig.status("shop/api.42").incarnation());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldForgetAStartThatNeverBecameDurable() {
        rig.journal.hold();
        var applied =
                rig.graphs.apply(Rig.manifest("shop", node("api", sleeper().make())), Rig.ACTOR);
        rig.settle();
        assertFalse(applied.isDone());
        assertTrue(rig.agents.list().isEmpty(), "nobody sees what is not durable");
        rig.crash();
        rig.restartDaemon();
        assertTrue(rig.agents.list().isEmpty());
        assertEquals(List.of(), rig.host.calls);
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStartWhatWasDurableAndNeverBegun() {
        rig.journal.hold();
        var applied =
                rig.graphs.apply(Rig.manifest("shop", node("api", sleeper().make())), Rig.ACTOR);
        rig.settle();
        while (rig.journal.sync()) {
            // Declaration and start request become durable; the daemon dies before it hears of it.
        }
        rig.crash();
        assertEquals(List.of(), rig.host.calls);
        rig.restartDaemon();
        assertFalse(applied.isDone());
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(1, rig.status("shop/api").incarnation());
        assertEquals(1, starts("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldAdoptWhatBeganBeforeItsStartWasRecorded() {
        rig.host.startsAtOnce = false;
        rig.apply("shop", node("api", sleeper().make()));
        rig.crash();
        rig.host.runs("shop/api");
        rig.restartDaemon();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(1, starts("shop/api"));
        assertEquals(List.of("StartRequested", "Started"), rig.story("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldApplyThePolicyToWhatEndedMeanwhile() {
        rig.apply(
                "shop",
                node("api", sleeper().make()),
                node("once", sleeper().oneshot().make()),
                node("never", sleeper().mode(RestartMode.NEVER).make()));
        rig.crash();
        rig.clock.advance(Duration.ofSeconds(30));
        rig.host.exits("shop/api", 3);
        rig.host.exits("shop/once", 0);
        rig.host.exits("shop/never", 4);
        rig.restartDaemon();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals("exit 3", rig.status("shop/api").lastExit().orElseThrow());
        assertEquals(AgentPhase.COMPLETED, rig.phase("shop/once"));
        assertEquals("exit 0 after 30 s", rig.reason("shop/once"));
        assertEquals(AgentPhase.FAILED, rig.phase("shop/never"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNotDoubleWhatExitedUnrecorded() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.clock.advance(Duration.ofSeconds(60));
        rig.journal.hold();
        rig.host.dies("shop/api", 9);
        rig.settle();
        rig.crash();
        rig.restartDaemon();
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals(2, starts("shop/api"));
        assertEquals(
                List.of("StartRequested", "Started", "Exited", "StartRequested", "Started"), rig.story("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldGoOnWithAStopThatWasDurableAndNotBegun() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.journal.hold();
        var stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        rig.journal.sync();
        rig.crash();
        assertTrue(rig.host.running("shop/api"));
        rig.restartDaemon();
        assertFalse(stopped.isDone());
        assertFalse(rig.host.running("shop/api"));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldGoOnWithAStopWhoseSignalWasIgnored() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("api", sleeper().stop("TERM", 5_000).make()));
        rig.agents.stop("shop/api", Rig.ACTOR);
        rig.advanceMillis(4_000);
        rig.crash();
        rig.restartDaemon();
        assertEquals(AgentPhase.STOPPING, rig.phase("shop/api"));
        rig.advanceMillis(5_000);
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertEquals("signal KILL", rig.status("shop/api").lastExit().orElseThrow());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldEndAStopOfWhatWasNeverStarted() {
        rig.journal.hold();
        rig.graphs.apply(Rig.manifest("shop", node("api", sleeper().make())), Rig.ACTOR);
        rig.settle();
        rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        while (rig.journal.sync()) {
            // Start and stop are durable, and neither has begun.
        }
        rig.crash();
        rig.restartDaemon();
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertEquals(0, starts("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldFinishARestartAndARemovalUnderWay() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("a", sleeper().make()), node("b", sleeper().make()));
        rig.agents.restart("shop/a", Rig.ACTOR);
        rig.graphs.apply(Rig.manifest("shop", node("a", sleeper().make())), Rig.ACTOR);
        rig.settle();
        rig.crash();
        rig.host.exits("shop/a", 0);
        rig.restartDaemon();
        assertEquals(2, rig.status("shop/a").incarnation());
        assertEquals(0, rig.status("shop/a").restarts());
        assertEquals(AgentPhase.STOPPING, rig.phase("shop/b"));
        rig.host.exits("shop/b", 0);
        rig.settle();
        assertTrue(rig.agents.get("shop/b").isEmpty());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldFinishADeleteUnderWay() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("a", sleeper().make()));
        rig.graphs.delete("shop", Rig.ACTOR);
        rig.settle();
        rig.crash();
        rig.host.exits("shop/a", 0);
        rig.restartDaemon();
        assertTrue(rig.graphs.list().isEmpty());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStartInOrderAfterAReboot() {
        Probe notify = Probe.of(new ProbeAction.NotifySocket());
        rig.apply(
                "shop",
                node("db", sleeper().readiness(notify).make()),
                node("web", sleeper().make(), on("db", Condition.READY)),
                node("never", sleeper().mode(RestartMode.NEVER).make()),
                node("off", sleeper().make()));
        rig.host.ready("shop/db");
        rig.await(rig.agents.stop("shop/off", Rig.ACTOR));
        rig.crash();
        rig.host.reboot();
        rig.restartDaemon();
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/db"));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        assertEquals(AgentPhase.FAILED, rig.phase("shop/never"));
        assertEquals("lost: the host was restarted; its policy does not restart it", rig.reason("shop/never"));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/off"));
        rig.host.ready("shop/db");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/web"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldKeepTheBackOffOverARestart() {
        rig.apply("shop", node("api", sleeper().make()));
        for (int i = 0; i < 4; i++) {
            rig.host.exits("shop/api", 1);
            rig.settle();
            if (i < 3) {
                rig.advanceMillis(1_000);
            }
        }
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/api"));
        assertEquals("exit 1 after 0.8 s; restart 4 in 0.4 s", rig.reason("shop/api"));
        rig.crash();
        rig.restartDaemon();
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/api"));
        rig.advanceMillis(399);
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/api"));
        rig.advanceMillis(1);
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldHearAnAdoptedAgentBecomeReady() {
        rig.apply(
                "shop",
                node(
                        "n",
                        sleeper()
                                .readiness(Probe.of(new ProbeAction.NotifyFd(3)))
                                .make()),
                node(
                        "l",
                        sleeper()
                                .readiness(Probe.of(new ProbeAction.LogPattern("up")))
                                .make()),
                node(
                        "t",
                        sleeper()
                                .readiness(Probe.of(new ProbeAction.Tcp("localhost", 80)))
                                .make()));
        rig.crash();
        rig.host.prints("shop/l", "up");
        rig.prober.answers.put("tcp 80", true);
        rig.restartDaemon();
        rig.host.ready("shop/n");
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.READY, rig.phase("shop/n"));
        assertEquals(AgentPhase.READY, rig.phase("shop/l"));
        assertEquals(AgentPhase.READY, rig.phase("shop/t"));
        rig.assertFoldsAgree();
    }
}
