package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.journal.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the clock of the host: what is waited for lasts as long as it was to last. */
class ClockStepTest {
    private static final RestartPolicy SLOW =
            new RestartPolicy(RestartMode.ALWAYS, 30_000, 30_000, 1, 0, 600_000, 5, 60_000);

    private final Rig rig = new Rig();

    private void step(long seconds) {
        rig.clock.set(rig.clock.instant().plusSeconds(seconds));
        rig.settle();
    }

    private long starts() {
        return rig.events("AgentStarted");
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200, -20, 20, 7_200})
    void shouldWaitForARestartAsLongAsItsPolicySays(long seconds) {
        rig.apply("g", node("a", sleeper().restart(SLOW).make()));
        rig.host.exits("g/a", 1);
        rig.settle();
        rig.host.exits("g/a", 1);
        rig.settle();
        assertEquals(AgentPhase.BACKOFF, rig.phase("g/a"));
        step(seconds);
        rig.advanceMillis(29_000);
        assertEquals(AgentPhase.BACKOFF, rig.phase("g/a"), "too early");
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.READY, rig.phase("g/a"), "too late");
        rig.assertFoldsAgree();
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200, 7_200})
    void shouldKeepTheGraceTimeOfAStop(long seconds) {
        rig.apply("g", node("a", sleeper().stop("TERM", 10_000).make()));
        rig.host.obeysSignals = false;
        var stopped = rig.agents.stop("g/a", Rig.ACTOR);
        rig.settle();
        step(seconds);
        rig.advanceMillis(9_000);
        assertFalse(stopped.isDone(), "killed too early");
        rig.advanceMillis(1_000);
        assertEquals(List.of("g/a"), rig.await(stopped));
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200, 7_200})
    void shouldKeepTheTimeOfAWatchdog(long seconds) {
        rig.apply(
                "g",
                node("a", sleeper().watchdog(10_000).mode(RestartMode.NEVER).make()));
        step(seconds);
        rig.advanceMillis(9_000);
        assertEquals(AgentPhase.READY, rig.phase("g/a"), "too early");
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.UNHEALTHY, rig.phase("g/a"), "too late");
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200, 7_200})
    void shouldCountAHealthyPeriodByTimeThatPassed(long seconds) {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 30_000, 30_000, 1, 0, 600_000, 5, 60_000);
        rig.apply("g", node("a", sleeper().restart(policy).make()));
        rig.host.exits("g/a", 1);
        rig.settle();
        rig.advanceMillis(60_000);
        step(seconds);
        rig.host.exits("g/a", 1);
        rig.settle();
        assertEquals(AgentPhase.BACKOFF, rig.phase("g/a"), "it ran a minute only");
        assertTrue(rig.last("AgentExited").payloadText().contains("\"ranMillis\":60000"));
        rig.advanceMillis(30_000);
        rig.advanceMillis(600_000);
        step(seconds);
        rig.host.exits("g/a", 1);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("g/a"), "it was well for ten minutes, so it restarts at once");
    }

    @Test
    void shouldNotCountSlowRestartsAsOneBurstAfterTheClockWasSetBack() {
        RestartPolicy policy = new RestartPolicy(RestartMode.ALWAYS, 0, 0, 1, 0, 600_000, 3, 60_000);
        rig.apply("g", node("a", sleeper().restart(policy).make()));
        step(-7_200);
        for (int i = 0; i < 10; i++) {
            rig.advanceMillis(30_000);
            rig.host.exits("g/a", 1);
            rig.settle();
        }
        assertEquals(AgentPhase.READY, rig.phase("g/a"));
        long before = 0;
        for (Event event : rig.journal.events()) {
            long at = Json.tree(event.payload()).path("at").asLong(before);
            assertTrue(at >= before, "time went back in " + event.type());
            before = at;
        }
    }

    @Test
    void shouldRunSchedulesByTheClockOnTheWall() {
        rig.apply("g", node("a", sleeper().cron("30 * * * *").make()));
        rig.advance(Duration.ofMinutes(29));
        assertEquals(0, starts());
        // From 12:29 to 13:29: the run of 12:30 is made up for, once.
        step(3_600);
        assertEquals(1, starts());
        rig.host.exits("g/a", 0);
        rig.settle();
        rig.advance(Duration.ofMinutes(1));
        assertEquals(2, starts());
        rig.host.exits("g/a", 0);
        rig.settle();
        // From 13:30 to 12:29: a small step back repeats no run.
        step(-3_660);
        rig.advance(Duration.ofMinutes(2));
        assertEquals(2, starts());
        // From 12:31 of this year back to the year before: the clock was wrong.
        step(-Duration.ofDays(365).toSeconds());
        rig.advance(Duration.ofMinutes(58));
        assertEquals(2, starts());
        rig.advance(Duration.ofMinutes(1));
        assertEquals(3, starts());
    }

    @Test
    void shouldNotWaitForYearsAfterAStartOverAClockThatWasSetBack() {
        rig.apply("g", node("a", sleeper().restart(SLOW).make()));
        rig.host.exits("g/a", 1);
        rig.settle();
        rig.host.exits("g/a", 1);
        rig.settle();
        rig.crash();
        rig.clock.set(rig.clock.instant().minus(Duration.ofDays(365)));
        rig.restartDaemon();
        rig.advanceMillis(30_000);
        assertEquals(AgentPhase.READY, rig.phase("g/a"));
    }
}
