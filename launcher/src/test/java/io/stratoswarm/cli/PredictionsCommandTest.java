package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsCommandTest extends CommandTest {
    private static final String NO_RECORD =
            "\"record\":{\"hits\":0,\"falseAlarms\":0,\"missed\":0,\"prevented\":0,\"failedAnyway\":0,\"void\":0,"
                    + "\"calibration\":[],\"gains\":[]}";

    PredictionsCommandTest() {
        super("2026-01-01T12:00:00Z");
    }

    @Test
    void shouldShowWhatIsExpectedAndWhatCameTrue() {
        daemon.answer(
                "GET predictions?limit=20&window=3600000",
                200,
                "{\"status\":{\"unavailable\":\"\",\"model\":\"0123456789abcdef\",\"stepMillis\":30000,\"horizonMillis\":1800000,"
                        + "\"threshold\":0.7,\"holdout\":0.1,\"mode\":\"auto\",\"paused\":\"\",\"watched\":3,\"withheld\":{\"rate\":2}},"
                        + "\"outlooks\":[{\"agent\":\"shop/web\",\"probability\":0.91,\"expected\":\"2026-01-01T12:20:00Z\","
                        + "\"cause\":\"memory-leak\",\"drivers\":[\"memory.trend +0.31\"],\"steps\":60,\"prediction\":2}],"
                        + "\"predictions\":[{\"prediction\":1,\"agent\":\"shop/db\",\"probability\":0.8,\"made\":\"2026-01-01T11:50:00Z\","
                        + "\"expected\":\"2026-01-01T12:20:00Z\",\"until\":\"2026-01-01T12:20:00Z\",\"cause\":\"other\",\"drivers\":[],"
                        + "\"model\":\"01\",\"heldOut\":true,\"measure\":\"\",\"state\":\"ended\",\"outcome\":\"hit\","
                        + "\"leadMillis\":240000,\"downMillis\":300,\"why\":\"it failed\"}],"
                        + "\"record\":{\"hits\":1,\"falseAlarms\":2,\"missed\":3,\"prevented\":4,\"failedAnyway\":5,\"void\":6,"
                        + "\"medianLeadMillis\":240000,\"calibration\":[{\"from\":0.8,\"to\":0.9,\"count\":3,\"predicted\":0.85,\"failed\":0.67}],"
                        + "\"gains\":[{\"cause\":\"other\",\"on\":false,\"why\":\"it made things worse\",\"treated\":9,\"treatedFailed\":8,"
                        + "\"treatedDownMillis\":2000,\"heldOut\":8,\"heldOutFailed\":0}]}}");
        assertEquals(ExitCode.OK, run("predictions", "--window", "1h"), err);
        assertTrue(out.contains("watched   3 agents every 30s, 30m ahead, by model 0123456789ab\n"), out);
        assertTrue(out.contains("withheld  rate 2\n"), out);
        for (String line : List.of(
                "shop/web +0\\.91 +20m +memory-leak +memory\\.trend \\+0\\.31 +2",
                "1 +10m0s +shop/db +other +0\\.80 +held out +hit +4m +0\\.3s +it failed",
                "0\\.85 +0\\.67 +3",
                "other +no +9 +8 +2\\.0s +8 +0 +- +it made things worse")) {
            assertTrue(out.lines().anyMatch(each -> each.strip().matches(line)), line + " in\n" + out);
        }
        assertTrue(out.contains("1 hits, 2 false alarms, 3 missed, 4 prevented"), out);
        assertTrue(out.contains("median lead 4m\n"), out);
    }

    @Test
    void shouldSayWhyNothingIsForeseen() {
        daemon.answer(
                "GET predictions?limit=20",
                200,
                "{\"status\":{\"unavailable\":\"there is no model\"},\"outlooks\":[],\"predictions\":[]," + NO_RECORD
                        + "}");
        assertEquals(ExitCode.OK, run("predictions"), err);
        assertTrue(out.startsWith("Nothing is foreseen: there is no model.\n"), out);
        assertTrue(out.contains("median lead -\n"), out);
        assertEquals(ExitCode.USAGE, run("predictions", "--window", "soon"));
        assertEquals(ExitCode.USAGE, run("predictions", "-n", "none"));
        assertEquals(ExitCode.USAGE, run("predictions", "-n", "301"));
        assertEquals(ExitCode.OK, run("predictions", "-n", "20"), err);
    }

    @Test
    void shouldAllowAndForbidACause() {
        daemon.answer("POST predictions/turn", 200, "{\"done\":\"turn\"}");
        assertEquals(ExitCode.OK, run("predictions", "forbid", "contention"), err);
        assertEquals("Failures by contention are not prevented any more.\n", out);
        assertTrue(
                daemon.requests().getLast().contains("\"on\":false"),
                daemon.requests().getLast());
        assertEquals(ExitCode.OK, run("predictions", "allow", "contention"), err);
        assertEquals(ExitCode.USAGE, run("predictions", "allow"));
    }
}
