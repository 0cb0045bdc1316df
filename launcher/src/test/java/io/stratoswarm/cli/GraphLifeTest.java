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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans, what is asked before they are made, and the way back. */
class GraphLifeTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T12:01:05Z"));

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

    private ExitCode run(String... arguments) {
        return runWith("", arguments);
    }

    private ExitCode runWith(String input, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(arguments));
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                CLOCK);
        ExitCode exit = main.run(all);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        assertFalse(err.contains("\tat "), "a stack trace reached the user: " + err);
        return exit;
    }

    private static final String PLAN = """
        {"name":"shop","dryRun":true,"generation":4,"touches":%s,"warnings":[],"steps":[
        {"action":"%s","kind":"node","id":"web","reason":"why","starts":[],"restarts":["shop/web"],"stops":[],"notes":["flow f pauses"]},
        {"action":"keep","kind":"flow","id":"f","reason":"unchanged","starts":[],"restarts":[],"stops":[],"notes":[]}],
        "conflicts":[%s]}
        """;

    private static final String DONE = "{\"name\":\"shop\",\"generation\":5,\"steps\":[],\"warnings\":[]}";

    @Test
    void shouldAskBeforeItChangesWhatIsThere() {
        String query = "&file=%28standard%20input%29";
        daemon.answer("POST graphs?dryRun=true" + query, 200, PLAN.formatted("true", "replace", ""));
        daemon.answer("POST graphs?dryRun=false" + query, 200, DONE);
        assertEquals(ExitCode.USAGE, runWith("{}", "apply", "-"), "nobody can be asked");
        assertEquals("""
            ACTION   WHAT      REASON
            replace  node web  why
              node web restarts shop/web
              node web: flow f pauses
            1 unchanged
            """, out);
        assertTrue(err.contains("needs --yes"), err);
        assertEquals(1, daemon.requests().size());
        assertEquals(ExitCode.OK, runWith("{}", "apply", "--yes", "-"));
        assertEquals("graph shop is at generation 5\n", out);
        assertEquals(ExitCode.USAGE, runWith("{}", "--json", "apply", "-"));
        assertEquals(ExitCode.OK, runWith("{}", "graph", "plan", "-"));
        assertTrue(out.endsWith("nothing was changed: this was a dry run of graph shop at generation 4\n"), out);
    }

    @Test
    void shouldMakeAPlanThatOnlyCreatesAtOnceAndAgainstTheGenerationThatItShowed() {
        String query = "&file=%28standard%20input%29";
        daemon.answer("POST graphs?dryRun=true" + query, 200, PLAN.formatted("false", "create", ""));
        daemon.answer("POST graphs?dryRun=false&generation=4" + query, 200, DONE);
        assertEquals(ExitCode.OK, runWith("{}", "apply", "-"), () -> err);
        assertTrue(out.endsWith("graph shop is at generation 5\n"), out);
    }

    @Test
    void shouldListConflictsAndSendWhatWins() {
        String conflict =
                "{\"kind\":\"node\",\"id\":\"web\",\"property\":\"replicas\",\"base\":\"1\",\"running\":\"5\",\"manifest\":\"3\"}";
        String query = "&file=%28standard%20input%29";
        daemon.answer("POST graphs?dryRun=true" + query, 200, PLAN.formatted("true", "keep", conflict));
        assertEquals(ExitCode.CONFLICT, runWith("{}", "apply", "-"));
        assertTrue(out.contains("conflict: node web replicas: was 1, runs 5, the manifest says 3\n"), out);
        assertTrue(err.contains("--force"), err);
        assertEquals(ExitCode.CONFLICT, runWith("{}", "graph", "plan", "-"));
        assertEquals(ExitCode.CONFLICT, runWith("{}", "--json", "graph", "plan", "-"));
        assertTrue(out.contains("\"running\":\"5\""), out);
        daemon.answer("POST graphs?dryRun=false" + query + "&force=true", 200, DONE);
        assertEquals(ExitCode.OK, runWith("{}", "apply", "--yes", "--force", "-"));
    }

    @Test
    void shouldShowAgentsAndFlowsInEightyColumns() {
        daemon.answer("GET graphs/shop", 200, """
            {"name":"shop","generation":4,"agents":[{"id":"shop/web","phase":"ready","restarts":0,"reason":"runs and is ready"}]}
            """);
        daemon.answer("GET graphs/shop/flows", 200, """
            {"graph":"shop","flows":[{"id":"log-parse","state":"waiting","reason":"waits for shop/parse (backoff)",
            "recordsPerSecond":1234.6,"lagBytes":1048576,"ledger":{"read":123456789,"filtered":99999,"refused":0,
            "delivered":123356790,"balanced":true,"receivers":[{"backpressure":0.25},{"backpressure":0.5}]}}]}
            """);
        assertEquals(ExitCode.OK, run("graph", "status", "shop"), () -> err);
        assertEquals("""
            AGENT     PHASE  RESTARTS  REASON
            shop/web  ready  0         runs and is ready

            FLOW       STATE    READ  FILTERED  REFUSED  DELIVERED  RATE/S  LAG    WAITS
            log-parse  waiting  123M  99999     0        123M       1235    1.05M  50%
            log-parse: waits for shop/parse (backoff)
            """, out);
        assertEquals(ExitCode.OK, run("--json", "graph", "status", "shop"));
        assertTrue(out.contains("\"read\":123456789"), out);
        assertEquals("100k", GraphStatus.shortened(100_000));
        assertEquals("1.00M", GraphStatus.shortened(999_500));
    }

    @Test
    void shouldSetRollBackAndTellTheHistory() {
        daemon.answer("POST graphs/shop/set", 200, DONE);
        assertEquals(ExitCode.OK, run("graph", "set", "shop/web", "replicas=5"));
        assertEquals(
                "POST graphs/shop/set {\"id\":\"web\",\"changes\":{\"replicas\":\"5\"}}",
                daemon.requests().getLast());
        for (String[] wrong : new String[][] {
            {"graph", "set", "shop", "replicas=5"},
            {"graph", "set", "shop/web", "replicas"},
            {"graph", "set", "shop/web", "a=1", "a=2"},
            {"graph", "rollback", "--to", "0", "shop"}
        }) {
            assertEquals(ExitCode.USAGE, run(wrong), String.join(" ", wrong));
        }
        daemon.answer("POST graphs/shop/rollback?dryRun=true&to=2", 200, PLAN.formatted("true", "replace", ""));
        assertEquals(ExitCode.USAGE, run("graph", "rollback", "shop", "--to", "2"));
        assertEquals(ExitCode.OK, run("graph", "rollback", "--dry-run", "shop", "--to", "2"));
        daemon.answer("POST graphs/shop/rollback?dryRun=false", 200, DONE);
        assertEquals(ExitCode.OK, run("graph", "rollback", "--yes", "shop"));
        daemon.answer(
                "GET graphs/shop/history?limit=100",
                200,
                "{\"name\":\"shop\",\"generations\":[{\"generation\":2,\"what\":\"edited\",\"time\":\"2026-01-01T12:00:00.000000000Z\","
                        + "\"actor\":\"uid:0\",\"sequence\":9,\"changes\":[\"a\",\"b\"]}]}");
        assertEquals(ExitCode.OK, run("graph", "history", "shop"));
        assertEquals("""
            GENERATION  TIME                      ACTOR  WHAT    CHANGES
            2           2026-01-01T12:00:00.000Z  uid:0  edited  a; b
            """, out);
    }

    @Test
    void shouldTakeYesAsAnAnswerAndNothingElse() throws IOException {
        for (String yes : List.of("y\n", "Yes\n", " y ")) {
            assertTrue(GraphChange.agreed(new ByteArrayInputStream(yes.getBytes(StandardCharsets.UTF_8))), yes);
        }
        for (String no : List.of("\n", "", "n\n", "yess\n", "no\ny\n", "ÿ\n")) {
            assertFalse(GraphChange.agreed(new ByteArrayInputStream(no.getBytes(StandardCharsets.UTF_8))), no);
        }
    }
}
