package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CronTest {
    private final Rig rig = new Rig();

    @Test
    void shouldRunAtItsTimes() {
        rig.apply("shop", node("report", sleeper().cron("*/5 * * * *").make()));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/report"));
        assertEquals("next run at 2026-03-01 12:05", rig.reason("shop/report"));
        rig.advanceMillis(299_999);
        assertFalse(rig.host.running("shop/report"));
        rig.advanceMillis(1);
        assertTrue(rig.host.running("shop/report"));
        rig.advanceMillis(2_000);
        rig.host.exits("shop/report", 0);
        rig.settle();
        assertEquals(AgentPhase.WAITING, rig.phase("shop/report"));
        assertEquals("last run: exit 0 after 2 s; next run at 2026-03-01 12:10", rig.reason("shop/report"));
        rig.advanceMillis(300_000);
        assertEquals(2, rig.status("shop/report").incarnation());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldKnowTheSchedulesThatNeverCome() {
        assertTrue(CronSchedule.problem("0 0 31 4 *").orElseThrow().contains("never comes"));
        assertTrue(CronSchedule.problem("0 0 29 2 *").isEmpty(), "leap years come");
        assertTrue(CronSchedule.problem("a b").isPresent());
    }

    @Test
    void shouldSkipWhileItStillRunsAndSaySoOnce() {
        rig.apply("shop", node("report", sleeper().cron("* * * * *").make()));
        rig.advanceMillis(600_000);
        assertEquals(1, rig.status("shop/report").incarnation());
        assertEquals(1, rig.events(Events.RUN_SKIPPED));
        rig.host.exits("shop/report", 0);
        rig.advanceMillis(60_000);
        assertEquals(2, rig.status("shop/report").incarnation());
    }

    @Test
    void shouldWaitForTheNextTimeAfterAFailureUnlessAskedToRetry() {
        rig.apply(
                "shop",
                node("plain", sleeper().cron("0 * * * *").make()),
                node(
                        "retry",
                        sleeper().cron("0 * * * *").mode(RestartMode.ON_FAILURE).make()));
        rig.advanceMillis(3_600_000);
        rig.host.exits("shop/plain", 1);
        rig.host.exits("shop/retry", 1);
        rig.settle();
        assertEquals(AgentPhase.WAITING, rig.phase("shop/plain"));
        assertEquals("last run: exit 1 after 0 ms; next run at 2026-03-01 14:00", rig.reason("shop/plain"));
        assertEquals(AgentPhase.READY, rig.phase("shop/retry"));
    }

    @Test
    void shouldKeepItsScheduleOverARestartOfTheDaemonAndRunOnDemand() {
        rig.apply("shop", node("report", sleeper().cron("*/5 * * * *").make()));
        rig.crash();
        rig.restartDaemon();
        assertEquals(List.of("shop/report"), rig.await(rig.agents.start("shop/report", Rig.ACTOR)));
        assertEquals(1, rig.status("shop/report").incarnation());
        rig.host.exits("shop/report", 0);
        rig.advanceMillis(300_000);
        assertEquals(2, rig.status("shop/report").incarnation());
        rig.host.exits("shop/report", 0);
        rig.await(rig.agents.stop("shop/report", Rig.ACTOR));
        rig.advanceMillis(3_600_000);
        assertEquals(2, rig.status("shop/report").incarnation());
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/report"));
    }

    @Test
    void shouldFollowAChangedSchedule() {
        rig.apply("shop", node("report", sleeper().cron("0 0 1 1 *").make()));
        assertEquals(
                "update",
                rig.apply("shop", node("report", sleeper().cron("* * * * *").make()))
                        .steps()
                        .getFirst()
                        .action());
        rig.advanceMillis(60_000);
        assertEquals(1, rig.status("shop/report").incarnation());
    }

    @Test
    void shouldRunByCommandsAloneWhereItIsManual() {
        rig.apply("shop", node("clear", sleeper().manual().make()));
        rig.advanceMillis(3_600_000);
        assertEquals(AgentPhase.WAITING, rig.phase("shop/clear"));
        assertEquals("starts by a command alone", rig.reason("shop/clear"));
        rig.crash();
        rig.restartDaemon();
        assertEquals(0, rig.status("shop/clear").incarnation());
        for (int run = 1; run <= 2; run++) {
            assertEquals(List.of("shop/clear"), rig.await(rig.agents.start("shop/clear", Rig.ACTOR)));
            assertEquals(run, rig.status("shop/clear").incarnation());
            rig.host.exits("shop/clear", run - 1);
            rig.settle();
            assertEquals(AgentPhase.WAITING, rig.phase("shop/clear"));
        }
        assertEquals("last run: exit 1 after 0 ms; starts by a command alone", rig.reason("shop/clear"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldSayThatNoTimeComes() {
        assertTrue(CronSchedule.parse("0 0 30 2 *").next(0, ZoneOffset.UTC).isEmpty());
    }
}
