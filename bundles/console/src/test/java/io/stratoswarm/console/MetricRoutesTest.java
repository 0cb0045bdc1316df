package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.console.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MetricRoutesTest {
    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Answer get(String target) throws IOException {
        return RawClient.ask(server.socket(), "GET", target, "");
    }

    @Test
    void shouldAnswerQueriesAsArrays() throws IOException {
        Answer answer = get("/api/v1/metrics/query?subject=shop/web&name=memory_resident_bytes&from=1000"
                + "&to=1970-01-01T00:00:04Z&step=1000&aggregate=max&label.device=sda");
        assertEquals(200, answer.status());
        assertEquals(
                "{\"series\":[{\"subject\":\"shop/web\",\"name\":\"memory_resident_bytes\",\"labels\":{},\"kind\":\"gauge\","
                        + "\"unit\":\"bytes\",\"times\":[1000,2000,3000],\"values\":[4096,0.5,null]}]}",
                answer.body());
        assertEquals(
                new MetricQuery(
                        "shop/web",
                        "memory_resident_bytes",
                        new TreeMap<>(Map.of("device", "sda")),
                        1_000,
                        4_000,
                        1_000,
                        MetricQuery.Aggregate.MAX),
                services.metrics.queries.getFirst());
    }

    @Test
    void shouldAnswerSeriesAndLatest() throws IOException {
        assertEquals(
                "{\"series\":[{\"subject\":\"host\",\"name\":\"disk_busy_seconds_total\",\"labels\":{\"device\":\"sda\"},"
                        + "\"kind\":\"counter\",\"unit\":\"seconds\",\"help\":\"time under load\"},"
                        + "{\"subject\":\"shop/web\",\"name\":\"memory_resident_bytes\",\"labels\":{},\"kind\":\"gauge\","
                        + "\"unit\":\"bytes\",\"help\":\"resident memory\"}]}",
                get("/api/v1/metrics/series").body());
        assertEquals(
                "{\"samples\":[{\"subject\":\"host\",\"name\":\"disk_busy_seconds_total\",\"labels\":{\"device\":\"sda\"},"
                        + "\"time\":1500,\"value\":0.25},{\"subject\":\"shop/web\",\"name\":\"memory_resident_bytes\","
                        + "\"labels\":{},\"time\":1500,\"value\":null}]}",
                get("/api/v1/metrics/latest?subject=*").body());
    }

    @Test
    void shouldAnswerKeptWindows() throws IOException {
        assertTrue(get("/api/v1/metrics/pins").body().contains("\"to\":\"1970-01-01T00:30:00Z\""));
        assertEquals("{\"sequence\":8}", get("/api/v1/metrics/pins/8").body());
        assertEquals(404, get("/api/v1/metrics/pins/9").status());
        assertEquals(400, get("/api/v1/metrics/pins/last").status());
    }

    @Test
    void shouldSayWhatIsWrongWithARequest() throws IOException {
        String query = "/api/v1/metrics/query?subject=a&name=b";
        for (String wrong : new String[] {
            "/api/v1/metrics/query?subject=a",
            query + "&from=yesterday",
            query + "&from=2000&to=1000",
            query + "&step=-1",
            query + "&aggregate=median",
            query + "&lable.device=sda",
            query + "&label.=sda"
        }) {
            Answer answer = get(wrong);
            assertEquals(400, answer.status(), wrong + " " + answer.body());
        }
        services.complete = false;
        assertEquals(503, get(query).status());
        assertEquals(503, get("/api/v1/metrics/verify").status());
    }
}
