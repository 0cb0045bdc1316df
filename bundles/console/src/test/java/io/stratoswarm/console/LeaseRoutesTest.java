package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.console.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LeaseRoutesTest {
    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services, Limits.DEFAULT);
    }

    @AfterEach
    void close() {
        server.close();
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
    void shouldLeaseReleaseAndControlAgents() throws IOException {
        Answer leased =
                post("/api/v1/agents/lease", "{\"selector\":\"shop/web\",\"millis\":30000,\"reason\":\"a look\"}");
        assertEquals(200, leased.status());
        assertEquals(actor(), leased.json().path("holder").textValue());
        assertEquals(
                "2026-01-01T12:00:30.000000000Z", leased.json().path("until").textValue());
        JsonNode shown = get("/api/v1/agents/shop/web").json().path("lease");
        assertEquals("a look", shown.path("reason").textValue());
        assertEquals(actor(), shown.path("holder").textValue());
        assertEquals(
                200,
                post("/api/v1/agents/release", "{\"selector\":\"shop/web\"}").status());
        assertTrue(get("/api/v1/agents/shop/web").json().path("lease").isMissingNode());
        Answer nice = post("/api/v1/agents/control", "{\"selector\":\"shop/web\",\"nice\":5}");
        assertEquals("done", nice.json().path("outcome").textValue());
        Answer reclaim = post("/api/v1/agents/control", "{\"selector\":\"shop/web\",\"reclaimBytes\":4096}");
        assertEquals(200, reclaim.status());
        assertEquals("unavailable", reclaim.json().path("outcome").textValue());
        assertEquals("no swap", reclaim.json().path("detail").textValue());
        assertEquals(
                200,
                post("/api/v1/agents/control", "{\"selector\":\"shop/web\",\"cpus\":[1,0]}")
                        .status());
        assertEquals(
                List.of(
                        "lease shop/web " + actor() + " 30000 a look",
                        "release shop/web " + actor(),
                        "control shop/web Nice[value=5] " + actor(),
                        "control shop/web Reclaim[bytes=4096] " + actor(),
                        "control shop/web Affinity[cpus=[0, 1]] " + actor()),
                services.agents.calls());
        for (String wrong : List.of(
                "{\"selector\":\"shop/web\"}",
                "{\"selector\":\"shop/web\",\"nice\":1,\"cpuCores\":1}",
                "{\"selector\":\"shop/web\",\"nice\":1.5}",
                "{\"selector\":\"shop/web\",\"cpus\":[\"0\"]}",
                "{\"selector\":\"shop/web\",\"cpuCores\":\"half\"}",
                "{\"nice\":1}")) {
            assertEquals(400, post("/api/v1/agents/control", wrong).status(), wrong);
        }
        assertEquals(
                400,
                post("/api/v1/agents/lease", "{\"selector\":\"shop/web\",\"reason\":\"x\"}")
                        .status());
    }
}
