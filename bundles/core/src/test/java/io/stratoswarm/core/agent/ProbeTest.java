package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private final Rig rig = new Rig();

    private static Probe tcp(int successes, int failures) {
        return new Probe(new ProbeAction.Tcp("127.0.0.1", 80), 500, 1_000, 500, successes, failures);
    }

    @Test
    void shouldBecomeReadyAtTheThreshold() {
        rig.apply("shop", node("api", sleeper().readiness(tcp(3, 1)).make()));
        rig.advanceMillis(5_600);
        assertEquals(6, rig.prober.asked.size());
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/api"));
        rig.prober.answers.put("tcp 80", true);
        rig.advanceMillis(2_000);
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/api"));
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals("ready after 8.5 s: tcp 80 was asked", rig.reason("shop/api"));
        int asked = rig.prober.asked.size();
        rig.advanceMillis(60_000);
        assertEquals(asked, rig.prober.asked.size(), "readiness is asked for until it is there");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldBecomeReadyByExec() {
        Probe probe = new Probe(new ProbeAction.Exec(List.of("/bin/check")), 0, 1_000, 500, 1, 3);
        rig.apply("shop", node("api", sleeper().readiness(probe).make()));
        rig.host.execs.getLast().ends(1);
        rig.advanceMillis(1_000);
        assertEquals(2, rig.host.execs.size());
        rig.host.execs.getLast().ends(0);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
    }

    @Test
    void shouldTakeNoAnswerForAFailure() {
        Probe probe = new Probe(new ProbeAction.Exec(List.of("/bin/check")), 0, 1_000, 500, 1, 2);
        rig.apply("shop", node("api", sleeper().liveness(probe).make()));
        rig.advanceMillis(1_500);
        rig.host.execs.getFirst().ends(0);
        rig.settle();
        rig.advanceMillis(1_000);
        assertEquals(2, rig.host.execs.size());
        rig.advanceMillis(1_500);
        assertEquals(1, rig.events(Events.UNHEALTHY));
        assertTrue(
                rig.last(Events.UNHEALTHY).payloadText().contains("liveness failed 2 times: no answer within 0.5 s"));
    }

    @Test
    void shouldSayAfterTheEndThatAProbeHadItStopped() {
        Probe probe = new Probe(new ProbeAction.Exec(List.of("/bin/check")), 0, 1_000, 500, 1, 1);
        rig.apply("shop", node("api", sleeper().liveness(probe).make()));
        rig.host.execs.getLast().ends(1);
        rig.settle();
        String why = rig.last(Events.EXITED).payloadText();
        assertTrue(why.contains("stopped for a restart; signal TERM after"), why);
    }

    @Test
    void shouldBecomeReadyByALineOfThisIncarnation() {
        Probe probe = Probe.of(new ProbeAction.LogPattern("listening on \\d+"));
        rig.host.prints("shop/api", "listening on 80");
        rig.clock.advance(java.time.Duration.ofSeconds(1));
        rig.apply("shop", node("api", sleeper().readiness(probe).make()));
        rig.settle();
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/api"), "an earlier line does not count");
        rig.host.prints("shop/api", "starting");
        rig.settle();
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/api"));
        rig.host.prints("shop/api", "now listening on 8080");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
    }

    @Test
    void shouldSeeALineThatWasPrintedBeforeTheDaemonLooked() {
        rig.host.startsAtOnce = false;
        rig.apply(
                "shop",
                node(
                        "api",
                        sleeper()
                                .readiness(Probe.of(new ProbeAction.LogPattern("up")))
                                .make()));
        rig.host.prints("shop/api", "up");
        rig.host.runs("shop/api");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
    }

    @Test
    void shouldRestartWhatLivenessFindsIll() {
        rig.prober.answers.put("tcp 80", true);
        rig.apply("shop", node("api", sleeper().liveness(tcp(1, 3)).make()));
        rig.advanceMillis(20_000);
        rig.prober.answers.put("tcp 80", false);
        rig.advanceMillis(2_000);
        assertEquals(0, rig.events(Events.UNHEALTHY));
        rig.advanceMillis(1_000);
        assertEquals(1, rig.events(Events.UNHEALTHY));
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals(1, rig.status("shop/api").restarts());
        assertEquals(
                List.of(
                        "StartRequested",
                        "Started",
                        "Healthy",
                        "Unhealthy",
                        "StopRequested",
                        "Exited",
                        "StartRequested",
                        "Started"),
                rig.story("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldOnlyReportWhereThePolicySaysNever() {
        rig.apply(
                "shop",
                node(
                        "api",
                        sleeper().mode(RestartMode.NEVER).liveness(tcp(2, 2)).make()));
        rig.advanceMillis(1_600);
        assertEquals(AgentPhase.UNHEALTHY, rig.phase("shop/api"));
        assertTrue(rig.host.running("shop/api"));
        rig.prober.answers.put("tcp 80", true);
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.UNHEALTHY, rig.phase("shop/api"));
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRestartWhenTheWatchdogIsSilent() {
        rig.apply("shop", node("api", sleeper().watchdog(5_000).make()));
        for (int i = 0; i < 10; i++) {
            rig.advanceMillis(4_000);
            rig.host.watchdog("shop/api");
        }
        rig.settle();
        assertEquals(0, rig.events(Events.UNHEALTHY));
        rig.advanceMillis(4_999);
        assertEquals(0, rig.events(Events.UNHEALTHY));
        rig.advanceMillis(1);
        assertEquals(1, rig.events(Events.UNHEALTHY));
        assertEquals(2, rig.status("shop/api").incarnation());
    }

    @Test
    void shouldCoalesceDroppedOutput() {
        rig.apply("shop", node("a", sleeper().make()), node("b", sleeper().make()));
        for (int i = 0; i < 120; i++) {
            rig.host.dropped("shop/a", 10, 1);
            rig.host.dropped("shop/b", 20, 2);
            rig.advanceMillis(1_000);
        }
        assertEquals(2, rig.events(Events.OUTPUT_DROPPED));
        rig.advanceMillis(60_000);
        assertEquals(3, rig.events(Events.OUTPUT_DROPPED));
        long bytes = rig.journal.events().stream()
                .filter(e -> e.type().equals(Events.OUTPUT_DROPPED))
                .mapToLong(
                        e -> Json.tree(e.payload()).at("/agents/shop~1a/bytes").longValue())
                .sum();
        assertEquals(1_200, bytes);
    }

    @Test
    void shouldWriteNothingWhileIdle() {
        rig.prober.answers.put("tcp 80", true);
        rig.apply(
                "shop",
                node("a", sleeper().liveness(tcp(1, 1)).make()),
                node("b", sleeper().make()));
        rig.advanceMillis(10_000);
        long before = rig.journal.size();
        rig.advanceMillis(3_600_000);
        assertEquals(before, rig.journal.size());
        assertFalse(rig.prober.asked.isEmpty());
    }
}
