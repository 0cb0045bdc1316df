package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProposalRoutesTest {
    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services, Limits.DEFAULT, ServerFixture.TCP, ServerFixture.REAL);
        server.configure(Map.of("listen", "127.0.0.1:0", "rate.requests", "0"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Web admin() throws IOException {
        return new Web(server.url()).bearer(server.token());
    }

    private Web.Answer get(String path) throws IOException {
        return admin().get("/api/v1/" + path);
    }

    private Web.Answer post(String path, String body) throws IOException {
        return admin().post("/api/v1/" + path, body);
    }

    @Test
    void shouldShowProposalsInTheDocumentedShape() throws IOException {
        JsonNode listed = get("proposals").json().path("proposals");
        assertEquals(2, listed.size());
        assertEquals(
                "{\"number\":2,\"state\":\"waiting\",\"detail\":\"it waits for an operator\",\"script\":\"grow\",\"sha256\":\"ab12\","
                        + "\"graph\":\"shop\",\"generation\":4,\"kind\":\"insert\",\"arguments\":{\"flow\":\"a\",\"zone\":\"b\"},"
                        + "\"fragment\":\"graph x {}\",\"reason\":\"it lags\",\"effect\":[\"what a delivers passes through x first\"],"
                        + "\"made\":\"2026-01-01T12:00:00.000000000Z\",\"expires\":\"2026-01-01T12:00:02.000000000Z\"}",
                listed.get(0).toString());
        JsonNode begun = get("proposals/1").json();
        assertEquals(listed.get(1), begun);
        assertEquals(6, begun.path("transform").intValue());
        assertEquals("script:grow", begun.path("by").asText());
        assertEquals("2026-01-01T12:00:01.500000000Z", begun.path("decided").asText());
        assertFalse(listed.get(0).has("by"), "nobody has decided");
        assertEquals(1, get("proposals?graph=bank").json().path("proposals").size());
        assertEquals(1, get("proposals?limit=1").json().path("proposals").size());
        assertEquals(404, get("proposals/3").status());
        for (String wrong : List.of("proposals/0", "proposals/x", "proposals?limit=0")) {
            assertEquals(400, get(wrong).status(), wrong);
        }
    }

    @Test
    void shouldLookForBetterPlacesAndSayWhatBecameOfIt() throws Exception {
        Web.Answer answer = post("graphs/shop/relocate", "");
        assertEquals(200, answer.status());
        assertEquals(2, answer.json().path("proposal").asInt());
        assertEquals("cpu1", answer.json().at("/moves/0/to").asText());
        assertEquals(0.25, answer.json().path("gain").asDouble());
        JsonNode explained = get("graphs/shop/placement?node=web").json();
        assertEquals(0.0625, explained.at("/better/cost").asDouble());
    }

    @Test
    void shouldApproveAndReject() throws IOException {
        Web.Answer approved = post("proposals/2/approve", "");
        assertEquals(200, approved.status(), approved.body());
        assertEquals("started", approved.json().path("state").asText());
        assertEquals(8, approved.json().path("transform").intValue());
        Web.Answer rejected = post("proposals/2/reject", "");
        assertEquals("rejected", rejected.json().path("state").asText());
        assertTrue(services.proposals.calls.get(0).startsWith("approve 2 token:"), services.proposals.calls.toString());
        assertTrue(services.proposals.calls.get(1).startsWith("reject 2 token:"), services.proposals.calls.toString());
        assertEquals(409, post("proposals/1/approve", "").status());
        assertEquals(404, post("proposals/3/reject", "").status());
        assertEquals(404, post("proposals/2/hurry", "").status());
        assertEquals(400, post("proposals/2/approve", "{\"x\":1}").status());
        services.complete = false;
        assertEquals(503, get("proposals").status());
    }

    @Test
    void shouldHoldViewersToReadingAndTokensToTheirGraph() throws IOException {
        Web viewer = limited("viewer");
        Web operator = limited("operator");
        for (Web web : List.of(viewer, operator)) {
            JsonNode listed = web.get("/api/v1/proposals").json().path("proposals");
            assertEquals(1, listed.size(), listed.toString());
            assertEquals("shop", listed.at("/0/graph").asText());
            assertEquals(200, web.get("/api/v1/proposals/2").status());
            assertEquals(403, web.get("/api/v1/proposals/1").status(), "it is of bank");
            assertEquals(403, web.get("/api/v1/proposals?graph=bank").status());
            assertEquals(403, web.post("/api/v1/proposals/1/reject", "").status());
        }
        assertEquals(403, viewer.post("/api/v1/proposals/2/approve", "").status());
        assertEquals(List.of(), services.proposals.calls);
        assertEquals(200, operator.post("/api/v1/proposals/2/approve", "").status());
    }

    private Web limited(String role) throws IOException {
        Web.Answer made =
                post("tokens", "{\"name\":\"shop-" + role + "\",\"role\":\"" + role + "\",\"graph\":\"shop\"}");
        assertEquals(201, made.status(), made.body());
        return new Web(server.url()).bearer(made.json().path("token").asText());
    }
}
