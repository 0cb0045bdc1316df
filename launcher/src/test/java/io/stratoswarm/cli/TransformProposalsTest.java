package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What scripts propose, on the command line. */
class TransformProposalsTest extends CommandTest {
    private static final String WAITING = """
            {"number":3,"state":"waiting","detail":"it waits for an operator","script":"grow","sha256":"ab12","graph":"shop",
            "generation":4,"kind":"insert","arguments":{"flow":"a","zone":"b"},"fragment":"graph x {\\n}\\n",
            "reason":"flow a has lagged for 30 s with 1 of at most 4 replicas of what it leads to",
            "effect":["what a delivers passes through x first"],"made":"2026-01-01T12:00:00.000000000Z"}
            """.replace("\n", "");

    TransformProposalsTest() {
        super("2026-01-01T12:01:05Z");
    }

    @Test
    void shouldListProposals() {
        daemon.answer("GET proposals?limit=20&graph=shop", 200, "{\"proposals\":[" + WAITING + "]}");
        assertEquals(ExitCode.OK, run("transform", "proposals", "--graph", "shop"), () -> err);
        List<String> lines = out.lines().toList();
        assertTrue(lines.getFirst().startsWith("NUMBER  GRAPH"), out);
        assertTrue(
                lines.get(1).matches("3 +shop +insert +waiting +1m5s ago +grow +flow a has lagged for 30 s .*\u2026"),
                out);
        daemon.answer("GET proposals?limit=1", 200, "{\"proposals\":[]}");
        assertEquals(ExitCode.OK, run("transform", "proposals", "-n", "1"), () -> err);
        assertTrue(err.contains("scripts of the kind 'reshape' make them"), err);
        assertEquals(ExitCode.USAGE, run("transform", "proposals", "-n", "0"));
    }

    @Test
    void shouldShowOneWithWhatItWouldChange() {
        daemon.answer("GET proposals/3", 200, WAITING);
        assertEquals(ExitCode.OK, run("transform", "proposal", "3"), () -> err);
        for (String expected : List.of(
                "proposal    3, waiting",
                "graph       shop, generation 4",
                "transform   insert",
                "  flow      a",
                "effect      what a delivers passes through x first",
                "graph x {")) {
            assertTrue(out.lines().toList().contains(expected), expected + " in\n" + out);
        }
        assertEquals(ExitCode.OK, run("--json", "transform", "proposal", "3"), () -> err);
        assertEquals(WAITING, out.strip());
    }

    @Test
    void shouldApproveAndReject() {
        daemon.answer(
                "POST proposals/3/approve",
                200,
                WAITING.replace("waiting\"", "started\"").replace("\"number\":3", "\"number\":3,\"transform\":7"));
        assertEquals(ExitCode.OK, run("transform", "approve", "3"), () -> err);
        assertTrue(out.startsWith("proposal 3 is transform 7; 'stratoswarm transform show 7' tells how it is"), out);
        daemon.answer("POST proposals/3/reject", 200, WAITING.replace("\"waiting\"", "\"rejected\""));
        assertEquals(ExitCode.OK, run("transform", "reject", "3"), () -> err);
        assertEquals("proposal 3 is rejected", out.strip());
        daemon.answer(
                "POST proposals/3/reject",
                409,
                "{\"kind\":\"CONFLICT\",\"detail\":\"proposal 3 does not wait any more\"}");
        assertEquals(ExitCode.CONFLICT, run("transform", "reject", "3"));
        assertTrue(err.contains("proposal 3 does not wait any more"), err);
        assertEquals(ExitCode.USAGE, run("transform", "approve", "x"));
        assertTrue(err.contains("'stratoswarm transform proposals' lists them"), err);
    }
}
