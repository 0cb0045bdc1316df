package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HealCommandTest extends CommandTest {
    private static final String TRIAL =
            "{\"trials\":[{\"trial\":12,\"agent\":\"shop/web\",\"class\":\"deadlock\",\"fault\":\"SIGSTOP of its process\",\"time\":"
                    + "\"2026-01-01T11:59:00Z\",\"open\":false,\"why\":\"%s\",\"tried\":[{\"way\":\"learned\",\"hash\":\"\",\"act\":\"capture\","
                    + "\"reward\":0.93,\"why\":\"it was well after 1.0 s\"}]}]}";

    HealCommandTest() {
        super("2026-01-01T12:00:00Z");
    }

    @Test
    void shouldShowWhatATrialOnACloneCameTo() {
        daemon.answer("POST healing/clone", 200, "{\"done\":\"clone\",\"trial\":12}");
        daemon.answer("GET healing/clones?class=deadlock", 200, TRIAL.formatted(""));
        assertEquals(ExitCode.OK, run("heal", "validate", "deadlock", "--clone", "--agent", "shop/web"), err);
        assertTrue(out.contains("trial 12 on a clone of shop/web, SIGSTOP of its process"), out);
        assertTrue(out.contains("learned"), out);
        assertTrue(out.contains("0.93"), out);
        assertEquals(ExitCode.OK, run("heal", "validate", "deadlock", "--clone", "--json"), err);
        assertTrue(out.startsWith("{"), out);
    }

    @Test
    void shouldSayWhyATrialEndedEarly() {
        daemon.answer("POST healing/clone", 200, "{\"done\":\"clone\",\"trial\":12}");
        daemon.answer(
                "GET healing/clones?class=deadlock",
                200,
                TRIAL.formatted("the clone did not fail within 5.0 s of its fault"));
        assertEquals(ExitCode.CONFLICT, run("heal", "validate", "deadlock", "--clone"));
        assertTrue(err.contains("the trial ended early: the clone did not fail within 5.0 s of its fault"), err);
        assertTrue(out.contains("0.93"), "what was measured before that: " + out);
    }

    @Test
    void shouldSayThatAnAgentIsForAClone() {
        assertEquals(ExitCode.USAGE, run("heal", "validate", "deadlock", "--agent", "shop/web"));
        assertTrue(err.contains("needs --clone"), err);
    }
}
