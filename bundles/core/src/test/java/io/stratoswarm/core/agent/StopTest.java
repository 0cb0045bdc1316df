package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StopTest {
    private final Rig rig = new Rig();

    @Test
    void shouldKillAfterTheGraceTime() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("api", sleeper().stop("INT", 3_000).make()));
        CompletableFuture<List<String>> stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.advanceMillis(2_999);
        assertEquals(List.of(2, 18), rig.host.process("shop/api").signals);
        assertEquals(AgentPhase.STOPPING, rig.phase("shop/api"));
        assertFalse(stopped.isDone());
        rig.advanceMillis(1);
        assertEquals(List.of("shop/api"), rig.await(stopped));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertEquals("signal KILL", rig.status("shop/api").lastExit().orElseThrow());
        assertEquals(
                List.of("StartRequested", "Started", "StopRequested", "KillRequested", "Exited", "Stopped"),
                rig.story("shop/api"));
        assertTrue(rig.host.calls.contains("clear shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStayDownUntilStarted() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.await(rig.agents.stop("shop", Rig.ACTOR));
        rig.advanceMillis(1_000_000);
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertEquals(List.of(), rig.await(rig.agents.stop("shop", Rig.ACTOR)));
        rig.crash();
        rig.restartDaemon();
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertEquals(List.of("shop/api"), rig.await(rig.agents.start("shop", Rig.ACTOR)));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(List.of(), rig.await(rig.agents.start("shop", Rig.ACTOR)));
    }

    @Test
    void shouldRunHooksAroundStartAndStop() {
        rig.apply(
                "shop",
                node(
                        "api",
                        sleeper()
                                .hook("preStart")
                                .hook("postStart")
                                .hook("preStop")
                                .hook("postStop")
                                .make()));
        assertEquals(List.of("exec shop/api /hook/preStart"), rig.host.calls);
        rig.host.execs.getLast().ends(0);
        rig.settle();
        assertEquals("exec shop/api /hook/postStart", rig.host.calls.getLast());
        rig.host.execs.getLast().ends(1);
        rig.settle();
        assertEquals(1, rig.events(Events.HOOK_FAILED));
        assertFalse(rig.last(Events.HOOK_FAILED).payloadText().contains("output"));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));

        CompletableFuture<List<String>> restarted = rig.agents.restart("shop/api", Rig.ACTOR);
        rig.settle();
        assertEquals("exec shop/api /hook/preStop", rig.host.calls.getLast());
        assertTrue(rig.host.process("shop/api").signals.isEmpty());
        rig.host.execs.getLast().ends(0);
        rig.settle();
        assertEquals("exec shop/api /hook/postStop", rig.host.calls.getLast());
        rig.host.execs.getLast().ends(0);
        rig.settle();
        assertEquals("exec shop/api /hook/preStart", rig.host.calls.getLast());
        assertFalse(restarted.isDone());
        rig.host.execs.getLast().ends(0);
        rig.await(restarted);
        assertEquals(2, rig.host.process("shop/api").incarnation);
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNotStartWherePreStartFails() {
        rig.apply("shop", node("api", sleeper().hook("preStart").make()));
        rig.host.execs.getLast().ends(3);
        rig.settle();
        assertEquals(List.of("exec shop/api /hook/preStart"), rig.host.calls.subList(0, 1));
        assertFalse(rig.host.calls.stream().anyMatch(c -> c.startsWith("start")));
        assertEquals(1, rig.events(Events.SETUP_FAILED));
        assertEquals(2, rig.host.execs.size(), "the policy tries again");
    }

    @Test
    void shouldStopDuringAStart() {
        rig.apply("shop", node("api", sleeper().hook("preStart").make()));
        rig.await(rig.agents.stop("shop/api", Rig.ACTOR));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.host.execs.getLast().ends(0);
        rig.settle();
        assertFalse(rig.host.running("shop/api"));

        rig.host.startsAtOnce = false;
        rig.apply("other", node("api", sleeper().make()));
        CompletableFuture<List<String>> stopped = rig.agents.stop("other/api", Rig.ACTOR);
        rig.settle();
        assertFalse(stopped.isDone());
        rig.host.runs("other/api");
        rig.await(stopped);
        assertEquals(AgentPhase.STOPPED, rig.phase("other/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStartAgainWhatIsAskedForWhileItStops() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("api", sleeper().make()));
        CompletableFuture<List<String>> stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        rig.await(rig.agents.start("shop/api", Rig.ACTOR));
        rig.host.dies("shop/api", 15);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(2, rig.status("shop/api").incarnation());
        rig.settle();
        assertFalse(stopped.isCompletedExceptionally());
    }

    @Test
    void shouldKillBySignalAndLetThePolicyApply() {
        rig.apply("shop", node("api", sleeper().make()));
        assertEquals(List.of("shop/api"), rig.await(rig.agents.kill("shop/api", Rig.ACTOR)));
        rig.settle();
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals(List.of("shop/api"), rig.await(rig.agents.signal("shop", "SIGHUP", Rig.ACTOR)));
        assertEquals(List.of(1), rig.host.process("shop/api").signals);
        StratoswarmException invalid =
                assertThrows(StratoswarmException.class, () -> rig.await(rig.agents.signal("shop", "NOPE", Rig.ACTOR)));
        assertEquals(Kind.INVALID, invalid.kind());
        rig.await(rig.agents.stop("shop", Rig.ACTOR));
        StratoswarmException conflict =
                assertThrows(StratoswarmException.class, () -> rig.await(rig.agents.kill("shop", Rig.ACTOR)));
        assertEquals(Kind.CONFLICT, conflict.kind());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNameTheNearestForAnUnknownSelector() {
        rig.apply("shop", node("api", sleeper().make()));
        StratoswarmException e =
                assertThrows(StratoswarmException.class, () -> rig.await(rig.agents.start("shop/apj", Rig.ACTOR)));
        assertEquals(Kind.NOT_FOUND, e.kind());
        assertEquals("no agent, node or graph is named \"shop/apj\"; did you mean \"shop/api\"?", e.getMessage());
        assertThrows(StratoswarmException.class, () -> rig.agents.log("nope", 1));
    }

    @Test
    void shouldLeaveNoKeeperOfAnAgentThatWaitsForItsRestart() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.host.exits("shop/api", 1);
        rig.settle();
        rig.host.exits("shop/api", 1);
        rig.settle();
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/api"));
        assertFalse(rig.host.calls.contains("clear shop/api"));
        rig.await(rig.agents.stopAll(Rig.ACTOR));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        assertTrue(rig.host.calls.contains("clear shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldBringBackAfterAShutdownWhatItStopped() {
        rig.apply("shop", node("api", sleeper().make()), node("off", sleeper().make()));
        rig.await(rig.agents.stop("shop/off", Rig.ACTOR));
        assertEquals(List.of("shop/api"), rig.await(rig.agents.stopAll(Rig.ACTOR)));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.crash();
        rig.restartDaemon();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/off"));
        rig.assertFoldsAgree();
    }
}
