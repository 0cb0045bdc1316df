package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that are good for one graph: what they may, and that everything else is closed to them. */
@Timeout(60)
class GraphLimitTest {
    /** What a token may ask that names no graph, or names its own one in the answer alone. */
    private static final Set<String> OPEN = Set.of(
            "GET session",
            "DELETE session",
            "GET agents",
            "GET graphs",
            "POST graphs/validate",
            "GET transforms",
            "GET transforms/*",
            "POST transforms/*",
            "GET proposals",
            "GET proposals/*",
            "POST proposals/*");

    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        services.agents.add("bank", "vault", AgentPhase.READY, "runs and is ready");
        server = new ServerFixture(data, services, Limits.DEFAULT, ServerFixture.TCP, ServerFixture.REAL);
        server.configure(Map.of("listen", "127.0.0.1:0", "rate.requests", "0"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Web web() throws IOException {
        return new Web(server.url());
    }

    private Web admin() throws IOException {
        return web().bearer(server.token());
    }

    private Web limited(String graph, String role) throws IOException {
        String body = "{\"name\":\"" + graph + "-" + role + "\",\"role\":\"" + role + "\",\"graph\":\"" + graph + "\"}";
        Web.Answer made = admin().post("/api/v1/tokens", body);
        assertEquals(201, made.status(), made.body());
        assertEquals(graph, made.json().path("graph").asText());
        return web().bearer(made.json().path("token").asText());
    }

    private static List<String> ids(Web.Answer answer, String list, String key) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        List<String> ids = new ArrayList<>();
        for (JsonNode each : answer.json().path(list)) {
            ids.add(each.path(key).asText());
        }
        return ids;
    }

    @Test
    void shouldShowAndChangeItsGraphAndNoOther() throws IOException {
        Web shop = limited("shop", "operator");
        assertTrue(ids(admin().get("/api/v1/agents"), "agents", "id").contains("bank/vault"));
        List<String> seen = ids(shop.get("/api/v1/agents"), "agents", "id");
        assertTrue(seen.size() == 4 && seen.stream().allMatch(id -> id.startsWith("shop/")), seen.toString());
        assertEquals(List.of("shop"), ids(shop.get("/api/v1/graphs"), "graphs", "name"));
        assertEquals(200, shop.get("/api/v1/agents/shop/web").status());
        assertEquals(200, shop.get("/api/v1/agents?selector=shop/web").status());
        assertEquals(200, shop.get("/api/v1/logs?agent=shop").status());
        assertEquals(200, shop.get("/api/v1/graphs/shop").status());
        assertEquals(
                200,
                shop.post("/api/v1/agents/stop", "{\"selector\":\"shop/job\"}").status());
        assertEquals(200, shop.post("/api/v1/graphs", "{}").status(), "the manifest is named shop");
        int done = services.agents.calls().size();

        for (String path : List.of(
                "agents/bank/vault",
                "agents?selector=bank",
                "logs?agent=bank/vault",
                "logs?agent=bank",
                "graphs/bank",
                "agents/shopping/x")) {
            Web.Answer refused = shop.get("/api/v1/" + path);
            assertEquals(403, refused.status(), path);
            assertTrue(refused.detail().contains("limited to the graph shop"), refused.detail());
        }
        for (String verb : List.of("start", "stop", "restart", "kill", "signal")) {
            for (String selector : List.of("bank", "bank/vault", "", "shop,bank", "*")) {
                String body = "{\"selector\":\"" + selector + "\",\"signal\":\"HUP\"}";
                assertEquals(403, shop.post("/api/v1/agents/" + verb, body).status(), verb + " " + selector);
            }
        }
        assertEquals(403, shop.ask("DELETE", "/api/v1/graphs/bank", "").status());
        assertEquals(done, services.agents.calls().size(), "nothing of it was done");

        Web bank = limited("bank", "operator");
        assertEquals(403, bank.post("/api/v1/graphs", "{}").status(), "the manifest is named shop");
        assertEquals(List.of("bank/vault"), ids(bank.get("/api/v1/agents"), "agents", "id"));
        assertEquals(
                403,
                limited("shop", "viewer")
                        .post("/api/v1/agents/stop", "{\"selector\":\"shop/job\"}")
                        .status(),
                "the role counts as well");
    }

    @Test
    void shouldFindEveryOtherRouteClosed() throws IOException {
        Web shop = limited("shop", "operator");
        int closed = 0;
        for (Routes.Line line : server.server().routes().lines()) {
            String name = line.method() + " " + line.path().replace(Routes.BASE, "");
            if (line.role() == Role.ANYONE || OPEN.contains(name) || name.equals("POST graphs")) {
                continue;
            }
            String target = line.path().replace("*", "bank/like-this");
            int status = shop.ask(line.method(), target, "").status();
            assertEquals(403, status, name);
            closed++;
        }
        assertTrue(closed > 25, closed + " routes");
    }

    @Test
    void shouldHoldSessionsOfSuchATokenToItsGraph() throws IOException {
        Web.Answer made =
                admin().post("/api/v1/tokens", "{\"name\":\"page\",\"role\":\"operator\",\"graph\":\"bank\"}");
        Web.Answer login = web().post(
                        "/api/v1/session",
                        "{\"token\":\"" + made.json().path("token").asText() + "\"}");
        assertEquals(200, login.status(), login.body());
        Web session = web().session(login);
        assertEquals(List.of("bank/vault"), ids(session.get("/api/v1/agents"), "agents", "id"));
        assertEquals(403, session.get("/api/v1/events").status());
        assertEquals(
                403,
                session.post("/api/v1/session/code", "{\"role\":\"viewer\"}").status(),
                "no way around by a code");
    }

    @Test
    void shouldRefuseAnAdminOfOneGraphAndWhatIsNoName() throws IOException {
        for (String body : List.of(
                "{\"name\":\"a\",\"role\":\"admin\",\"graph\":\"shop\"}",
                "{\"name\":\"a\",\"role\":\"viewer\",\"graph\":\"shop/web\"}",
                "{\"name\":\"a\",\"role\":\"viewer\",\"graph\":\"\"}",
                "{\"name\":\"a\",\"role\":\"viewer\",\"graph\":7}")) {
            assertEquals(400, admin().post("/api/v1/tokens", body).status(), body);
        }
        assertEquals(1, admin().get("/api/v1/tokens").json().path("tokens").size());
    }

    @Test
    void shouldKeepTheGraphOfAStoredToken() {
        Token token = new Token("id", "ci", Role.OPERATOR, "00", 1, java.util.OptionalLong.empty(), "system", "shop");
        assertEquals(token, Token.parse(token.bytes()));
        // As tokens were stored before they could be limited.
        String old = new String(token.bytes(), StandardCharsets.UTF_8).replace(",\"graph\":\"shop\"", "");
        assertEquals("", Token.parse(old.getBytes(StandardCharsets.UTF_8)).graph());
    }
}
