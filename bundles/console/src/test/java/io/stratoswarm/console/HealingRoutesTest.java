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
class HealingRoutesTest {
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

    private Web.Answer get(String path) throws IOException {
        return new Web(server.url()).bearer(server.token()).get("/api/v1/" + path);
    }

    private Web.Answer post(String path, String body) throws IOException {
        return new Web(server.url()).bearer(server.token()).post("/api/v1/" + path, body);
    }

    @Test
    void shouldShowWhatIsKnownAndDone() throws IOException {
        JsonNode status = get("healing").json();
        assertEquals("auto", status.path("mode").asText());
        assertEquals(2, status.at("/withheld/rate").asInt());
        JsonNode strategies = get("healing/strategies").json();
        assertEquals("restart", strategies.at("/strategies/0/acts/1/act").asText());
        assertTrue(strategies.at("/strategies/0/acts/1/reward").isMissingNode(), "it was not tried");
        assertEquals("leaky", get("healing/cases").json().at("/cases/0/name").asText());
        assertEquals(0, get("healing/cases?agent=other").json().path("cases").size());
        assertEquals("shop/web", get("healing/cases/7").json().path("agent").asText());
        assertEquals(404, get("healing/cases/8").status());
        assertEquals(400, get("healing/cases/x").status());
        assertEquals(
                0.1,
                get("healing/look/shop/web").json().at("/measures/cpu.level").asDouble());
    }

    @Test
    void shouldChangeWhatWasLearned() throws IOException {
        assertEquals(200, post("healing/pause", "{\"reason\":\"work\"}").status());
        assertEquals(200, post("healing/resume", "").status());
        assertEquals(
                200,
                post("healing/turn", "{\"class\":\"deadlock\",\"act\":\"restart\",\"on\":false}")
                        .status());
        assertEquals(
                200,
                post("healing/expect", "{\"class\":\"deadlock\",\"act\":\"restart\",\"reward\":0.5}")
                        .status());
        assertEquals(
                200,
                post("healing/name", "{\"class\":\"new-1\",\"name\":\"slow\"}").status());
        assertEquals(200, post("healing/reset", "{}").status());
        List<String> asked = services.healing.asked;
        assertEquals(6, asked.size());
        assertTrue(asked.get(0).startsWith("pause work "), asked.toString());
        assertTrue(asked.get(2).startsWith("turn deadlock restart false "), asked.toString());
        assertTrue(asked.get(3).startsWith("expect deadlock restart 0.5 "), asked.toString());
        assertTrue(asked.get(5).startsWith("reset  "), asked.toString());
        assertEquals(
                400,
                post("healing/turn", "{\"class\":\"deadlock\",\"act\":\"restart\",\"on\":1}")
                        .status());
        assertEquals(
                400,
                post("healing/expect", "{\"class\":\"deadlock\",\"act\":\"restart\"}")
                        .status());
        assertEquals(404, post("healing/explode", "{}").status());
    }

    @Test
    void shouldShowWhatIsForeseen() throws IOException {
        JsonNode all = get("predictions").json();
        assertEquals("ab12", all.at("/status/model").asText());
        assertEquals(1, all.path("outlooks").size(), "what is fine is not told");
        assertEquals(2, all.path("predictions").size());
        assertTrue(all.at("/predictions/0/leadMillis").isMissingNode());
        assertEquals(240_000, all.at("/predictions/1/leadMillis").asLong());
        assertEquals(3, all.at("/record/missed").asLong());
        assertTrue(all.at("/record/gains/0/heldOutDownMillis").isMissingNode());
        JsonNode few = get("predictions?window=3600000&all=true").json();
        assertEquals(2, few.path("outlooks").size());
        assertEquals(1, few.path("predictions").size(), "the other one ended long ago");
        assertEquals(
                0,
                get("predictions?agent=shop/other").json().path("predictions").size());
        assertTrue(services.predictions.asked.contains("outlooks 0.0 3600000"), services.predictions.asked.toString());
        assertEquals(
                200,
                post("predictions/turn", "{\"cause\":\"other\",\"on\":false}").status());
        assertTrue(services.predictions.asked.contains("turn other false"));
        assertEquals(400, post("predictions/turn", "{\"cause\":\"other\"}").status());
        assertEquals(404, post("predictions/explode", "{}").status());
        assertEquals(400, get("predictions?window=soon").status());
    }

    @Test
    void shouldTryOnClonesAndShowWhatCameOfIt() throws IOException {
        JsonNode trial = get("healing/clones?class=deadlock").json().at("/trials/0");
        assertEquals(12, trial.path("trial").asInt());
        assertFalse(trial.path("open").asBoolean());
        assertEquals(0.9, trial.at("/tried/0/reward").asDouble());
        assertTrue(trial.at("/tried/1/reward").isMissingNode(), "nothing was measured");
        assertEquals(
                12,
                post("healing/clone", "{\"class\":\"deadlock\"}")
                        .json()
                        .path("trial")
                        .asInt());
        assertEquals(
                200,
                post("healing/clone", "{\"class\":\"deadlock\",\"agent\":\"shop/web\"}")
                        .status());
        assertTrue(
                services.healing.asked.getFirst().startsWith("clone deadlock any "), services.healing.asked.toString());
        assertTrue(services.healing.asked.getLast().startsWith("clone deadlock shop/web "));
        assertEquals(400, post("healing/clone", "{}").status());
    }

    @Test
    void shouldShowAndLeadScripts() throws IOException {
        JsonNode script = get("healing/scripts").json().at("/scripts/0");
        assertEquals("shadow", script.path("stage").asText());
        assertEquals(0.1, script.at("/figures/gain.value").asDouble());
        JsonNode policy = get("healing/validation/memory-leak").json().at("/policies/0");
        assertEquals("learned", policy.path("policy").asText());
        assertEquals(28.5, policy.path("effective").asDouble());
        assertEquals(404, get("healing/validation/nonsense").status());
        for (String command : List.of("trial", "promote", "revert")) {
            assertEquals(
                    200,
                    post("healing/" + command, "{\"script\":\"leak-capture-first\"}")
                            .status());
            assertEquals(400, post("healing/" + command, "{}").status());
        }
        assertTrue(
                services.healing.asked.get(1).startsWith("promote leak-capture-first "),
                services.healing.asked.toString());
    }
}
