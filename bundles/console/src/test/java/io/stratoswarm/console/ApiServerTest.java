package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.console.RawClient.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ApiServerTest {
    private static final Limits LIMITS = new Limits(8, 6, 4_096, 8_192, 64 * 1024, 700, 700, 400);

    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services, LIMITS);
    }

    @AfterEach
    void close() {
        server.close();
    }

    static ManifestResult parse(String file, String text) {
        if (text.contains("wrong")) {
            ManifestProblem problem = new ManifestProblem(file, 3, 7, "unknown key 'wrong'", "{\"wrong\": 1}");
            return new ManifestResult(Optional.empty(), List.of(problem, problem), List.of());
        }
        return new ManifestResult(
                Optional.of(new GraphManifest("shop", "", List.of(), text)),
                List.of(),
                List.of(new ManifestProblem(file, 1, 1, "a warning", "")));
    }

    private Answer get(String target) throws IOException {
        return RawClient.ask(server.socket(), "GET", target, "");
    }

    private Answer post(String target, String body) throws IOException {
        return RawClient.ask(server.socket(), "POST", target, body);
    }

    private static String actor() throws IOException {
        return "uid:" + Peers.ownUid();
    }

    @Test
    void shouldListAgentsInTheDocumentedShape() throws IOException {
        JsonNode agent =
                get("/api/v1/agents?selector=shop/web").json().get("agents").get(0);
        assertEquals(
                "{\"id\":\"shop/web\",\"graph\":\"shop\",\"node\":\"web\",\"replica\":0,\"phase\":\"ready\","
                        + "\"reason\":\"runs and is ready\",\"since\":\"2026-01-01T12:00:00.000000000Z\",\"pid\":4711,"
                        + "\"started\":\"2026-01-01T12:00:00.000000000Z\",\"incarnation\":1,\"restarts\":3,"
                        + "\"lastExit\":\"exit 1\",\"command\":\"sleep 60\"}",
                agent.toString());
        assertEquals(4, get("/api/v1/agents").json().get("agents").size());
        assertEquals(
                "sleep",
                get("/api/v1/agents/shop/web").json().at("/spec/command/0").textValue());
        assertEquals(404, get("/api/v1/agents/shop/nothing").status());
    }

    @Test
    void shouldPassCommandsWithThePeersUidAsActor() throws IOException {
        assertEquals(
                200, post("/api/v1/agents/stop", "{\"selector\":\"shop/job\"}").status());
        assertEquals(
                200,
                post("/api/v1/agents/signal", "{\"selector\":\"shop/job\",\"signal\":\"HUP\"}")
                        .status());
        assertEquals(List.of("stop shop/job " + actor(), "signal-HUP shop/job " + actor()), services.agents.calls());
        assertEquals(202, post("/api/v1/shutdown", "{\"stopAgents\":false}").status());
        assertEquals(202, post("/api/v1/upgrade", "{\"home\":\"/opt/new\"}").status());
        assertEquals(
                200,
                RawClient.ask(server.socket(), "DELETE", "/api/v1/graphs/shop", "")
                        .status());
        assertEquals(
                List.of("shutdown false " + actor(), "upgrade /opt/new " + actor(), "delete shop " + actor()),
                services.calls);
    }

    @Test
    void shouldAnswerEachKindOfFailureWithItsStatusAndNoTrace() throws IOException {
        Answer conflict = post("/api/v1/agents/start", "{\"selector\":\"shop/web\"}");
        assertEquals(409, conflict.status());
        assertTrue(conflict.head().contains("application/problem+json"), conflict.head());
        assertEquals("shop/web runs already", conflict.json().get("detail").textValue());
        assertEquals("CONFLICT", conflict.json().get("kind").textValue());
        assertEquals(
                404, post("/api/v1/agents/stop", "{\"selector\":\"nothing\"}").status());
        assertEquals(
                504, post("/api/v1/agents/stop", "{\"selector\":\"shop/slow\"}").status());
        Answer fault = post("/api/v1/agents/stop", "{\"selector\":\"shop/broken\"}");
        assertEquals(500, fault.status());
        assertFalse(fault.body().contains("secret"), fault.body());
        assertFalse(fault.body().contains("\tat "), fault.body());
    }

    @Test
    void shouldRefuseWrongBodiesAndParameters() throws IOException {
        for (String body : List.of(
                "",
                "[]",
                "{",
                "{\"selector\":5}",
                "{\"selectr\":\"x\"}",
                "{\"selector\":\"a\",\"selector\":\"b\"}",
                "[".repeat(5_000))) {
            Answer answer = post("/api/v1/agents/stop", body);
            assertEquals(400, answer.status(), body.length() > 80 ? "deep" : body);
            assertEquals("INVALID", answer.json().get("kind").textValue(), body);
        }
        for (String target : List.of(
                "/api/v1/agents?selectr=x",
                "/api/v1/logs?agent=shop/web&lines=-1",
                "/api/v1/logs?agent=shop/web&follow=maybe",
                "/api/v1/events?since=yesterday",
                "/api/v1/events?limit=100000",
                "/api/v1/journal/proof",
                "/api/v1/agents?selector=a&selector=b",
                "/api/v1/agents?selector=%zz")) {
            assertEquals(400, get(target).status(), target);
        }
    }

    @Test
    void shouldNameTheNearestPathAndTheAllowedMethods() throws IOException {
        Answer unknown = get("/api/v1/agnets");
        assertEquals(404, unknown.status());
        assertTrue(unknown.json().get("detail").textValue().contains("did you mean /api/v1/agents?"), unknown.body());
        Answer wrong = get("/api/v1/shutdown");
        assertEquals(405, wrong.status());
        assertTrue(wrong.head().contains("Allow: POST"), wrong.head());
        assertEquals(405, post("/api/v1/status", "").status());
        assertEquals(404, get("/nothing").status());
    }

    @Test
    void shouldChangeGraphsAndTellTheirHistory() throws IOException {
        assertEquals(200, post("/api/v1/graphs?force=true&generation=1", "{}").status());
        assertEquals(
                "apply shop " + actor() + " Options[force=true, expected=OptionalLong[1]]", services.calls.getLast());
        assertEquals(
                3,
                post("/api/v1/graphs/shop/set", "{\"id\": \"web\", \"changes\": {\"replicas\": \"5\"}}")
                        .json()
                        .get("generation")
                        .intValue());
        assertEquals("edit shop web {replicas=5} " + actor(), services.calls.getLast());
        assertEquals(400, post("/api/v1/graphs/shop/set", "{\"changes\": {}}").status());
        assertEquals(
                400,
                post("/api/v1/graphs/shop/set", "{\"id\": \"web\", \"changes\": {\"replicas\": 5}}")
                        .status());
        Answer dry = post("/api/v1/graphs/shop/rollback?dryRun=true&to=1", "");
        assertEquals(2, dry.json().get("generation").intValue());
        assertEquals(
                4,
                post("/api/v1/graphs/shop/rollback?to=1&generation=2", "")
                        .json()
                        .get("generation")
                        .intValue());
        assertEquals("rollback shop OptionalLong[1] OptionalLong[2] " + actor(), services.calls.getLast());
        assertEquals(404, post("/api/v1/graphs/shop/nothing", "").status());
        Answer history = get("/api/v1/graphs/shop/history?limit=5");
        assertEquals(
                "{\"generation\":2,\"what\":\"applied\",\"time\":\"2026-01-01T12:00:00.000000000Z\",\"actor\":\"uid:0\",\"sequence\":17,\"changes\":[\"replace"
                        + " node web: changed: command\"]}",
                history.json().at("/generations/0").toString());
    }

    @Test
    void shouldShowTheFlowsOfAGraph() throws Exception {
        Answer answer = get("/api/v1/graphs/shop/flows");
        assertEquals(200, answer.status());
        var flow = answer.json().get("flows").get(0);
        assertEquals("job-web", flow.get("id").textValue());
        assertEquals("running", flow.get("state").textValue());
        assertEquals(1_500, flow.get("oldestMillis").intValue());
        assertTrue(flow.get("ledger").get("balanced").booleanValue());
        assertEquals(80, flow.get("ledger").get("delivered").intValue());
        assertEquals(
                0.75,
                flow.get("ledger").get("receivers").get(1).get("backpressure").doubleValue());
        assertEquals(404, get("/api/v1/graphs/none/flows").status());
    }

    @Test
    void shouldReportManifestErrorsWithTheirPlaces() throws IOException {
        Answer refused = post("/api/v1/graphs?file=shop.json", "{\"wrong\": 1}");
        assertEquals(422, refused.status());
        assertEquals("shop.json", refused.json().at("/errors/0/file").textValue());
        assertEquals(3, refused.json().at("/errors/0/line").intValue());
        assertEquals(7, refused.json().at("/errors/0/column").intValue());
        assertTrue(refused.json().get("detail").textValue().contains("and 1 more"), refused.body());
        assertEquals(2, post("/api/v1/graphs", "{}").json().get("generation").intValue());
        Answer dry = post("/api/v1/graphs?dryRun=true", "{}");
        assertTrue(dry.json().get("dryRun").booleanValue());
        assertEquals(1, dry.json().get("generation").intValue());
        assertTrue(dry.json().get("touches").booleanValue());
        assertEquals("5", dry.json().at("/conflicts/0/running").textValue());
        assertEquals("shop/web", dry.json().at("/steps/0/restarts/0").textValue());
        assertEquals(
                0,
                post("/api/v1/graphs?dryRun=true&force=true", "{}")
                        .json()
                        .get("conflicts")
                        .size());
        assertEquals(List.of("apply shop " + actor()), services.calls);
        assertEquals(200, post("/api/v1/graphs/validate", "{}").status());
        String sources =
                "{\"graphSource\":1,\"file\":\"a.graph\",\"text\":\"x\",\"included\":{\"b\":\"y\"},\"parameters\":{\"p\":\"1\"}}";
        assertEquals(200, post("/api/v1/graphs/validate?form=sources", sources).status());
        assertTrue(services.calls.contains("parse a.graph {b=y} {p=1}"), services.calls.toString());
        assertEquals(
                400,
                post("/api/v1/graphs?form=sources", "{\"file\":\"a.graph\"}").status());
        assertEquals(400, post("/api/v1/graphs?form=pictures", "{}").status());
        assertEquals(
                "{\"name\":\"shop\",\"file\":\"shop.graph\",\"text\":\"generation 7\",\"included\":{\"a.graph\":\"a\"},"
                        + "\"parameters\":{\"port\":\"1\"}}",
                get("/api/v1/graphs/shop/source?generation=7").json().toString());
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        assertEquals(200, get("/api/v1/health").status());
        services.complete = false;
        Answer agents = get("/api/v1/agents");
        assertEquals(503, agents.status());
        assertTrue(agents.json().get("detail").textValue().contains("'agents'"), agents.body());
        assertEquals(503, get("/api/v1/health").status());
        assertEquals(3, get("/api/v1/status").json().get("missing").size());
    }

    @Test
    void shouldReadAndFilterEvents() throws IOException {
        assertEquals(30, get("/api/v1/events").json().get("events").size());
        JsonNode started = get("/api/v1/events?type=AgentSt*&tail=2").json().get("events");
        assertEquals(2, started.size());
        assertEquals(24, started.get(0).get("sequence").intValue());
        assertEquals(27, started.get(1).at("/payload/n").intValue());
        assertEquals(
                29,
                get("/api/v1/events?newestFirst=true&limit=1")
                        .json()
                        .at("/events/0/sequence")
                        .intValue());
        assertEquals(5, get("/api/v1/events?from=10&to=15").json().get("events").size());
        assertEquals(30, get("/api/v1/journal/checkpoint").json().get("size").intValue());
        assertEquals(
                30,
                get("/api/v1/journal/proof?sequence=3").json().get("treeSize").intValue());
        assertEquals(404, get("/api/v1/journal/proof?sequence=300").status());
    }

    @Test
    void shouldFollowEventsAndLetGoOfTheClientThatLeaves() throws Exception {
        try (RawClient client = new RawClient(server.socket())) {
            client.send("GET /api/v1/events?follow=true&tail=1&type=AgentStarted HTTP/1.1\r\nHost: x\r\n\r\n");
            BufferedReader reader = client.reader();
            assertEquals(27, nextLine(reader).get("sequence").intValue());
            services.journal.append("AgentExited", "agent/shop/web", "{}");
            services.journal.append("AgentStarted", "agent/shop/web", "{\"live\":true}");
            assertTrue(nextLine(reader).at("/payload/live").booleanValue());
        }
    }

    @Test
    void shouldFollowLogsOfAGraph() throws Exception {
        services.agents.print("shop/web", "before");
        try (RawClient client = new RawClient(server.socket())) {
            client.send("GET /api/v1/logs?agent=shop&lines=10&follow=true HTTP/1.1\r\nHost: x\r\n\r\n");
            BufferedReader reader = client.reader();
            assertEquals("before", nextLine(reader).get("text").textValue());
            services.agents.print("shop/job", "after");
            assertEquals("after", nextLine(reader).get("text").textValue());
            assertEquals(4, services.agents.followers());
        }
        for (int i = 0; i < 100 && services.agents.followers() > 0; i++) {
            Thread.sleep(20);
        }
        assertEquals(0, services.agents.followers(), "followers of a client that has gone");
    }

    /** The next line of JSON, past head and chunk sizes. */
    private static JsonNode nextLine(BufferedReader reader) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("{")) {
                return Json.MAPPER.readTree(line);
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void shouldLetGoOfAClientThatDoesNotRead() throws Exception {
        try (RawClient client = new RawClient(server.socket())) {
            client.send("GET /api/v1/logs?agent=shop/web&follow=true HTTP/1.1\r\nHost: x\r\n\r\n");
            for (int i = 0; i < 100 && services.agents.followers() == 0; i++) {
                Thread.sleep(20);
            }
            assertEquals(1, services.agents.followers());
            String text = "x".repeat(10_000);
            for (int i = 0; i < 2_000 && services.agents.followers() > 0; i++) {
                services.agents.print("shop/web", text);
            }
            for (int i = 0; i < 100 && services.agents.followers() > 0; i++) {
                Thread.sleep(20);
            }
            assertEquals(0, services.agents.followers(), "a client that reads nothing must be let go");
        }
        assertEquals(200, get("/api/v1/health").status());
    }

    @Test
    void shouldRefuseMalformedAndOversizedHttp() throws IOException {
        record Case(String text, int status) {}
        for (Case wrong : List.of(
                new Case("NONSENSE\r\n\r\n", 400),
                new Case("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n", 414),
                new Case("GET / HTTP/1.1\r\nX: " + "y".repeat(20_000) + "\r\n\r\n", 431),
                new Case("POST /api/v1/graphs HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
                new Case("POST /api/v1/graphs HTTP/1.1\r\nContent-Length: abc\r\n\r\n", 400),
                new Case(
                        "POST /api/v1/graphs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + ("4000\r\n" + "z".repeat(0x4000) + "\r\n").repeat(5),
                        413))) {
            try (RawClient client = new RawClient(server.socket())) {
                client.send(wrong.text());
                Answer answer = RawClient.parse(client.readAll());
                assertEquals(wrong.status(), answer.status(), wrong.text().substring(0, 8));
                assertEquals("INVALID", answer.json().get("kind").textValue());
            }
        }
        assertEquals(200, get("/api/v1/health").status());
    }

    @Test
    void shouldCloseConnectionsThatSendTooSlowlyOrNothing() throws IOException {
        for (String text : List.of("", "GET /api", "POST /api/v1/graphs HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")) {
            try (RawClient client = new RawClient(server.socket())) {
                client.send(text);
                client.readAll();
            }
        }
        assertEquals(200, get("/api/v1/health").status());
    }

    @Test
    void shouldLimitConnections() throws Exception {
        List<RawClient> idle = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < LIMITS.connections(); i++) {
                idle.add(new RawClient(server.socket()));
            }
            Thread.sleep(100);
            try (RawClient last = new RawClient(server.socket())) {
                assertEquals("", last.readAll());
            }
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void shouldServeManyRequestsOverOneConnection() throws IOException {
        try (RawClient client = new RawClient(server.socket())) {
            String one = "GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n";
            client.send(one + one + "GET /api/v1/health HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertEquals(3, client.readAll().split("\"status\":\"ok\"", -1).length - 1);
        }
    }

    @Test
    void shouldChangeConfigurationAndRecordOnlyTheKeys() throws IOException {
        Answer changed = RawClient.ask(
                server.socket(), "PUT", "/api/v1/config/stratoswarm.console", "{\"group\":\"hidden\",\"depth\":3}");
        assertEquals(200, changed.status(), changed.body());
        assertEquals(
                "hidden",
                services.config.getOrDefault("stratoswarm.console", Map.of()).get("group"));
        assertEquals(
                3L,
                services.config.getOrDefault("stratoswarm.console", Map.of()).get("depth"));
        String event = get("/api/v1/events?type=ConfigChangeRequested").body();
        assertTrue(event.contains("\"keys\":[\"group\",\"depth\"]"), event);
        assertFalse(event.contains("hidden"), event);
        assertEquals(404, get("/api/v1/config/nothing").status());
        assertEquals(
                400,
                RawClient.ask(server.socket(), "PUT", "/api/v1/config/stratoswarm.console", "{}")
                        .status());
        assertFalse(get("/api/v1/config").body().contains("service.pid"));
    }

    @Test
    void shouldReportAProbeThatFails() throws IOException {
        JsonNode found = get("/api/v1/doctor").json().get("capabilities");
        assertEquals(3, found.size());
        assertTrue(found.toString().contains("the probe itself failed"), found.toString());
        assertEquals(
                "refused", get("/api/v1/plugins").json().at("/plugins/1/state").textValue());
    }

    @Test
    void shouldGuardTheSocketByItsMode() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())));
    }

    @Test
    void shouldLeaveNoThreadAndNoFileBehind() throws Exception {
        server.close();
        Set<Thread> before = threads();
        for (int i = 0; i < 3; i++) {
            try (ServerFixture again = new ServerFixture(data, services, LIMITS)) {
                assertEquals(
                        200,
                        RawClient.ask(again.socket(), "GET", "/api/v1/health", "")
                                .status());
            }
        }
        // The last thread tells that it has ended a moment before the system sees it end.
        Set<Thread> after = threads();
        for (int i = 0; i < 100 && !before.containsAll(after); i++) {
            Thread.sleep(20);
            after = threads();
        }
        after.removeAll(before);
        assertEquals(Set.of(), after);
        try (var files = Files.list(data)) {
            assertEquals(List.of(data.resolve("token")), files.toList(), "only the token outlives the server");
        }
        server = new ServerFixture(data, services, LIMITS);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive()
                        && thread.getName().toLowerCase(java.util.Locale.ROOT).contains("vert"))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldRefuseASecondServerAndReplaceAStaleSocket() throws IOException {
        assertThrows(StratoswarmException.class, () -> new ServerFixture(data, services, LIMITS));
        assertEquals(200, get("/api/v1/health").status());
        server.close();
        Files.createFile(data.resolve("api.sock"));
        server = new ServerFixture(data, services, LIMITS);
        assertEquals(200, get("/api/v1/health").status());
    }

    @Test
    void shouldUseAShortPathWhereTheDataFoldersIsTooLong() throws IOException {
        Path deep = Files.createDirectories(data.resolve("d".repeat(60)).resolve("e".repeat(60)));
        try (ServerFixture far = new ServerFixture(data, deep)) {
            Path named = Path.of(Files.readString(deep.resolve("api.sock.path")).strip());
            assertEquals(far.socket(), named);
            assertEquals(200, RawClient.ask(named, "GET", "/api/v1/health", "").status());
        }
        assertFalse(Files.exists(deep.resolve("api.sock.path")));
    }
}
