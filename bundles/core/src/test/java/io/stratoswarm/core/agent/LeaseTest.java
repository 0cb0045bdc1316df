package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.api.agent.Leases;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final String HEALER = "healing";
    private static final String API = "shop/api";

    private final Rig rig = new Rig();

    private Leases leases() {
        return new LiveLeases(rig.supervisor);
    }

    private Lease lease(long millis) {
        return rig.await(leases().lease(API, HEALER, millis, "looks for the leak"));
    }

    private Kind refused(org.junit.jupiter.api.function.Executable command) {
        return assertThrows(StratoswarmException.class, command).kind();
    }

    private static Probe tcp() {
        return new Probe(new ProbeAction.Tcp("127.0.0.1", 80), 500, 1_000, 500, 1, 2);
    }

    @AfterEach
    void folds() {
        rig.assertFoldsAgree();
    }

    @Test
    void shouldHoldAnAgentThatEndsAndHandItBackWhenTheLeaseExpires() {
        rig.apply("shop", node("api", sleeper().make()));
        Lease lease = lease(30_000);
        assertEquals(Optional.of(lease), rig.status(API).lease());

        rig.advanceMillis(2_000);
        rig.host.exits(API, 1);
        rig.settle();
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        assertEquals("exit 1 after 2 s; held by healing for 28 s more: looks for the leak", rig.reason(API));
        rig.advanceMillis(27_999);
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        assertEquals(0, rig.status(API).restarts());

        rig.advanceMillis(1);
        assertEquals(AgentPhase.READY, rig.phase(API));
        assertEquals(1, rig.status(API).restarts());
        assertEquals(Optional.empty(), rig.status(API).lease());
        assertEquals(
                List.of("Exited", "Held", "LeaseEnded", "StartRequested", "Started"),
                rig.story(API)
                        .subList(
                                rig.story(API).indexOf("Exited"), rig.story(API).size()));
        assertTrue(rig.last(Events.LEASE_ENDED).payloadText().contains("\"why\":\"expired\""));
        assertTrue(rig.last(Events.START_REQUESTED).payloadText().contains("restart 1 after exit 1 after 2 s"));
    }

    @Test
    void shouldWaitTheWholeBackoffFromTheEndOfTheLeaseOn() {
        rig.apply("shop", node("api", sleeper().make()));
        for (int i = 0; i < 3; i++) {
            rig.host.exits(API, 1);
            rig.advanceMillis(i == 2 ? 0 : 1_000);
        }
        // Its third exit has a delay of 200 ms.
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        long restarts = rig.status(API).restarts();
        rig.advanceMillis(150);
        lease(10_000);
        rig.advanceMillis(5_000);
        assertEquals(AgentPhase.BACKOFF, rig.phase(API), "a restart that waited is held");
        rig.await(leases().release(API, HEALER));
        rig.advanceMillis(199);
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        assertEquals(restarts, rig.status(API).restarts());
        rig.advanceMillis(1);
        assertEquals(AgentPhase.READY, rig.phase(API));
        assertEquals(restarts + 1, rig.status(API).restarts());
    }

    @Test
    void shouldNotStartByTheTimerFromBeforeALeaseThatCameAndWent() {
        rig.apply("shop", node("api", sleeper().make()));
        for (int i = 0; i < 3; i++) {
            rig.host.exits(API, 1);
            rig.advanceMillis(i == 2 ? 0 : 1_000);
        }
        rig.advanceMillis(100);
        lease(10_000);
        rig.await(leases().release(API, HEALER));
        rig.advanceMillis(199);
        assertEquals(AgentPhase.BACKOFF, rig.phase(API), "the delay begins with the end of the lease");
        rig.advanceMillis(1);
        assertEquals(AgentPhase.READY, rig.phase(API));
    }

    @Test
    void shouldLetTheHolderStartStopRestartAndKill() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(60_000);
        rig.await(rig.agents.restart(API, HEALER));
        assertEquals(2, rig.status(API).incarnation());
        rig.await(rig.agents.kill(API, HEALER + "@127.0.0.1"));
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        rig.await(rig.agents.start(API, HEALER));
        assertEquals(AgentPhase.READY, rig.phase(API));
        rig.await(rig.agents.stop(API, HEALER));
        assertEquals(AgentPhase.STOPPED, rig.phase(API));
        assertTrue(rig.status(API).lease().isPresent());
        rig.await(leases().release(API, HEALER));
        assertEquals(AgentPhase.STOPPED, rig.phase(API), "who stopped it wanted it down");
    }

    @Test
    void shouldEndTheLeaseByAnyCommandOfAnOperator() {
        rig.apply("shop", node("api", sleeper().make()));
        for (String command : List.of("stop", "start", "restart", "kill")) {
            lease(60_000);
            switch (command) {
                case "stop" -> rig.await(rig.agents.stop("shop", Rig.ACTOR));
                case "start" -> rig.await(rig.agents.start("shop", Rig.ACTOR));
                case "restart" -> rig.await(rig.agents.restart("shop", "token:ops@10.0.0.1"));
                default -> rig.await(rig.agents.kill("shop", Rig.ACTOR));
            }
            assertEquals(Optional.empty(), rig.status(API).lease(), command);
            String ended = rig.last(Events.LEASE_ENDED).payloadText();
            assertTrue(ended.contains("taken over by the " + command + " of "), ended);
            assertEquals(command.equals("stop") ? AgentPhase.STOPPED : AgentPhase.READY, rig.phase(API), command);
        }
        assertEquals(1, rig.status(API).restarts(), "the kill alone was left to the policy");
    }

    @Test
    void shouldStartAHeldAgentForAnOperator() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(60_000);
        rig.host.exits(API, 1);
        rig.settle();
        rig.await(rig.agents.start(API, Rig.ACTOR));
        assertEquals(AgentPhase.READY, rig.phase(API));
        assertEquals(0, rig.status(API).restarts());
    }

    @Test
    void shouldRefuseOtherHoldersAndWhatActsByItself() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(60_000);
        var e = assertThrows(StratoswarmException.class, () -> rig.await(leases().lease(API, "uid:7", 1_000, "mine")));
        assertEquals(Kind.CONFLICT, e.kind());
        String said = String.valueOf(e.getMessage());
        assertTrue(said.contains("held by healing until 2026-03-01T12:01:00Z (looks for the leak)"), said);
        assertEquals(Kind.CONFLICT, refused(() -> rig.await(leases().release(API, "uid:7"))));
        assertEquals(Kind.CONFLICT, refused(() -> rig.await(rig.agents.restart(API, "script:nightly.js"))));
        assertEquals(Kind.CONFLICT, refused(() -> rig.await(leases().lease(API, "uid:7", 1_000, "mine"))));
        assertEquals(1, rig.status(API).incarnation());
        assertEquals(Kind.NOT_FOUND, refused(() -> rig.await(leases().lease("shop/no", HEALER, 1, "x"))));
        assertEquals(Kind.INVALID, refused(() -> rig.await(leases().lease(API, HEALER, 0, "x"))));
        assertEquals(
                Kind.INVALID, refused(() -> rig.await(leases().lease(API, HEALER, Leases.LONGEST_MILLIS + 1, "x"))));
        assertEquals(Kind.INVALID, refused(() -> rig.await(leases().lease(API, " ", 1, "x"))));
        assertEquals(Kind.INVALID, refused(() -> rig.await(leases().lease(API, HEALER, 1, "two\nlines"))));
        rig.await(leases().release(API, HEALER));
        assertEquals(Kind.CONFLICT, refused(() -> rig.await(leases().release(API, HEALER))));
    }

    @Test
    void shouldExtendTheLeaseOfTheSameHolder() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(1_000);
        rig.advanceMillis(900);
        lease(1_000);
        rig.advanceMillis(999);
        assertTrue(rig.status(API).lease().isPresent());
        rig.advanceMillis(1);
        assertEquals(Optional.empty(), rig.status(API).lease());
        assertEquals(1, rig.events(Events.LEASE_ENDED));
    }

    @Test
    void shouldKeepLeaseAndHeldEndOverAKillOfTheDaemon() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(30_000);
        rig.host.exits(API, 3);
        rig.settle();
        rig.crash();
        rig.clock.advance(java.time.Duration.ofSeconds(10));
        rig.restartDaemon();
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        rig.advanceMillis(19_999);
        assertEquals(AgentPhase.BACKOFF, rig.phase(API));
        rig.advanceMillis(1);
        assertEquals(AgentPhase.READY, rig.phase(API));
        assertEquals(1, rig.status(API).restarts());
    }

    @Test
    void shouldExpireWhatRanOutWhileTheDaemonWasDown() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(30_000);
        rig.crash();
        rig.host.exits(API, 3);
        rig.clock.advance(java.time.Duration.ofMinutes(10));
        rig.restartDaemon();
        rig.settle();
        assertEquals(Optional.empty(), rig.status(API).lease());
        assertEquals(AgentPhase.READY, rig.phase(API));
        assertEquals(1, rig.status(API).restarts());
    }

    @Test
    void shouldHoldTheStopOfWhatFailsItsLivenessUntilTheLeaseEnds() {
        rig.prober.answers.put("tcp 80", true);
        rig.apply("shop", node("api", sleeper().liveness(tcp()).make()));
        rig.advanceMillis(2_000);
        lease(60_000);
        rig.prober.answers.put("tcp 80", false);
        rig.advanceMillis(10_000);
        assertEquals(AgentPhase.UNHEALTHY, rig.phase(API));
        assertEquals(1, rig.status(API).incarnation());
        rig.await(leases().release(API, HEALER));
        assertEquals(2, rig.status(API).incarnation());
        assertEquals(1, rig.status(API).restarts());
    }

    @Test
    void shouldCompleteUnderALeaseAndFailAfterIt() {
        rig.apply(
                "shop",
                node("api", sleeper().oneshot().mode(RestartMode.NEVER).make()),
                node("bad", sleeper().mode(RestartMode.NEVER).make()));
        lease(60_000);
        rig.await(leases().lease("shop/bad", HEALER, 1_000, "x"));
        rig.host.exits(API, 0);
        rig.host.exits("shop/bad", 1);
        rig.settle();
        assertEquals(AgentPhase.COMPLETED, rig.phase(API));
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/bad"));
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.FAILED, rig.phase("shop/bad"));
    }

    @Test
    void shouldEndTheLeaseWithItsGraph() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(60_000);
        rig.await(rig.graphs.delete("shop", Rig.ACTOR));
        assertTrue(rig.last(Events.LEASE_ENDED).payloadText().contains("the agent is removed"));
        rig.advanceMillis(120_000);
        rig.apply("shop", node("api", sleeper().make()));
        assertEquals(Optional.empty(), rig.status(API).lease());
    }

    @Test
    void shouldTellTheSameStateAtEachEventWhicheverWayItIsFolded() {
        rig.apply("shop", node("api", sleeper().make()));
        lease(30_000);
        rig.host.exits(API, 1);
        rig.advanceMillis(40_000);
        lease(30_000);
        rig.await(rig.agents.stop(API, Rig.ACTOR));
        AgentsState whole = new AgentsState();
        AgentsState again = new AgentsState();
        for (var event : new ArrayList<>(rig.journal.events())) {
            AgentsFold.apply(whole, event);
            AgentsFold.apply(again, event);
            again = StateCodec.decode(StateCodec.encode(again));
            assertArrayEquals(StateCodec.encode(whole), StateCodec.encode(again));
        }
    }
}
