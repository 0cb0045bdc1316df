package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OneAgentCommandTest extends CommandTest {
    OneAgentCommandTest() {
        super("2026-01-01T12:01:05Z");
    }

    @Test
    void shouldLeaseAndControlOneAgent() {
        daemon.answer(
                "POST agents/lease",
                200,
                "{\"agent\":\"shop/web\",\"holder\":\"uid:0\",\"until\":\"2026-01-01T12:10:00Z\",\"reason\":\"a look\"}");
        assertEquals(ExitCode.OK, run("agent", "lease", "shop/web", "--for", "10m", "--reason", "a look"));
        assertEquals("holds shop/web until 2026-01-01T12:10:00Z\n", out);
        assertEquals(
                "POST agents/lease {\"selector\":\"shop/web\",\"millis\":600000,\"reason\":\"a look\"}",
                daemon.requests().getLast());
        daemon.answer("POST agents/release", 200, "{\"agents\":[\"shop/web\"]}");
        assertEquals(ExitCode.OK, run("agent", "release", "shop/web"));
        assertEquals("released shop/web\n", out);
        daemon.answer(
                "POST agents/control",
                200,
                "{\"agent\":\"shop/web\",\"outcome\":\"done\",\"detail\":\"niceness -5 for 1 thread\",\"before\":\"0\",\"after\":\"-5\"}");
        for (String[] one : new String[][] {
            {"--nice", "-5", "\"nice\":-5"},
            {"--cpus", "0-2,4", "\"cpus\":[0,1,2,4]"},
            {"--cpu-limit", "0.5", "\"cpuCores\":0.5"},
            {"--reclaim", "64MiB", "\"reclaimBytes\":67108864"}
        }) {
            assertEquals(ExitCode.OK, run("agent", "control", "shop/web", one[0], one[1]), err);
            assertEquals("shop/web: niceness -5 for 1 thread\n", out);
            assertEquals(
                    "POST agents/control {\"selector\":\"shop/web\"," + one[2] + "}",
                    daemon.requests().getLast());
        }
        daemon.answer(
                "POST agents/control",
                200,
                "{\"agent\":\"shop/web\",\"outcome\":\"unavailable\",\"detail\":\"no swap\",\"before\":\"1\",\"after\":\"1\"}");
        assertEquals(ExitCode.UNAVAILABLE, run("agent", "control", "shop/web", "--reclaim", "4096"));
        assertEquals("unavailable: no swap\n", err);
        for (String[] wrong : new String[][] {
            {"agent"},
            {"agent", "lease", "shop/web", "--for", "10m"},
            {"agent", "lease", "shop/web", "--for", "long", "--reason", "x"},
            {"agent", "control", "shop/web"},
            {"agent", "control", "shop/web", "--nice", "1", "--cpus", "0"},
            {"agent", "control", "shop/web", "--nice", "much"},
            {"agent", "control", "shop/web", "--cpus", "3-1"},
            {"agent", "control", "shop/web", "--reclaim", "64 MB"},
            {"agent", "control", "shop/web", "--cpu-limit", "half"}
        }) {
            assertEquals(ExitCode.USAGE, run(wrong), String.join(" ", wrong));
        }
    }

    @Test
    void shouldShowWhoHoldsAnAgent() {
        String agent =
                "{\"id\":\"shop/web\",\"phase\":\"ready\",\"reason\":\"runs\",\"restarts\":0,\"lease\":{\"holder\":\"healing\","
                        + "\"until\":\"2026-01-01T12:10:00Z\",\"reason\":\"a leak\"},\"command\":\"sleep 60\"}";
        daemon.answer("GET agents", 200, "{\"agents\":[" + agent + "]}");
        assertEquals(ExitCode.OK, run("ps"));
        assertTrue(out.contains("runs; held by healing until 2026-01-01T12:10:00Z: a leak"), out);
        daemon.answer("GET agents/shop/web", 200, agent);
        assertEquals(ExitCode.OK, run("agent", "show", "shop/web"));
        assertTrue(out.contains("lease: held by healing until 2026-01-01T12:10:00Z: a leak\n"), out);
    }
}
