package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looking back, on the command line. */
@Timeout(60)
class ReplayCommandTest {
    private static final String AT = "2026-01-01T11:51:05Z";
    private static final String ENCODED = "2026-01-01T11%3A51%3A05Z";
    private static final String NOW = "2026-01-01T12%3A01%3A05Z";
    private static final String STEP = """
            {"event":{"sequence":5,"time":"2026-01-01T12:00:00Z","type":"AgentExited","subject":"agent/shop/web","actor":"system",
            "payload":{"why":"exit 1"}},"changes":[{"path":"agents[shop/web].phase","before":"READY","after":"FAILED"}]}
            """.replace("\n", "");

    @TempDir
    Path data;

    private CannedDaemon daemon;
    private String out = "";
    private String err = "";

    @BeforeEach
    void open() throws IOException {
        daemon = new CannedDaemon(data);
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
    }

    private ExitCode run(String input, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                InstantSource.fixed(Instant.parse("2026-01-01T12:01:05Z")));
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        assertFalse(err.contains("\tat "), "a stack trace reached the user: " + err);
        return exit;
    }

    @Test
    void shouldShowAgentsAsTheyWereWithTheTimeOfThen() {
        daemon.answer("GET replay/moment?at=" + ENCODED, 200, "{\"events\":7,\"time\":\"" + AT + "\"}");
        daemon.answer(
                "GET replay/agents?at=" + ENCODED,
                200,
                "{\"agents\":[{\"id\":\"shop/web\",\"phase\":\"ready\",\"pid\":7,\"started\":\"2026-01-01T11:51:00Z\","
                        + "\"restarts\":0,\"reason\":\"runs\"}]}");
        for (String time : List.of("10m", "-10m", AT)) {
            assertEquals(ExitCode.OK, run("", "at", time, "ps"), () -> err);
            assertTrue(out.lines().toList().get(1).matches("shop/web +ready +7 +5s +0 +runs"), out);
        }
        assertEquals(ExitCode.USAGE, run("", "at", "soon", "ps"));
        assertTrue(err.contains("'soon' is no moment"), err);
        assertEquals(ExitCode.USAGE, run("", "at", "10m", "-x"));
        assertEquals(ExitCode.USAGE, run("", "at", "10m", "weather"));
        assertEquals(ExitCode.USAGE, run("", "at"));
    }

    @Test
    void shouldPrintStepsWithTheirChangesAndGoOnWherePagesEnd() {
        String common = "&to=" + NOW;
        daemon.answer(
                "GET replay/steps?from=%234" + common + "&limit=200",
                200,
                "{\"steps\":[" + STEP + "],\"next\":6,\"to\":9,\"reached\":false}");
        daemon.answer(
                "GET replay/steps?next=6" + common + "&limit=200",
                200,
                "{\"steps\":[],\"next\":9,\"to\":9,\"reached\":false}");
        assertEquals(ExitCode.OK, run("", "replay", "--from", "#4"), () -> err);
        assertTrue(out.contains("AgentExited"), out);
        assertTrue(out.contains("         agents[shop/web].phase: READY -> FAILED"), out);
        assertEquals(ExitCode.USAGE, run("", "replay"));
        assertEquals(ExitCode.USAGE, run("", "replay", "--without", "1", "--re-decide"));
    }

    @Test
    void shouldStepAndPrintStateByItsPath() {
        String common = "&to=" + NOW;
        daemon.answer(
                "GET replay/steps?from=%234" + common + "&limit=1",
                200,
                "{\"steps\":[" + STEP + "],\"next\":6,\"to\":9,\"reached\":false}");
        daemon.answer(
                "GET replay/state?at=%235&path=agents%5Bshop%2Fweb%5D.phase", 200, "{\"state\":\"FAILED\",\"at\":{}}");
        assertEquals(
                ExitCode.OK, run("p agents[shop/web].phase\nwhat\nq\n", "replay", "--from", "#4", "--step"), () -> err);
        assertTrue(out.contains("\"FAILED\""), out);
        assertTrue(err.contains("'what' is none of n, c, p PATH and q"), err);
    }

    @Test
    void shouldTellWhatDiffersAndWhatWouldBeWithout() {
        String differences = "[{\"kind\":\"agent\",\"id\":\"shop/web\",\"what\":\"stopped\",\"changes\":"
                + "[{\"path\":\"pid\",\"before\":7,\"after\":0},{\"path\":\"new\",\"after\":1}]}]";
        daemon.answer("GET replay/diff?from=%231&to=" + NOW, 200, "{\"differences\":" + differences + "}");
        assertEquals(ExitCode.OK, run("", "diff", "#1"), () -> err);
        assertEquals("agent shop/web stopped\n    pid: 7 -> 0\n    + new: 1\n", out);
        daemon.answer(
                "GET replay/without?events=3&to=" + NOW,
                200,
                "{\"leftOut\":[{\"sequence\":3,\"type\":\"AgentExited\",\"subject\":\"agent/shop/web\",\"why\":\"asked for\"}],"
                        + "\"rulings\":[],\"differences\":[],\"notes\":[{\"exact\":true,\"text\":\"the fold\"},"
                        + "{\"exact\":false,\"text\":\"the rest\"}]}");
        assertEquals(ExitCode.OK, run("", "replay", "--without", "3"), () -> err);
        assertTrue(out.contains("left out: 1 events"), out);
        assertTrue(out.contains("nothing differs"), out);
        assertTrue(out.contains("exact:    the fold\nestimate: the rest"), out);
    }

    @Test
    void shouldRankWhatMayHaveMadeAnAgentFail() {
        String diagnosis = "{\"agent\":\"shop/web\",\"failure\":{\"sequence\":5,\"time\":\"2026-01-01T12:00:00Z\","
                + "\"type\":\"AgentExited\",\"payload\":{\"why\":\"exit 1\"}},\"threshold\":0.35,\"explained\":true,"
                + "\"factors\":[{\"category\":\"command\",\"subject\":\"shop/db\",\"relation\":\"r\",\"what\":\"it was killed\","
                + "\"impact\":0.9,\"basis\":\"exact\",\"since\":\"2026-01-01T11:59:00Z\",\"evidence\":[{\"text\":\"event 4\"}]}],"
                + "\"notes\":[\"a note\"]}";
        daemon.answer("GET failures/diagnosis?target=shop%2Fweb&window=60000", 200, diagnosis);
        assertEquals(ExitCode.OK, run("", "debug-failure", "shop/web"), () -> err);
        List<String> lines = out.lines().toList();
        assertTrue(
                lines.get(0).startsWith("shop/web failed at 2026-01-01T12:00:00Z, event 5 AgentExited: exit 1"), out);
        assertEquals(" 1. 0.90 exact    it was killed", lines.get(1));
        assertEquals("note: a note", lines.getLast());
        daemon.answer("GET failures/diagnosis?target=" + ENCODED + "&window=300000", 200, diagnosis);
        assertEquals(ExitCode.OK, run("", "--json", "debug-failure", "-10m", "--window", "5m"), () -> err);
        assertEquals(diagnosis, out.strip());
        assertEquals(ExitCode.USAGE, run("", "debug-failure", "shop/web", "--window", "long"));
    }
}
