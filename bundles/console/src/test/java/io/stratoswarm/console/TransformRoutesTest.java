package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TransformRoutesTest {
    private static final String PLAN =
            "\"kind\":\"%s\",\"graph\":\"%s\",\"generation\":4,\"stages\":[\"start web-1\",\"wait until it is ready\","
                    + "\"move the traffic\",\"drain web\"],\"commit\":3,\"starts\":[\"%2$s/web-1\"],\"drains\":[\"%2$s/web\"],"
                    + "\"effect\":[\"two lanes instead of one\"]";

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
    void shouldPlanAndBeginWhatIsAskedFor() throws IOException {
        String body = """
            {"kind":"insert","arguments":{"flow":"job-web"},
             "options":{"steps":[10,50,100],"holdMillis":500,"readyMillis":1,"graceMillis":0,"expected":4},
             "fragment":{"file":"s.graph","text":"graph s {}","included":{"a.graph":"a"},"parameters":{"n":"1"}}}
            """;
        Web.Answer plan = post("graphs/shop/transforms?dryRun=true", body);
        assertEquals(200, plan.status(), plan.body());
        assertEquals("{" + PLAN.formatted("insert", "shop") + ",\"dryRun\":true}", plan.body());
        assertEquals(List.of(), services.transforms.calls);
        Web.Answer begun = post("graphs/shop/transforms", body);
        assertEquals(202, begun.status(), begun.body());
        assertEquals(7, begun.json().path("number").intValue());
        assertTrue(
                services.transforms.calls.getFirst().startsWith("start insert shop token:"),
                services.transforms.calls.toString());
        Transforms.Request expected = new Transforms.Request(
                "insert",
                "shop",
                Map.of("flow", "job-web"),
                Optional.of(new GraphSource("s.graph", "graph s {}", Map.of("a.graph", "a"), Map.of("n", "1"))),
                new Transforms.Options(List.of(10, 50), 500, 1, 0, OptionalLong.of(4)));
        assertEquals(List.of(expected, expected), services.transforms.requests);

        assertEquals(
                202, post("graphs/shop/transforms", "{\"kind\":\"remove\"}").status());
        assertEquals(
                new Transforms.Request("remove", "shop", Map.of(), Optional.empty(), Transforms.Options.DEFAULT),
                services.transforms.requests.getLast());
    }

    @Test
    void shouldShowTransformsWithTheirLedgersInTheDocumentedShape() throws IOException {
        JsonNode listed = get("transforms").json().path("transforms");
        assertEquals(2, listed.size());
        String ended = listed.get(1).toString();
        String begin =
                "{\"number\":6,\"state\":\"done-with-loss\",\"stage\":3,\"reason\":\"web did not drain within 30 s\","
                        + "\"actor\":\"uid:0\",\"begin\":\"2026-01-01T12:00:00.000000000Z\",\"end\":\"2026-01-01T12:00:01.500000000Z\","
                        + "\"plan\":{" + PLAN.formatted("insert", "bank")
                        + "},\"flows\":[{\"flow\":\"old\",\"before\":{\"read\":100,";
        assertEquals(begin, ended.substring(0, Math.min(begin.length(), ended.length())));
        assertEquals(
                120, listed.get(1).at("/flows/0/after/receivers/0/delivered").intValue());
        assertTrue(listed.get(1).at("/flows/1/before").isMissingNode());
        assertFalse(listed.get(0).has("end"), "it runs");
        assertEquals(1, get("transforms?limit=1").json().path("transforms").size());
        assertEquals(
                "shop",
                get("transforms?graph=shop")
                        .json()
                        .at("/transforms/0/plan/graph")
                        .asText());
        assertEquals(listed.get(0), get("transforms/7").json());
        assertEquals(404, get("transforms/8").status());
        for (String wrong : List.of("transforms/0", "transforms/x", "transforms/-1", "transforms?limit=0")) {
            assertEquals(400, get(wrong).status(), wrong);
        }
    }

    @Test
    void shouldCancelAndKnowNothingElseToDoWithOne() throws IOException {
        Web.Answer cancelled = post("transforms/7/cancel", "");
        assertEquals(200, cancelled.status(), cancelled.body());
        assertEquals("going-back", cancelled.json().path("state").asText());
        assertTrue(services.transforms.calls.getFirst().startsWith("cancel 7 token:"));
        assertEquals(404, post("transforms/9/cancel", "").status());
        assertEquals(404, post("transforms/7/hurry", "").status());
        assertEquals(400, post("transforms/7/cancel", "{\"x\":1}").status());
    }

    @Test
    void shouldNameTheFieldThatIsWrong() throws IOException {
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("{}", "\"kind\""),
                Map.entry("{\"kind\":7}", "\"kind\""),
                Map.entry("{\"kind\":\"split\",\"argument\":{}}", "unknown key 'argument' in the body"),
                Map.entry(
                        "{\"kind\":\"split\",\"arguments\":[]}",
                        "'arguments' of the body must be an object of strings"),
                Map.entry("{\"kind\":\"split\",\"arguments\":{\"into\":3}}", "'into' in 'arguments' of the body"),
                Map.entry("{\"kind\":\"split\",\"options\":3}", "'options' of the body must be an object with steps"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"hold\":3}}", "unknown key 'hold' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"holdMillis\":\"2s\"}}", "'holdMillis' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"graceMillis\":-1}}", "'graceMillis' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"readyMillis\":1e30}}", "'readyMillis' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"expected\":0.5}}", "'expected' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"steps\":[50,10]}}", "'steps' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"steps\":[0]}}", "'steps' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"options\":{\"steps\":{}}}", "'steps' in 'options'"),
                Map.entry("{\"kind\":\"split\",\"fragment\":\"x\"}", "'fragment' of the body must be an object"),
                Map.entry("{\"kind\":\"split\",\"fragment\":{\"file\":\"x\"}}", "'text' of 'fragment'"),
                Map.entry(
                        "{\"kind\":\"split\",\"fragment\":{\"file\":\"x\",\"text\":\"\",\"included\":{\"a\":1}}}",
                        "'a' in 'included' of 'fragment'"));
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            Web.Answer answer = post("graphs/shop/transforms", each.getKey());
            assertEquals(400, answer.status(), each.getKey() + answer.body());
            assertTrue(answer.detail().contains(each.getValue()), each.getKey() + ": " + answer.detail());
        }
        assertEquals(List.of(), services.transforms.requests);
    }

    @Test
    void shouldPassRefusalsOnWithTheirReasons() throws IOException {
        services.transforms.refusal =
                new StratoswarmException(Kind.CONFLICT, "transform 7 changes node web, which this one needs");
        for (String path : List.of("graphs/shop/transforms", "graphs/shop/transforms?dryRun=true")) {
            Web.Answer refused = post(path, "{\"kind\":\"split\"}");
            assertEquals(409, refused.status(), refused.body());
            assertEquals("transform 7 changes node web, which this one needs", refused.detail());
        }
        services.transforms.refusal = new PlacementRefused(
                "shop",
                List.of(new Placement.Violation("requests", List.of("shop/web-1"), "no place has 2 cpu")),
                true);
        for (String path : List.of("graphs/shop/transforms", "graphs/shop/transforms?dryRun=true")) {
            Web.Answer refused = post(path, "{\"kind\":\"split\"}");
            assertEquals(422, refused.status(), refused.body());
            assertEquals(
                    "no place has 2 cpu", refused.json().at("/errors/0/message").asText());
        }
        services.complete = false;
        for (Web.Answer answer : List.of(get("transforms"), post("graphs/shop/transforms", "{\"kind\":\"split\"}"))) {
            assertEquals(503, answer.status());
            assertTrue(answer.detail().contains("the service 'transforms' is not there now"), answer.detail());
        }
    }

    @Test
    void shouldHoldViewersToReadingAndTokensToTheirGraph() throws IOException {
        Web viewer = limited("viewer");
        Web operator = limited("operator");
        for (Web web : List.of(viewer, operator)) {
            JsonNode listed = web.get("/api/v1/transforms").json().path("transforms");
            assertEquals(1, listed.size(), listed.toString());
            assertEquals("shop", listed.at("/0/plan/graph").asText());
            assertEquals(200, web.get("/api/v1/transforms/7").status());
            assertEquals(403, web.get("/api/v1/transforms/6").status(), "it is of bank");
            assertEquals(403, web.get("/api/v1/transforms?graph=bank").status());
            assertEquals(403, web.post("/api/v1/transforms/6/cancel", "").status());
            assertEquals(
                    403,
                    web.post("/api/v1/graphs/bank/transforms", "{\"kind\":\"split\"}")
                            .status());
        }
        assertEquals(403, viewer.post("/api/v1/transforms/7/cancel", "").status());
        assertEquals(
                403,
                viewer.post("/api/v1/graphs/shop/transforms", "{\"kind\":\"split\"}")
                        .status());
        assertEquals(List.of(), services.transforms.calls);
        assertEquals(200, operator.post("/api/v1/transforms/7/cancel", "").status());
        assertEquals(
                202,
                operator.post("/api/v1/graphs/shop/transforms", "{\"kind\":\"split\"}")
                        .status());
    }

    private Web limited(String role) throws IOException {
        Web.Answer made =
                post("tokens", "{\"name\":\"shop-" + role + "\",\"role\":\"" + role + "\",\"graph\":\"shop\"}");
        assertEquals(201, made.status(), made.body());
        return new Web(server.url()).bearer(made.json().path("token").asText());
    }
}
