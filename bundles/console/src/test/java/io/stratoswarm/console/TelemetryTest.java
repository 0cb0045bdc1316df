package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TelemetryTest {
    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(data, services, Limits.DEFAULT, ServerFixture.TCP, ServerFixture.REAL);
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Two metrics with everything that a text format can stumble over. */
    private static final class FewMetrics implements Metrics {
        @Override
        public void declare(MetricInfo info) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<MetricInfo> declared() {
            return List.of(
                    new MetricInfo(
                            "cpu_seconds_total", MetricInfo.Kind.COUNTER, "seconds", "CPU \"time\"\nof a \\ process"),
                    new MetricInfo("load1", MetricInfo.Kind.GAUGE, "", "load"),
                    new MetricInfo("unseen_bytes", MetricInfo.Kind.GAUGE, "bytes", "never measured"));
        }

        @Override
        public void record(List<Sample> samples) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
            return List.of();
        }

        @Override
        public List<Sample> latest(String subject) {
            return List.of(
                    new Sample(Series.of("shop/web", "cpu_seconds_total"), 1, 12.5),
                    new Sample(Series.of("shop/\"a\\b\n", "cpu_seconds_total", Map.of("core-id", "0")), 1, 1e18),
                    new Sample(Series.of("host", "load1"), 1, 0.25),
                    new Sample(Series.of("x", "load1"), 1, Double.NaN),
                    new Sample(Series.of("x", "undeclared"), 1, 1));
        }

        @Override
        public List<Points> query(MetricQuery query) {
            return List.of();
        }

        @Override
        public List<PinnedWindow> windows(int limit) {
            return List.of();
        }

        @Override
        public Optional<String> window(long sequence) {
            return Optional.empty();
        }
    }

    @Test
    void shouldTellNumbersInStrictOpenMetrics() throws IOException {
        services.otherMetrics = new FewMetrics();
        Web admin = new Web(server.url()).bearer(server.token());
        admin.get("/api/v1/agents");
        Web.Answer answer = admin.get("/metrics");
        assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.header("content-type"));
        Map<String, Double> found = OpenMetricsReader.read(answer.body());
        assertEquals(12.5, found.get("stratoswarm_cpu_seconds_total{subject=\"shop/web\"}"));
        assertEquals(1e18, found.get("stratoswarm_cpu_seconds_total{core_id=\"0\",subject=\"shop/\\\"a\\\\b\\n\"}"));
        assertEquals(0.25, found.get("stratoswarm_load1{subject=\"host\"}"));
        assertEquals(1, found.get("stratoswarm_agents{phase=\"ready\"}"));
        assertEquals(1, found.get("stratoswarm_build_info{version=\"0.1.0\"}"));
        assertTrue(found.getOrDefault("stratoswarm_http_requests_total{code=\"200\",transport=\"tcp\"}", 0.0) >= 1);
        assertTrue(found.getOrDefault("process_resident_memory_bytes", 0.0) > 1e6);
        assertTrue(found.keySet().stream().noneMatch(name -> name.contains("undeclared") || name.contains("unseen")));
    }

    @Test
    void shouldHaveAReaderThatFindsFaults() {
        for (String wrong : List.of(
                "a 1\n",
                "# TYPE a gauge\na 1\n",
                "# TYPE a gauge\na 1\n# EOF\nb 1\n",
                "# TYPE a counter\na 1\n# EOF\n",
                "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n",
                "# TYPE a gauge\na 1\na 2\n# EOF\n",
                "# TYPE a gauge\n# TYPE b gauge\nb 1\na 1\n# TYPE a gauge\n# EOF\n",
                "# TYPE a gauge\na{x=\"1} 1\n# EOF\n",
                "# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n# EOF\n",
                "# TYPE a counter\na_total -1\n# EOF\n",
                "# TYPE a gauge\na one\n# EOF\n")) {
            assertThrows(AssertionError.class, () -> OpenMetricsReader.read(wrong), wrong);
        }
    }

    @Test
    void shouldOpenMetricsOnLoopbackOnlyWhereToldTo() throws IOException {
        assertEquals(401, new Web(server.url()).get("/metrics").status());
        server.configure(Map.of("listen", "127.0.0.1:0", "metrics.open", "true"));
        assertEquals(200, new Web(server.url()).get("/metrics").status());
        assertEquals(401, new Web(server.url()).get("/api/v1/agents").status());
    }

    @Test
    void shouldAnswerProbesWithoutAToken() throws IOException {
        assertEquals("ok\n", new Web(server.url()).get("/healthz").body());
        assertEquals("ok\n", new Web(server.url()).get("/readyz").body());
        services.complete = false;
        assertEquals(200, new Web(server.url()).get("/healthz").status());
        Web.Answer ready = new Web(server.url()).get("/readyz");
        assertEquals(503, ready.status());
        assertTrue(ready.detail().contains("agents"), ready.body());
    }

    /** What a collector received: path, content type, body. */
    private record Received(String path, String mediaType, String key, JsonNode body) {}

    @Test
    void shouldExportNumbersAndTracesToACollector() throws Exception {
        BlockingQueue<Received> received = new LinkedBlockingQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        collector.createContext("/", exchange -> {
            JsonNode body = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
            received.add(new Received(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    exchange.getRequestHeaders().getFirst("X-Key"),
                    body));
            byte[] answer = {'{', '}'};
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        collector.start();
        try {
            server.configure(Map.of(
                    "listen", "127.0.0.1:0",
                    "otlp.endpoint",
                            "http://127.0.0.1:" + collector.getAddress().getPort(),
                    "otlp.headers", "X-Key=k1",
                    "otlp.interval", "1"));
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
            new Web(server.url())
                    .bearer(server.token())
                    .with("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                    .post("/api/v1/agents/stop", "{\"selector\":\"shop/job\"}");
            Received metrics = await(received, "/v1/metrics");
            assertEquals("application/json", metrics.mediaType());
            assertEquals("k1", metrics.key());
            OtlpReader.metrics(metrics.body());
            assertTrue(metrics.body().toString().contains("stratoswarm_journal_events"));
            Received traces = await(received, "/v1/traces");
            List<JsonNode> spans = OtlpReader.spans(traces.body());
            JsonNode exchange = spans.stream()
                    .filter(span -> span.get("name").asText().equals("POST /api/v1/agents/stop"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(trace, exchange.get("traceId").asText());
            assertEquals("00f067aa0ba902b7", exchange.get("parentSpanId").asText());
            assertTrue(exchange.toString().contains("token:local@127.0.0.1"), exchange.toString());
            JsonNode command = spans.stream()
                    .filter(span -> span.get("name").asText().startsWith("command "))
                    .findFirst()
                    .orElseThrow();
            assertEquals(exchange.get("spanId"), command.get("parentSpanId"));
            assertFalse(traces.body().toString().contains("shop/job"), "what was asked is no business of a trace");
        } finally {
            collector.stop(0);
        }
        assertEquals(200, new Web(server.url()).get("/healthz").status(), "without its collector the server goes on");
    }

    private static Received await(BlockingQueue<Received> received, String path) throws InterruptedException {
        while (true) {
            Received next = received.poll(15, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came for " + path);
            }
            if (next.path().equals(path)) {
                return next;
            }
            if (next.path().equals("/v1/traces") && path.equals("/v1/metrics")) {
                received.add(next);
            }
        }
    }
}
