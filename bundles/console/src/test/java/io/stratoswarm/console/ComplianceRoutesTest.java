package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
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
class ComplianceRoutesTest {
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
    void shouldShowPacksAndWhatBreaksThem() throws IOException {
        JsonNode status = get("compliance").json();
        assertEquals("deletion", status.at("/packs/0/rules/0/name").asText());
        assertEquals("shop/web", status.at("/open/0/about").asText());
        assertTrue(
                post("compliance/four-eyes/enable", "").json().path("enabled").asBoolean());
        assertEquals(404, post("compliance/other/enable", "").status());
        assertEquals(404, post("compliance/four-eyes/explode", "").status());
        assertEquals(
                1,
                post("compliance/check?file=x.yaml", "").json().path("problems").size());
    }

    @Test
    void shouldApproveAndRejectDecisions() throws IOException {
        assertEquals(2, get("approvals").json().path("approvals").size());
        assertEquals(400, post("approvals/d1/approve", "{\"reason\":7}").status());
        JsonNode approved =
                post("approvals/d1/approve", "{\"reason\":\"as agreed\"}").json();
        assertTrue(approved.path("approvedBy").asText().startsWith("token:"), approved.toString());
        assertEquals(200, post("approvals/d2/reject", "").status());
        assertEquals(404, post("approvals/d2/reject", "").status());
        assertEquals(List.of("+ as agreed", "- "), services.decisions.answers);
        assertEquals(List.of(), services.decisions.decided, "to approve is not a decision that would need an approval");
    }

    @Test
    void shouldRecordEachCommandAndWhatCameOfIt() throws IOException {
        assertEquals(200, post("agents/restart", "{\"selector\":\"shop/web\"}").status());
        DecisionRecorded decision = services.decisions.decided.getFirst();
        assertEquals("operator.agents.restart", decision.decisionType());
        assertEquals("shop/web", decision.agent());
        assertEquals("\"POST\"", decision.inputs().get("method"));
        assertEquals(400, post("agents/restart", "{}").status());
        assertEquals(2, services.decisions.outcomes.size());
        assertEquals("+ answered with status 200", services.decisions.outcomes.getFirst());
        assertTrue(services.decisions.outcomes.getLast().startsWith("- "));
        get("agents");
        post("graphs/validate", "{}");
        assertEquals(2, services.decisions.decided.size(), "what changes nothing is no decision");
    }

    @Test
    void shouldNotCarryOutWhatARuleDenies() throws IOException {
        services.decisions.ruling = Ruling.DENY;
        Web.Answer answer = post("agents/restart", "{\"selector\":\"shop/web\"}");
        assertEquals(403, answer.status());
        assertEquals(
                "a rule forbids this: p/r: no", answer.json().path("detail").asText());
        assertEquals(List.of(), services.decisions.outcomes, "the log of decisions closes what it denies");
    }

    @Test
    void shouldEndADaemonThatCannotRecordAnyMoreAndDoNothingElse() throws IOException {
        services.decisions.full = true;
        assertEquals(507, post("agents/restart", "{\"selector\":\"shop/web\"}").status());
        services.decisions.ruling = Ruling.DENY;
        assertEquals(507, post("shutdown", "").status(), "what a rule forbids is not done for want of space");
        services.decisions.ruling = Ruling.ALLOW;
        assertTrue(post("shutdown", "").status() < 300);
    }

    @Test
    void shouldCarryOutWhatWasApprovedWhenItIsGivenAgain() throws IOException {
        services.decisions.ruling = Ruling.APPROVE;
        Web.Answer first = post("agents/restart", "{\"selector\":\"shop/web\"}");
        assertEquals(403, first.status());
        String id = services.decisions.decided.getFirst().id();
        assertTrue(first.json().path("detail").asText().contains("audit approve " + id));
        assertEquals(403, post("agents/restart", "{\"selector\":\"shop/web\"}").status());
        assertEquals(1, services.decisions.decided.size(), "it waits still, and is not decided twice");
        assertEquals(
                403, post("agents/restart", "{\"selector\":\"shop/other\"}").status());
        services.decisions.approve(id, "uid:1");
        assertEquals(200, post("agents/restart", "{\"selector\":\"shop/web\"}").status());
        assertEquals(List.of("+ answered with status 200"), services.decisions.outcomes);
        services.decisions.ruling = Ruling.ALLOW;
        assertEquals(
                404,
                post("agents/restart", "{\"selector\":\"shop/other\"}").status(),
                "it is tried, and there is no such agent");
        assertTrue(services.decisions.outcomes.get(1).startsWith("- the rules have changed"));
    }
}
