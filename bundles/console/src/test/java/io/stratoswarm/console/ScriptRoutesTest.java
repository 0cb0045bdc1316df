package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.console.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ScriptRoutesTest {
    @TempDir
    Path data;

    private final OneScript scripts = new OneScript();
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        server = new ServerFixture(data, new InMemoryServices(data.toString(), ApiServerTest::parse) {
            @Override
            public Optional<Scripts> scripts() {
                return complete ? Optional.of(scripts) : Optional.empty();
            }
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Answer get(String target) throws IOException {
        return RawClient.ask(server.socket(), "GET", "/api/v1/" + target, "");
    }

    private Answer post(String target, String body) throws IOException {
        return RawClient.ask(server.socket(), "POST", "/api/v1/" + target, body);
    }

    @Test
    void shouldShowScriptsInTheDocumentedShape() throws IOException {
        assertEquals(
                "{\"name\":\"one\",\"kind\":\"reaction\",\"language\":\"js\",\"description\":\"does it\",\"file\":\"/s/one.js\","
                        + "\"shipped\":false,\"state\":\"running\",\"reason\":\"\",\"sha256\":\"abcd\",\"problem\":\"\",\"calls\":3,"
                        + "\"failures\":1,\"lastError\":\"threw: no\",\"lastErrorTime\":\"2026-01-01T00:00:00.000000000Z\"}",
                get("scripts").json().at("/scripts/0").toString());
        JsonNode one = get("scripts/one").json();
        assertEquals("AgentFailed", one.at("/settings/on").asText());
        assertEquals(1_000, one.at("/limits/wallMillis").intValue());
        assertEquals("function react() {}", one.path("source").asText());
        assertEquals(404, get("scripts/two").status());
    }

    @Test
    void shouldShowTracesAlsoOfInputsThatWereCut() throws IOException {
        JsonNode trace = get("script-traces?script=one&limit=5").json().at("/traces/0");
        assertEquals("{\"a\": 1… (cut)", trace.path("input").asText());
        assertEquals("wrong-output", trace.at("/outcome/status").asText());
        assertEquals(12, trace.at("/outcome/durationMicros").intValue());
        assertEquals(400, get("script-traces?limit=0").status());
    }

    @Test
    void shouldPassCommandsOnWithTheirActor() throws IOException {
        assertEquals(200, post("scripts/one/enable", "").status());
        assertEquals(200, post("scripts/one/disable", "{}").status());
        assertEquals(
                "{\"x\":1}",
                post("scripts/one/run", "{\"input\":{\"n\":1}}")
                        .json()
                        .path("output")
                        .toString());
        assertTrue(post("scripts/one/test", "").json().path("good").booleanValue());
        JsonNode checked =
                post("script-check", "{\"file\":\"a.js\",\"source\":\"x\"}").json();
        assertEquals("a.js:1:1: no header", checked.at("/problems/0").asText());
        String actor = "uid:" + Peers.ownUid();
        assertEquals(
                List.of(
                        "enable one " + actor,
                        "disable one " + actor,
                        "run one {\"n\":1} " + actor,
                        "test one",
                        "check a.js x"),
                scripts.calls);
    }

    @Test
    void shouldRefuseWhatIsNoCommand() throws IOException {
        assertEquals(404, post("scripts/one", "").status());
        assertEquals(404, post("scripts/one/explode", "").status());
        assertEquals(400, post("scripts/one/run", "{}").status());
        assertEquals(400, post("script-check", "{}").status());
        assertEquals(405, post("scripts", "").status());
    }

    @Test
    void shouldKeepRulesOfComplianceForAdministrators() throws IOException {
        server.configure(ServerFixture.TCP);
        Web admin = new Web(server.url()).bearer(server.token());
        String secret = admin.post("/api/v1/tokens", "{\"name\":\"o\",\"role\":\"operator\"}")
                .json()
                .get("token")
                .textValue();
        Web operator = new Web(server.url()).bearer(secret);
        Map<String, String> commands = Map.of("enable", "", "disable", "", "run", "{\"input\":{}}");
        for (String command : commands.keySet()) {
            assertEquals(
                    200,
                    operator.post("/api/v1/scripts/one/" + command, commands.get(command))
                            .status(),
                    command);
        }
        for (Optional<String> kind : List.of(Optional.of("compliance"), Optional.<String>empty())) {
            scripts.kind = kind;
            scripts.calls.clear();
            for (String command : commands.keySet()) {
                String target = "/api/v1/scripts/one/" + command;
                Web.Answer refused = operator.post(target, commands.get(command));
                assertEquals(403, refused.status(), command);
                assertTrue(
                        refused.detail().startsWith("this needs the role admin, since ")
                                && refused.detail().endsWith("and token:o@127.0.0.1 is operator"),
                        refused.detail());
                assertEquals(List.of(), scripts.calls, "what was refused was done");
                assertEquals(200, admin.post(target, commands.get(command)).status(), command);
                scripts.calls.clear();
            }
            assertEquals(200, operator.post("/api/v1/scripts/one/test", "").status());
        }
    }

    static final class OneScript implements Scripts {
        final List<String> calls = new ArrayList<>();
        /** Empty for a header that cannot be read. */
        Optional<String> kind = Optional.of("reaction");

        private final ScriptOutcome ok =
                new ScriptOutcome(Status.OK, "{\"x\":1}", "", List.of(), List.of("hi"), 12_000);

        @Override
        public List<ScriptStatus> list() {
            return List.of(new ScriptStatus(
                    kind.map(each -> new ScriptHeader(
                            "one", each, "js", "does it", "{\"on\":\"AgentFailed\"}", ScriptLimits.DEFAULT, List.of())),
                    "one",
                    "/s/one.js",
                    false,
                    "running",
                    "",
                    "abcd",
                    "",
                    3,
                    1,
                    "threw: no",
                    1_767_225_600_000_000_000L));
        }

        @Override
        public Optional<ScriptStatus> get(String name) {
            return list().stream().filter(each -> each.name().equals(name)).findFirst();
        }

        @Override
        public String source(String name) {
            if (!name.equals("one")) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.NOT_FOUND, "there is no script '" + name + "'");
            }
            return "function react() {}";
        }

        @Override
        public List<ScriptTrace> traces(String name, int limit) {
            ScriptOutcome wrong =
                    new ScriptOutcome(Status.WRONG_OUTPUT, "{}", "x: is missing", List.of(), List.of(), 12_000);
            return List.of(new ScriptTrace(1, "one", "abcd", 0, "timer", "{\"a\": 1… (cut)", wrong));
        }

        @Override
        public CompletableFuture<List<ExampleResult>> test(String name) {
            calls.add("test " + name);
            return CompletableFuture.completedFuture(List.of(new ExampleResult(1, true, "", ok)));
        }

        @Override
        public CompletableFuture<CheckResult> check(String file, String source) {
            calls.add("check " + file + " " + source);
            return CompletableFuture.completedFuture(
                    new CheckResult("a", List.of(file + ":1:1: no header"), List.of()));
        }

        @Override
        public CompletableFuture<ScriptOutcome> run(String name, String input, String actor) {
            calls.add("run " + name + " " + input + " " + actor);
            return CompletableFuture.completedFuture(ok);
        }

        @Override
        public CompletableFuture<io.stratoswarm.api.script.KeptScript> kept(String name, String hash) {
            throw new UnsupportedOperationException("nothing here asks for it");
        }

        @Override
        public CompletableFuture<Void> enable(String name, String actor) {
            calls.add("enable " + name + " " + actor);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> disable(String name, String actor) {
            calls.add("disable " + name + " " + actor);
            return CompletableFuture.completedFuture(null);
        }
    }
}
