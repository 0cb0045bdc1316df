package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartTest {
    private final Rig rig = new Rig();

    @Test
    void shouldSayWhichLimitsDoNotHold() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.host.limited("shop/api", List.of("limit of memory: not root", "limit of pids in /x: no such file"));
        rig.settle();
        assertEquals("runs; without its limit of memory, pids, see doctor", rig.reason("shop/api"));
        rig.assertFoldsAgree();
        rig.crash();
        rig.restartDaemon();
        assertEquals("runs; without its limit of memory, pids, see doctor", rig.reason("shop/api"));
        rig.host.exits("shop/api", 1);
        rig.settle();
        assertEquals("runs", rig.reason("shop/api"), "the next start may have them all");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRestartAtOnceWithExitAndStartInOneAppend() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.advanceMillis(20_000);
        long appends = rig.journal.appends();

        rig.host.dies("shop/api", 9);
        rig.settle();

        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals(1, rig.status("shop/api").restarts());
        assertEquals("signal KILL", rig.status("shop/api").lastExit().orElseThrow());
        assertEquals(2, rig.journal.appends() - appends, "one append for exit and start, one for started");
        Event exit = rig.last(Events.EXITED);
        Event start = rig.last(Events.START_REQUESTED);
        assertEquals(List.of(new Cause.OfEvent(rig.journal.id(), exit.sequence())), start.causes());
        assertTrue(start.payloadText().contains("restart 1 after signal KILL after 20 s"), start.payloadText());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldBackOffExponentiallyWithExactDelays() {
        rig.apply("shop", node("api", sleeper().make()));
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            long before = rig.clock.nanos();
            rig.host.exits("shop/api", 1);
            rig.settle();
            while (rig.phase("shop/api") == AgentPhase.BACKOFF) {
                rig.advanceMillis(1);
            }
            waits.add((rig.clock.nanos() - before) / 1_000_000);
        }
        assertEquals(List.of(0L, 100L, 200L, 400L, 800L, 1600L, 3200L), waits);
        rig.assertFoldsAgree();
    }

    @Test
    void shouldSpreadTheDelayByTheJitter() {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 1_000, 30_000, 2, 0.1, 10_000, 10, 60_000);
        assertEquals(0, RestartRules.delayMillis(policy, 0, () -> 0));
        assertEquals(900, RestartRules.delayMillis(policy, 1, new Fixed(0.0)));
        assertEquals(1_000, RestartRules.delayMillis(policy, 1, new Fixed(0.5)));
        assertEquals(1_050, RestartRules.delayMillis(policy, 1, new Fixed(0.75)));
        assertEquals(30_000, RestartRules.delayMillis(policy, 9, new Fixed(0.99)));
    }

    @Test
    void shouldResetTheBackOffAfterAHealthyPeriod() {
        rig.apply("shop", node("api", sleeper().make()));
        for (int i = 0; i < 3; i++) {
            rig.host.exits("shop/api", 1);
            rig.advanceMillis(500);
        }
        rig.advanceMillis(10_000);
        rig.host.exits("shop/api", 1);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"), "the first restart after a healthy period is immediate");
        rig.host.exits("shop/api", 1);
        rig.settle();
        assertEquals(AgentPhase.BACKOFF, rig.phase("shop/api"));
        assertEquals("exit 1 after 0 ms; restart 5 in 0.1 s", rig.reason("shop/api"));
    }

    @Test
    void shouldQuarantineBeyondTheIntensityAndReleaseByStart() {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 10, 10, 1, 0, 10_000, 3, 60_000);
        rig.apply("shop", node("api", sleeper().restart(policy).make()));
        for (int i = 0; i < 3; i++) {
            rig.host.exits("shop/api", 7);
            rig.advanceMillis(20);
        }
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.host.exits("shop/api", 7);
        rig.advanceMillis(1_000_000);
        assertEquals(AgentPhase.QUARANTINED, rig.phase("shop/api"));
        assertEquals(
                "exit 7 after 10 ms; 3 restarts within 60 s are the limit; mend the cause, then start it",
                rig.reason("shop/api"));
        assertTrue(rig.host.calls.contains("clear shop/api"));

        assertEquals(List.of("shop/api"), rig.await(rig.agents.start("shop/api", "uid:7")));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.host.exits("shop/api", 7);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"), "a release forgets earlier restarts");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNotCountRestartsOutsideTheWindow() {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 10, 10, 1, 0, 10_000, 2, 60_000);
        rig.apply("shop", node("api", sleeper().restart(policy).make()));
        for (int i = 0; i < 10; i++) {
            rig.advanceMillis(31_000);
            rig.host.exits("shop/api", 1);
            rig.settle();
            assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        }
        assertEquals(10, rig.status("shop/api").restarts());
    }

    @Test
    void shouldFollowTheMode() {
        rig.apply(
                "shop",
                node("never", sleeper().mode(RestartMode.NEVER).make()),
                node("failure", sleeper().mode(RestartMode.ON_FAILURE).make()),
                node("once", sleeper().oneshot().make()));
        rig.host.exits("shop/never", 3);
        rig.host.exits("shop/failure", 0);
        rig.host.exits("shop/once", 0);
        rig.settle();
        assertEquals(AgentPhase.FAILED, rig.phase("shop/never"));
        assertEquals("exit 3 after 0 ms; its policy does not restart it", rig.reason("shop/never"));
        assertEquals(AgentPhase.COMPLETED, rig.phase("shop/failure"));
        assertEquals(AgentPhase.COMPLETED, rig.phase("shop/once"));

        rig.await(rig.agents.start("shop", Rig.ACTOR));
        rig.host.exits("shop/failure", 4);
        rig.host.exits("shop/once", 5);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/failure"));
        assertEquals(AgentPhase.READY, rig.phase("shop/once"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldTreatAFailedSetupByThePolicy() {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 100, 100, 1, 0, 10_000, 1, 60_000);
        rig.host.startsAtOnce = false;
        rig.apply("shop", node("api", sleeper().restart(policy).make()));
        assertEquals(AgentPhase.STARTING, rig.phase("shop/api"));
        rig.host.setupFails("shop/api", "no such file: /bin/nope");
        rig.settle();
        rig.host.setupFails("shop/api", "no such file: /bin/nope");
        rig.settle();
        assertEquals(AgentPhase.QUARANTINED, rig.phase("shop/api"));
        assertTrue(rig.reason("shop/api").startsWith("could not be started: no such file: /bin/nope"));
        assertFalse(rig.host.running("shop/api"));
        rig.assertFoldsAgree();
    }

    private record Fixed(double value) implements java.util.random.RandomGenerator {
        @Override
        public long nextLong() {
            throw new AssertionError();
        }

        @Override
        public double nextDouble() {
            return value;
        }
    }
}
