package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CliTest {
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

    @Test
    void shouldSayInPlainWordsWhatIsNoNumber() {
        assertEquals(ExitCode.USAGE, run("journal", "prune", "--keep-days", "x"));
        assertTrue(err.contains("option '--keep-days'") && err.contains("'x' is not a whole number"), err);
        assertEquals(ExitCode.USAGE, run("journal", "prune", "--keep-days", "99999999999999999999"));
        assertTrue(err.contains("'99999999999999999999' is out of range"), err);
    }

    @Test
    void shouldNameAWordThatIsNotKnownBeforeWhatIsMissing() {
        assertEquals(ExitCode.USAGE, run("heal", "validate", "--wrong"));
        assertEquals(
                "stratoswarm: Unknown option: '--wrong'\nSee 'stratoswarm heal validate --help'.\n",
                err,
                "a subcommand");
        assertEquals(ExitCode.USAGE, run("signal", "--wrong", "web"));
        assertTrue(err.contains("Unknown option: '--wrong'"), err);
        assertEquals(ExitCode.USAGE, run("heal", "validate"));
        assertTrue(err.contains("Missing required parameter: 'CLASS'"), err);
    }

    @Test
    void shouldPrintAgentsAsATable() {
        String agents = """
                {"agents":[
                {"id":"shop/web","phase":"ready","pid":4711,"started":"2026-01-01T12:00:00.000000000Z","restarts":3,"reason":"runs"},
                {"id":"shop/job.12","phase":"quarantined","restarts":11,"reason":"restarted 11 times\\u001b[2J"}]}
                """;
        daemon.answer("GET agents", 200, agents);
        assertEquals(ExitCode.OK, run("ps"));
        assertEquals("""
                ID           PHASE        PID   UPTIME  RESTARTS  REASON
                shop/web     ready        4711  1m5s    3         runs
                shop/job.12  quarantined  -     -       11        restarted 11 times?[2J
                """, out);
        assertEquals(ExitCode.OK, run("--json", "ps"));
        assertEquals(agents + "\n", out);
        assertEquals(ExitCode.OK, run("ps", "--json"));
        assertEquals(agents + "\n", out);
    }

    private void use(String name, String body) {
        daemon.answer(
                "GET metrics/query?subject=" + ApiClient.encode("*") + "&name=" + name + "&step=0&from="
                        + (CLOCK.millis() - 5_000),
                200,
                body);
    }

    @Test
    void shouldShowWhatAgentsUseTheBusiestFirst() {
        daemon.answer("GET agents", 200, """
                {"agents":[{"id":"shop/web","phase":"ready","restarts":3},{"id":"shop/db","phase":"ready","restarts":0},
                {"id":"shop/job","phase":"completed","restarts":0}]}
                """);
        for (String name : java.util.List.of(
                "storage_read_bytes_total", "storage_written_bytes_total", "processes", "threads", "open_fds")) {
            use(name, "{\"series\":[]}");
        }
        // The second one's counter began again at 0.
        use("cpu_seconds_total", """
                {"series":[
                {"subject":"shop/web","labels":{"mode":"user"},"times":[1000,3000],"values":[10,10.5]},
                {"subject":"shop/web","labels":{"mode":"system"},"times":[1000,3000],"values":[5,5.5]},
                {"subject":"shop/db","labels":{"mode":"user"},"times":[1000,2000,3000],"values":[99,0.5,2]},
                {"subject":"host","labels":{"mode":"user"},"times":[1000,3000],"values":[0,2]}]}
                """);
        use("memory_resident_bytes", """
                {"series":[{"subject":"shop/web","times":[1000,3000],"values":[1,3145728]}]}
                """);
        assertEquals(ExitCode.OK, run("top"));
        assertEquals("""
                ID        PHASE      CPU%   RSS    READ/s  WRITE/s  PROCS  THREADS  FDS  RESTARTS
                shop/db   ready      100.0  -      -       -        -      -        -    0
                shop/web  ready      50.0   3 MiB  -       -        -      -        -    3
                shop/job  completed  -      -      -       -        -      -        -    0
                """, out);
        assertEquals(ExitCode.OK, run("top", "--sort", "restarts", "--json"));
        assertTrue(
                out.contains("\"agents\":[{\"id\":\"shop/web\",\"phase\":\"ready\",\"cpuPercent\":50,"
                        + "\"residentBytes\":3145728,\"restarts\":3},"),
                out);
        assertEquals(ExitCode.USAGE, run("top", "--sort", "colour"));
        assertTrue(err.contains("not 'colour'"), err);
    }

    @Test
    void shouldShowTemplatesOfOutput() {
        daemon.answer("GET logs/templates?agent=shop", 200, """
                {"templates":[{"agent":"shop/web","id":"t1","lines":12,"text":"GET <*> took <NUM>ms"}]}
                """);
        assertEquals(ExitCode.OK, run("logs", "--templates", "shop"));
        assertEquals("""
                AGENT     ID  LINES  LAST  TEMPLATE
                shop/web  t1  12     -     GET <*> took <NUM>ms
                """, out);
        assertEquals(ExitCode.USAGE, run("logs", "--templates", "-f", "shop"));
    }

    @Test
    void shouldShowSomethingOfEachColumnOnANarrowTerminal() {
        Table table = new Table("ID", "PHASE", "REASON")
                .row(
                        "a-graph-of-a-long-name/a-node-of-a-long-name",
                        "running",
                        "it waits for something that takes long");
        assertEquals("""
                ID              PHASE    REASON
                a-graph-of-a-…  running  it waits for s…
                """, table.render(new Terminal(40, false)));
    }

    @Test
    void shouldGiveTheTextOfAnEventALineOfItsOwnWhereItIsNarrow() {
        java.util.List<String> what = java.util.List.of(
                "AgentRestartScheduled",
                "agent/graph-of-a-long-name/node",
                "system",
                "restart 3 in 400 ms, for a reason");
        assertEquals(
                "1      10:00:00 AgentRestartScheduled    agent/graph-of-a-long-name/node system     restart 3 in 400 ms, for a reason",
                EventsCommand.shown("1      10:00:00", what, 0));
        String narrow = EventsCommand.shown("1      10:00:00", what, 60);
        assertTrue(narrow.lines().allMatch(line -> line.length() <= 60), narrow);
        assertTrue(narrow.contains("restart 3 in 400 ms, for a reason"), narrow);
        assertTrue(narrow.contains("system"), narrow);
    }

    @Test
    void shouldCutAndColourOnlyOnATerminal() {
        Table table = new Table("ID", "REASON")
                .row("a", "a long reason that does not fit")
                .painted(0, text -> "<" + text + ">");
        assertEquals("ID  REASON\na   a long reason that does not fit\n", table.render(Terminal.NONE));
        assertEquals("ID  REASON\na   a long re…\n", table.render(new Terminal(14, false)));
        assertEquals(
                "\u001b[1mID\u001b[0m  \u001b[1mREASON\u001b[0m\n<a>   a long re…\n",
                table.render(new Terminal(14, true)));
    }

    @Test
    void shouldGiveEachKindOfFailureItsExitStatus() {
        Map<String, ExitCode> expected = Map.of(
                "NOT_FOUND", ExitCode.NOT_FOUND,
                "CONFLICT", ExitCode.CONFLICT,
                "INVALID", ExitCode.INVALID,
                "FORBIDDEN", ExitCode.FORBIDDEN,
                "UNAVAILABLE", ExitCode.UNAVAILABLE,
                "TIMEOUT", ExitCode.UNAVAILABLE,
                "DAMAGED", ExitCode.FAILED);
        expected.forEach((kind, exit) -> {
            daemon.answer("GET status", 500, "{\"kind\":\"" + kind + "\",\"detail\":\"because\"}");
            assertEquals(exit, run("status"), kind);
            assertEquals("stratoswarm: because\n", err);
        });
        assertEquals(ExitCode.FAILED, run("plugins"));
        assertEquals(
                ExitCode.UNREACHABLE,
                run("ps", "--data", data.resolve("nothing").toString()));
        assertTrue(err.contains("no daemon answers on " + data.resolve("nothing")), err);
        assertEquals(ExitCode.NOT_FOUND, run("apply", data.resolve("none.json").toString()));
    }

    @Test
    void shouldRefuseWrongCommandLinesWithTheNearestCommand() {
        assertEquals(ExitCode.USAGE, run("pss"));
        assertTrue(err.contains("did you mean ps?"), err);
        assertEquals(ExitCode.USAGE, run("ps", "--jsn"));
        assertTrue(err.contains("--jsn") && err.contains("stratoswarm ps --help"), err);
        assertEquals(ExitCode.USAGE, run("logs"));
        assertEquals(ExitCode.USAGE, run("logs", "-n", "many", "shop"));
        assertEquals(ExitCode.USAGE, run("journal"));
        assertEquals(ExitCode.USAGE, run("journal", "verify", "--x"));
        assertTrue(err.contains("stratoswarm journal verify --help"), err);
        assertEquals(ExitCode.USAGE, run());
        assertTrue(err.contains("Commands:"), err);
    }

    @Test
    void shouldDescribeEveryCommandWithAnExample() {
        for (String name : Commands.names()) {
            assertEquals(ExitCode.OK, run(name, "--help"), name);
            assertTrue(out.contains("stratoswarm " + name) && out.contains("Example"), out);
        }
        assertEquals(ExitCode.OK, run("completion"));
        assertTrue(out.contains("complete -F"), "no completion");
        assertTrue(out.contains("_picocli_stratoswarm_journal_verify"), "no completion of what follows journal");
        assertEquals(ExitCode.OK, run("--help"));
        for (String name : Commands.names()) {
            assertTrue(out.contains("\n  " + name + " "), name);
        }
    }

    @Test
    void shouldDocumentEveryExitStatusAndCommand() throws IOException {
        Path root = Path.of(System.getProperty("stratoswarm.repository.root", ".."));
        String document = Files.readString(root.resolve("docs/cli.md"));
        for (ExitCode exit : ExitCode.values()) {
            assertTrue(document.contains("| " + exit.code() + " | " + exit.meaning() + " |"), exit.name());
        }
        for (String name : Commands.names()) {
            assertTrue(document.contains("| `" + name), name);
        }
    }

    @Test
    void shouldShowManifestErrorsLikeACompiler() throws IOException {
        Path file = data.resolve("shop.json");
        Files.writeString(file, "{\"nme\": 1}");
        assertEquals(ExitCode.INVALID, run("validate", file.toString()));
        assertTrue(err.startsWith(file + ":1:1: error: a graph needs the key 'name'"), err);
        assertTrue(err.contains("did you mean 'name'?\n    {\"nme\": 1}\n     ^\n"), err);
        daemon.answer(
                "POST graphs?dryRun=true&file=%28standard%20input%29",
                422,
                "{\"kind\":\"INVALID\",\"detail\":\"wrong\",\"errors\":[{\"file\":\"x\",\"line\":2,\"column\":3,"
                        + "\"message\":\"bad\",\"excerpt\":\"abc\"}]}");
        assertEquals(ExitCode.INVALID, runWith("{}", "apply", "-"));
        assertEquals("x:2:3: error: bad\n    abc\n      ^\nstratoswarm: wrong\n", err);
    }

    @Test
    void shouldSendCommandsAndSignals() {
        daemon.answer("POST agents/signal", 200, "{\"agents\":[\"shop/web\"]}");
        assertEquals(ExitCode.OK, run("signal", "HUP", "shop/web"));
        assertEquals("signalled shop/web\n", out);
        assertEquals(List.of("POST agents/signal {\"signal\":\"HUP\",\"selector\":\"shop/web\"}"), daemon.requests());
        daemon.answer("PUT config/stratoswarm.console", 200, "{}");
        assertEquals(ExitCode.OK, run("config", "set", "stratoswarm.console", "group=ops", "depth=3", "old-"));
        assertEquals(
                "PUT config/stratoswarm.console {\"group\":\"ops\",\"depth\":3,\"old\":null}",
                daemon.requests().getLast());
        assertEquals(ExitCode.USAGE, run("config", "set", "stratoswarm.console", "group"));
    }

    @Test
    void shouldReadStreamsInChunksAndReportHowTheyEnd() {
        String first = "{\"agent\":\"shop/web\",\"text\":\"one\"}\n{\"agent\":\"shop/web\",\"te";
        String second = "xt\":\"two é\"}\n";
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        daemon.raw(
                "GET logs?agent=shop%2Fweb&lines=100&follow=true", head + chunk(first) + chunk(second) + "0\r\n\r\n");
        assertEquals(ExitCode.OK, run("logs", "-f", "shop/web"));
        assertEquals("one\ntwo é\n", out);
        daemon.raw(
                "GET logs?agent=shop&lines=5&follow=false",
                head + chunk(first + second + "{\"problem\":{\"kind\":\"SYSTEM\",\"detail\":\"gone\"}}\n")
                        + "0\r\n\r\n");
        assertEquals(ExitCode.FAILED, run("logs", "-n", "5", "shop"));
        assertEquals("shop/web | one\nshop/web | two é\n", out);
        assertEquals("stratoswarm: gone\n", err);
        daemon.raw("GET logs?agent=cut&lines=100&follow=false", head + chunk(first));
        assertEquals(ExitCode.FORBIDDEN, run("logs", "cut"));
        daemon.raw("GET plugins", "nonsense\r\n\r\n");
        assertEquals(ExitCode.FAILED, run("plugins"));
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    @Test
    void shouldEndQuietlyWhenTheReaderHasGone() {
        daemon.answer("GET agents", 200, "{\"agents\":[]}");
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(new byte[0]),
                broken,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                CLOCK);
        assertEquals(ExitCode.OK, main.run(List.of("ps", "--json")));
        assertEquals("", errBytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldFailWhenTheOutputCannotBeWritten() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of(),
                InputStream.nullInputStream(),
                full,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                CLOCK);
        assertEquals(ExitCode.FAILED, main.run(List.of("--help")));
        assertEquals(
                "stratoswarm: cannot write the output: No space left on device\n",
                errBytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldFollowThePointerToASocketElsewhere() throws Exception {
        Path other = Files.createDirectories(data.resolve("other"));
        Files.writeString(other.resolve("api.sock.path"), data.resolve("api.sock") + "\n");
        daemon.answer("GET agents", 200, "{\"agents\":[]}");
        assertEquals(ExitCode.OK, run("ps", "--data", other.toString()));
        assertTrue(err.contains("no agents are declared"), err);
    }

    @Test
    void shouldMakeControlSequencesOfAgentsHarmless() {
        assertEquals(
                "\u001b[31mred\u001b[0m \\e]0;title?", Streams.harmless("\u001b[31mred\u001b[0m \u001b]0;title\u0007"));
        assertEquals("\u001b[31mred\u001b[0m", Streams.harmless("\u001b[31mred"), "a colour ends with its line");
        assertEquals("a?b", Streams.harmless("a\u202eb"));
        assertEquals("a?b??", Table.printable("a\u202eb\u009b\u001b"));
        assertEquals(ExitCode.USAGE, run("\u001b[2J"));
        assertFalse(err.contains("\u001b"), err);
        assertEquals(ExitCode.USAGE, run(""));
        assertFalse(err.contains("did you mean"), err);
    }

    @Test
    void shouldCountEventsAsAsked() {
        String event =
                "{\"sequence\":%d,\"time\":\"2026-01-01T12:00:00Z\",\"type\":\"A\",\"subject\":\"s\",\"actor\":\"a\"}";
        daemon.answer(
                "GET events?limit=2&from=5",
                200,
                "{\"events\":[" + event.formatted(5) + "," + event.formatted(6) + "]}");
        assertEquals(ExitCode.OK, run("events", "--from", "5", "-n", "2", "--json"));
        assertEquals(2, out.lines().count());
        assertEquals(ExitCode.USAGE, run("events", "-n", "-3"));
        assertEquals("stratoswarm: --lines must be 0 to 10000, not -3\n", err);
    }

    @Test
    void shouldProbeTheHostItselfWhereNoDaemonRuns() throws IOException {
        Path none = data.resolve("none");
        assertEquals(ExitCode.OK, run("doctor", "--data", none.toString()), err);
        assertTrue(err.startsWith("no daemon runs on " + none), err);
        assertTrue(out.contains("kernel") && out.contains("agents.keeper"), out);
        assertTrue(out.contains("in " + data), "the nearest folder is tried where there is none yet: " + out);
        assertFalse(Files.exists(none), "the command made the data folder");
        assertEquals(ExitCode.OK, run("doctor", "--json", "--data", none.toString()));
        Map<String, Object> answer = JsonText.object(out);
        assertEquals(false, answer.get("daemon"));
        List<String> names = JsonText.objects(answer, "capabilities").stream()
                .map(capability -> JsonText.text(capability, "name"))
                .toList();
        assertEquals(names.stream().sorted().toList(), names);
        assertTrue(names.contains("storage.sync"), names.toString());
        daemon.answer("GET doctor", 200, "{\"capabilities\":[{\"name\":\"x\",\"available\":true,\"detail\":\"y\"}]}");
        assertEquals(ExitCode.OK, run("doctor"));
        assertEquals("CAPABILITY  HERE  DETAIL\nx           yes   y\n", out);
        assertEquals("", err);
    }

    @Test
    void shouldCountAgentsByPhaseAndBundlesByState() {
        daemon.answer(
                "GET status",
                200,
                "{\"agents\":{\"total\":6,\"byPhase\":{\"completed\":1,\"ready\":5}},\"plugins\":{\"active\":7},"
                        + "\"missing\":[]}");
        assertEquals(ExitCode.OK, run("status"));
        assertEquals("agents    6: 1 completed, 5 ready\nbundles   7 active\n", out);
        daemon.answer("GET status", 200, "{\"agents\":{\"total\":0,\"byPhase\":{}},\"missing\":[]}");
        assertEquals(ExitCode.OK, run("status"));
        assertEquals("agents    0\n", out);
    }

    @Test
    void shouldListTraceAndTryScripts() throws IOException {
        daemon.answer(
                "GET scripts",
                200,
                "{\"scripts\":[{\"name\":\"a\",\"kind\":\"probe\",\"language\":\"js\",\"state\":\"running\",\"reason\":\"the last good"
                        + " version runs\",\"problem\":\"a.js:3:1: no\",\"calls\":7,\"failures\":1}]}");
        assertEquals(ExitCode.OK, run("scripts"));
        assertEquals(
                "NAME  KIND   LANGUAGE  STATE    CALLS  FAILED  WHY\n"
                        + "a     probe  js        running  7      1       a.js:3:1: no (the last good version runs)\n",
                out);
        daemon.answer(
                "GET script-traces?limit=3&script=a",
                200,
                "{\"traces\":[{\"number\":9,\"script\":\"a\",\"time\":\"2026-01-01T12:00:00.123456789Z\",\"trigger\":\"timer\","
                        + "\"input\":{\"n\":1},\"outcome\":{\"status\":\"threw\",\"error\":\"Error: no\",\"stack\":[\"f (a.js:3:1)\"],"
                        + "\"log\":[\"looking\"],\"durationMicros\":15}}]}");
        assertEquals(ExitCode.OK, run("scripts", "trace", "a", "--limit", "3"));
        assertEquals(
                "9  2026-01-01T12:00:00.123Z  a  threw  15 us  timer\n    input   {\"n\":1}\n    log     looking\n"
                        + "    error   Error: no\n            at f (a.js:3:1)\n",
                out);
        daemon.answer("POST scripts/a/run", 200, "{\"status\":\"ok\",\"output\":{\"x\":1},\"durationMicros\":15}");
        assertEquals(ExitCode.OK, runWith("{\"n\": 2}", "scripts", "run", "a", "--input", "-"));
        assertEquals("ok in 15 us\noutput  {\"x\":1}\n", out);
        assertTrue(
                daemon.requests().getLast().endsWith("{\"input\":{\"n\": 2}}"),
                daemon.requests().getLast());
        assertEquals(ExitCode.INVALID, run("scripts", "run", "a", "--input", "[]"));
        daemon.answer(
                "POST scripts/a/test",
                200,
                "{\"good\":false,\"examples\":[{\"index\":1,\"passed\":false,\"difference\":\"x: is 1; expected 2\"}]}");
        assertEquals(ExitCode.INVALID, run("scripts", "test", "a"));
        assertEquals("example 1: failed: x: is 1; expected 2\na: 1 of 1 examples failed\n", out);
        assertEquals(
                ExitCode.NOT_FOUND,
                run("scripts", "test", data.resolve("none.js").toString()));
        daemon.answer("POST scripts/a/enable", 200, "{\"state\":\"failed\",\"reason\":\"a.js:1:1: bad\"}");
        assertEquals(ExitCode.CONFLICT, run("scripts", "enable", "a"));
        assertEquals("a is failed: a.js:1:1: bad\n", out);
    }

    @Test
    void shouldPrintEventsAsTheyCome() {
        String event = "{\"sequence\":1,\"payload\":{\"why\":\"because\"}}";
        daemon.answer("GET events?tail=20", 200, "{\"events\":[" + event + "]}");
        assertEquals(ExitCode.OK, run("events", "--json"));
        assertEquals(event + "\n", out);
    }
}
