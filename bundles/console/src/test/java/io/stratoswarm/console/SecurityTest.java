package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecurityTest {
    private static final Limits LIMITS = new Limits(64, 16, 4_096, 8_192, 64 * 1024, 700, 700, 400, 4, 2, 10_000);

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services, LIMITS, ServerFixture.TCP, clock.surroundings());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Web web() {
        return new Web(server.url());
    }

    private Web admin() throws IOException {
        return web().bearer(server.token());
    }

    private String create(String name, String role, String more) throws IOException {
        Web.Answer answer =
                admin().post("/api/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"" + more + "}");
        assertEquals(201, answer.status(), answer.body());
        return answer.json().get("token").textValue();
    }

    private List<Event> events(String type) {
        return services.journal.read(EventQuery.all().type(type));
    }

    @Test
    void shouldRefuseWhoBringsNoValidToken() throws IOException {
        assertEquals(401, web().get("/api/v1/agents").status());
        assertEquals("Bearer realm=\"stratoswarm\"", web().get("/api/v1/agents").header("www-authenticate"));
        for (String wrong :
                List.of("", "x", "Bearer", "Bearer x", "Basic cm9vdDpyb290", "Bearer " + server.token() + "x")) {
            assertEquals(
                    401,
                    web().with("Authorization", wrong).get("/api/v1/agents").status(),
                    wrong);
        }
        assertEquals(200, admin().get("/api/v1/agents").status());
        assertEquals("admin", admin().get("/api/v1/session").json().get("role").textValue());
    }

    @Test
    void shouldGuardEveryRouteByItsRole() throws Exception {
        Map<Role, Web> callers = new HashMap<>();
        callers.put(Role.ANYONE, web());
        callers.put(Role.VIEWER, web().bearer(create("v", "viewer", "")));
        callers.put(Role.OPERATOR, web().bearer(create("o", "operator", "")));
        callers.put(Role.ADMIN, admin());
        server.configure(Map.of("listen", "127.0.0.1:0", "rate.requests", "0"));
        List<Routes.Line> lines = server.server().routes().lines();
        assertTrue(lines.size() > 30, "the table was walked");
        // Side by side, since what asks for a service that is absent waits a while whether it comes.
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<?>> asked = new ArrayList<>();
            for (Routes.Line line : lines) {
                // The answer of the stream does not end; StreamTest asks for its role.
                if (!line.path().equals("/api/v1/stream")) {
                    asked.add(threads.submit(() -> guarded(line, callers)));
                }
            }
            for (Future<?> one : asked) {
                one.get();
            }
        }
    }

    private static Void guarded(Routes.Line line, Map<Role, Web> callers) throws IOException {
        String target = line.path().replace("*", "nothing/like-this");
        for (Map.Entry<Role, Web> caller : callers.entrySet()) {
            int status = caller.getValue().ask(line.method(), target, "").status();
            String what = line + " by " + caller.getKey() + " gave " + status;
            if (caller.getKey().may(line.role())) {
                boolean login =
                        line.path().equals("/api/v1/session") && line.method().equals("POST");
                assertTrue(status != 401 && status != 403 || login, what);
            } else {
                assertEquals(caller.getKey() == Role.ANYONE ? 401 : 403, status, what);
            }
        }
        return null;
    }

    @Test
    void shouldKeepTokensHashedAndTellThemOnce() throws IOException {
        String secret = create("ci", "operator", ",\"expiresIn\":\"P30D\"");
        assertFalse(services.tables.dump().contains(secret), "the table holds the secret");
        assertFalse(services.tables.dump().contains(server.token()), "the table holds the first secret");
        assertTrue(services.tables.dump().contains(Secrets.hash(secret)));
        for (Event event : services.journal.read(EventQuery.all())) {
            assertFalse(event.payloadText().contains(secret), "an event holds the secret: " + event.type());
        }
        Web.Answer list = admin().get("/api/v1/tokens");
        assertFalse(list.body().contains(secret) || list.body().contains(Secrets.hash(secret)), list.body());
        assertEquals(2, list.json().get("tokens").size());
        assertEquals("token:local@127.0.0.1", events("TokenCreated").getFirst().actor());
        assertEquals(
                PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(data.resolve("token")));
    }

    @Test
    void shouldLimitTokensInRoleAndTime() throws IOException {
        Web viewer = web().bearer(create("look", "viewer", ",\"expiresIn\":\"PT1H\""));
        assertEquals(200, viewer.get("/api/v1/agents").status());
        Web.Answer refused = viewer.post("/api/v1/agents/stop", "{\"selector\":\"shop/job\"}");
        assertEquals(403, refused.status());
        assertTrue(refused.detail().contains("operator") && refused.detail().contains("viewer"), refused.detail());
        assertEquals(List.of(), services.agents.calls(), "what was refused was done");
        clock.pass(Duration.ofMinutes(59));
        assertEquals(200, viewer.get("/api/v1/agents").status());
        clock.pass(Duration.ofMinutes(1));
        assertEquals(401, viewer.get("/api/v1/agents").status());
        for (String wrong : List.of(
                "{\"name\":\"a b\",\"role\":\"viewer\"}",
                "{\"name\":\"a\",\"role\":\"root\"}",
                "{\"name\":\"a\",\"role\":\"anyone\"}",
                "{\"name\":\"a\"}",
                "{\"name\":\"a\",\"role\":\"viewer\",\"expiresIn\":\"-PT1H\"}",
                "{\"name\":\"a\",\"role\":\"viewer\",\"expiresIn\":\"soon\"}")) {
            assertEquals(400, admin().post("/api/v1/tokens", wrong).status(), wrong);
        }
        assertEquals(
                409,
                admin().post("/api/v1/tokens", "{\"name\":\"look\",\"role\":\"viewer\"}")
                        .status());
    }

    @Test
    void shouldRevokeAtOnceAlsoWhatWasOpenedWithTheToken() throws IOException {
        String secret = create("ci", "operator", "");
        Web.Answer login = web().post("/api/v1/session", "{\"token\":\"" + secret + "\"}");
        Web session = web().session(login);
        assertEquals(200, session.get("/api/v1/agents").status());
        try (Socket stream = web().bearer(secret).connect()) {
            stream.getOutputStream()
                    .write(web().bearer(secret).head("GET", "/api/v1/stream", 0).getBytes(StandardCharsets.UTF_8));
            assertTrue(stream.getInputStream().read() > 0);
            assertEquals(200, admin().ask("DELETE", "/api/v1/tokens/ci", "").status());
            stream.setSoTimeout(5_000);
            stream.getInputStream().readAllBytes();
        }
        assertEquals(401, web().bearer(secret).get("/api/v1/agents").status());
        assertEquals(401, session.get("/api/v1/agents").status());
        assertEquals(404, admin().ask("DELETE", "/api/v1/tokens/ci", "").status());
        assertEquals(1, events("TokenRevoked").size());
    }

    @Test
    void shouldKeepTokensAndMakeTheFirstOneAnewWhenItsFileIsGone() throws IOException {
        String secret = create("ci", "viewer", "");
        String first = server.token();
        server.close();
        server = new ServerFixture(data, services, LIMITS, ServerFixture.TCP, clock.surroundings());
        assertEquals(first, server.token());
        assertEquals(200, web().bearer(secret).get("/api/v1/agents").status());
        server.close();
        Files.writeString(
                data.resolve("token"), Secrets.make(clock.surroundings().random()));
        server = new ServerFixture(data, services, LIMITS, ServerFixture.TCP, clock.surroundings());
        assertNotEquals(first, server.token());
        assertEquals(401, web().bearer(first).get("/api/v1/agents").status(), "the lost token still works");
        assertEquals(200, admin().get("/api/v1/agents").status());
    }

    @Test
    void shouldOpenAndCloseSessionsOfBrowsers() throws IOException {
        Web.Answer login = web().post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}");
        assertEquals(200, login.status(), login.body());
        String cookie = login.header("set-cookie");
        assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
        assertFalse(cookie.contains(server.token()), "the cookie is the token");
        Web session = web().session(login);
        assertEquals("admin", session.get("/api/v1/session").json().get("role").textValue());
        assertTrue(session.get("/api/v1/session").json().has("expires"));
        assertEquals(200, session.ask("DELETE", "/api/v1/session", "").status());
        assertEquals(401, session.get("/api/v1/session").status());
        Web second = web().session(web().post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}"));
        clock.pass(Duration.ofHours(12));
        assertEquals(401, second.get("/api/v1/session").status(), "a session ends after twelve hours");
        assertEquals(400, web().post("/api/v1/session", "{}").status());
    }

    @Test
    void shouldLetACodeInOnceAndOnlyForAWhile() throws IOException {
        Web.Answer made = admin().post("/api/v1/session/code", "{\"role\":\"viewer\"}");
        String code = made.json().get("code").textValue();
        assertTrue(made.json().at("/urls/0").textValue().startsWith(server.url() + "login#"), made.body());
        String body = "{\"code\":\"" + code + "\"}";
        Web.Answer login = web().post("/api/v1/session", body);
        assertEquals("viewer", login.json().get("role").textValue());
        assertEquals(403, web().session(login).get("/api/v1/config").status());
        assertEquals(401, web().post("/api/v1/session", body).status(), "a code works twice");
        String late =
                admin().post("/api/v1/session/code", "{}").json().get("code").textValue();
        clock.pass(Duration.ofMinutes(5));
        assertEquals(
                401,
                web().post("/api/v1/session", "{\"code\":\"" + late + "\"}").status());
        Web viewer = web().bearer(create("look", "viewer", ""));
        assertEquals(
                403, viewer.post("/api/v1/session/code", "{\"role\":\"admin\"}").status());
    }

    @Test
    void shouldRefuseWhatPagesOfOtherSitesSend() throws IOException {
        Web session = web().session(web().post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}"));
        String body = "{\"selector\":\"shop/job\"}";
        String own = "http://127.0.0.1:" + server.url().getPort();
        Map<String, Map<String, String>> refused = Map.of(
                "a foreign origin", Map.of("Origin", "https://evil.example"),
                "an opaque origin", Map.of("Origin", "null"),
                "another port", Map.of("Origin", "http://127.0.0.1:1"),
                "a foreign site", Map.of("Sec-Fetch-Site", "cross-site"),
                "a sibling site", Map.of("Sec-Fetch-Site", "same-site"));
        for (Map.Entry<String, Map<String, String>> one : refused.entrySet()) {
            Web forged = session;
            Web login = web();
            for (Map.Entry<String, String> header : one.getValue().entrySet()) {
                forged = forged.with(header.getKey(), header.getValue());
                login = login.with(header.getKey(), header.getValue());
            }
            assertEquals(403, forged.post("/api/v1/agents/stop", body).status(), one.getKey());
            assertEquals(403, forged.get("/api/v1/agents").status(), one.getKey());
            assertEquals(
                    403,
                    login.post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}")
                            .status(),
                    one.getKey());
        }
        Web bare = web().with("Cookie", session.headers().getOrDefault("Cookie", ""));
        assertEquals(403, bare.post("/api/v1/agents/stop", body).status(), "a change without the page's header");
        assertEquals(List.of(), services.agents.calls());
        assertEquals(
                200,
                session.with("Origin", own)
                        .with("Sec-Fetch-Site", "same-origin")
                        .post("/api/v1/agents/stop", body)
                        .status());
        assertEquals(
                200,
                web().with("Sec-Fetch-Site", "cross-site")
                        .with("Sec-Fetch-Mode", "navigate")
                        .get("/login")
                        .status(),
                "a link from elsewhere leads to the page");
    }

    @Test
    void shouldAnswerOnlyToNamesThatAreItsOwn() throws IOException {
        int port = server.url().getPort();
        for (String host :
                List.of("evil.example", "evil.example:" + port, "127.0.0.1.evil.example", "localhost.evil", "")) {
            assertEquals(421, admin().with("Host", host).get("/api/v1/agents").status(), host);
            assertEquals(421, web().with("Host", host).get("/").status(), host);
        }
        for (String host : List.of("localhost", "LOCALHOST:" + port, "127.0.0.1", "[::1]:" + port, "192.0.2.1:80")) {
            assertEquals(200, admin().with("Host", host).get("/api/v1/agents").status(), host);
        }
        server.configure(Map.of("listen", "127.0.0.1:0", "hosts", "build1.example, other"));
        assertEquals(
                200,
                admin().with("Host", "Build1.example:443").get("/api/v1/agents").status());
    }

    @Test
    void shouldSendSecureHeadersWithEveryAnswer() throws IOException {
        for (Web.Answer answer : List.of(
                web().get("/login"),
                web().get("/api/v1/agents"),
                admin().get("/api/v1/agents"),
                web().get("/nothing"))) {
            assertEquals("nosniff", answer.header("x-content-type-options"));
            assertEquals("DENY", answer.header("x-frame-options"));
            assertEquals("no-referrer", answer.header("referrer-policy"));
            assertTrue(answer.header("content-security-policy").contains("default-src 'none'"), answer.toString());
            assertTrue(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
            assertFalse(answer.header("content-security-policy").contains("unsafe"));
            assertEquals("", answer.header("strict-transport-security"), "a promise that plain HTTP cannot make");
        }
    }

    @Test
    void shouldWriteAtMostOneEventAMinuteAndActorForAFlood() throws IOException {
        for (int i = 0; i < 50; i++) {
            web().get("/api/v1/agents?n=" + i);
        }
        assertEquals(1, events("RequestsRefused").size());
        assertEquals("anonymous@127.0.0.1", events("RequestsRefused").getFirst().actor());
        clock.pass(Duration.ofMinutes(1));
        web().get("/api/v1/agents");
        List<Event> refusals = events("RequestsRefused");
        assertEquals(2, refusals.size());
        assertEquals(
                50,
                Json.MAPPER.readTree(refusals.getLast().payload()).get("count").intValue());
        int before = events("RequestsRead").size();
        for (int i = 0; i < 20; i++) {
            admin().get("/api/v1/agents");
        }
        assertEquals(before + 1, events("RequestsRead").size());
        assertEquals("token:local@127.0.0.1", events("RequestsRead").getLast().actor());
        RawClient.ask(server.socket(), "GET", "/api/v1/agents", "");
        assertEquals(before + 1, events("RequestsRead").size(), "reads of the socket's own user are not recorded");
    }

    @Test
    void shouldLimitTheRateOfEachActorAndOfGuessing() throws IOException {
        server.configure(Map.of("listen", "127.0.0.1:0", "rate.requests", "1", "rate.burst", "5"));
        Web ci = web().bearer(create("ci", "viewer", ""));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            statuses.add(ci.get("/api/v1/agents").status());
        }
        assertEquals(List.of(200, 200, 200, 200, 200, 429, 429), statuses);
        Web.Answer slow = ci.get("/api/v1/agents");
        assertEquals("1", slow.header("retry-after"));
        assertEquals(200, admin().get("/api/v1/agents").status(), "another actor has a rate of its own");
        clock.pass(Duration.ofSeconds(2));
        assertEquals(200, ci.get("/api/v1/agents").status());
        int guesses = 0;
        while (web().post("/api/v1/session", "{\"token\":\"guess\"}").status() == 401) {
            guesses++;
        }
        assertTrue(guesses <= 10, guesses + " guesses");
        assertEquals(429, web().bearer("guess").get("/api/v1/agents").status());
        clock.pass(Duration.ofSeconds(1));
        assertEquals(200, admin().get("/api/v1/agents").status(), "a neighbour's guessing locks nobody out");
        for (int i = 0; i < 50; i++) {
            assertEquals(
                    200,
                    RawClient.ask(server.socket(), "GET", "/api/v1/health", "").status());
        }
    }

    @Test
    void shouldNotBeHeldBySlowClientsOfAnyKind() throws IOException {
        List<Socket> slow = new ArrayList<>();
        String head = admin().head("POST", "/api/v1/graphs", 1_000);
        for (String text : List.of("", "GET /api", head, head + "abc")) {
            for (int i = 0; i < 5; i++) {
                Socket socket = web().connect();
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
            }
        }
        assertEquals(200, admin().get("/api/v1/agents").status());
        assertEquals(
                200, RawClient.ask(server.socket(), "GET", "/api/v1/health", "").status());
        for (Socket socket : slow) {
            socket.setSoTimeout(10_000);
            socket.getInputStream().readAllBytes();
            socket.close();
        }
    }

    @Test
    void shouldRefuseOversizedRequestsByTcp() throws IOException {
        assertEquals(414, admin().get("/" + "x".repeat(20_000)).status());
        assertEquals(431, admin().with("X", "y".repeat(20_000)).get("/").status());
        assertEquals(
                413,
                admin().with("Content-Length", "9999999")
                        .post("/api/v1/graphs", "")
                        .status());
        assertEquals(
                413,
                web().with("Content-Length", "5000").post("/api/v1/session", "").status(),
                "who is not known may say less");
        assertEquals(200, admin().get("/api/v1/agents").status());
    }

    @Test
    void shouldTakeTheNextPortWhereOneIsTakenAndSaySo() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            server.configure(Map.of("listen", "127.0.0.1:" + other.getLocalPort()));
            assertNotEquals(other.getLocalPort(), server.url().getPort());
            assertEquals(200, admin().get("/api/v1/agents").status());
            String told = admin().get("/api/v1/status")
                    .json()
                    .at("/listeners/0/problem")
                    .textValue();
            assertTrue(told.contains(String.valueOf(other.getLocalPort())) && told.contains("taken"), told);
        }
    }

    @Test
    void shouldServeOtherAddressesByTlsOnlyAndSayWhy() throws IOException {
        server.configure(Map.of("listen", "0.0.0.0:0, 127.0.0.1:0, nonsense"));
        assertEquals(1, server.server().urls().size());
        String listeners = admin().get("/api/v1/status").json().get("listeners").toString();
        assertTrue(listeners.contains("https://0.0.0.0:0"), listeners);
        assertTrue(listeners.contains("'nonsense' is no address"), listeners);
        server.configure(Map.of("listen", "none"));
        assertEquals(List.of(), server.server().urls());
        assertEquals(
                200, RawClient.ask(server.socket(), "GET", "/api/v1/health", "").status());
    }

    @Test
    void shouldServeThePageAndNothingBesideIt() throws IOException {
        Web.Answer page = web().get("/login");
        assertEquals("text/html; charset=utf-8", page.header("content-type"));
        assertEquals(
                "text/javascript; charset=utf-8", web().get("/page/js/main.js").header("content-type"));
        String tag = page.header("etag");
        assertEquals(304, web().with("If-None-Match", tag).get("/login").status());
        assertEquals("", web().with("If-None-Match", tag).get("/login").body());
        assertEquals(
                "gzip",
                web().with("Accept-Encoding", "gzip").get("/page/js/main.js").header("content-encoding"));
        Web.Answer head = web().ask("HEAD", "/login", "");
        assertEquals(200, head.status());
        assertEquals("", head.body());
        for (String path : List.of(
                "/page/../io/stratoswarm/console/Gate.class",
                "/page/%2e%2e/openapi/agents.json",
                "/page/..%2fopenapi%2fagents.json",
                "/page//etc/passwd",
                "/page/login.html%00.js",
                "/page/META-INF/MANIFEST.MF",
                "/page/.html",
                "/page/nothing.js")) {
            assertEquals(404, web().get(path).status(), path);
        }
    }

    @Test
    void shouldLimitStreamsOfOneActorAndInAll() throws IOException {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Socket socket = admin().connect();
            socket.getOutputStream()
                    .write(admin().head("GET", "/api/v1/stream", 0).getBytes(StandardCharsets.UTF_8));
            assertTrue(socket.getInputStream().read() > 0);
            open.add(socket);
        }
        assertEquals(429, admin().get("/api/v1/stream").status());
        for (Socket socket : open) {
            socket.close();
        }
    }
}
