package io.stratoswarm.core.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.testing.MemoryMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScraperTest {
    private static final String AGENT = "shop/api";

    private final MemoryMetrics metrics = new MemoryMetrics();
    private volatile String body = "";
    private HttpServer server;
    private long millis;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private Scraper scraper(int port, String path, long timeout) {
        metrics.declare(new MetricInfo("threads", MetricInfo.Kind.GAUGE, "", "Threads."));
        AgentSpec plain = AgentSpec.of(List.of("x"));
        AgentSpec spec = new AgentSpec(
                plain.command(),
                plain.environment(),
                plain.secrets(),
                plain.workingDirectory(),
                plain.user(),
                plain.group(),
                plain.umask(),
                plain.rlimits(),
                plain.resources(),
                plain.niceness(),
                plain.affinity(),
                plain.lifecycle(),
                plain.schedule(),
                plain.hooks(),
                plain.restart(),
                plain.stop(),
                plain.readiness(),
                plain.liveness(),
                plain.watchdogMillis(),
                plain.log(),
                plain.labels(),
                Optional.of(new MetricsSource(port, path, 1_000, timeout)));
        Footprints footprints = new Footprints() {
            @Override
            public List<Footprint> footprints() {
                return List.of(new Footprint(AGENT, 1, 1, 1, 0, 0));
            }

            @Override
            public Place place(String agent) {
                return new Place(Set.of(), "", Map.of(), Path.of("/"));
            }
        };
        return new Scraper(
                footprints,
                agent -> Optional.of(spec),
                new Scrapes(metrics),
                InstantSource.system(),
                () -> millis * 1_000_000);
    }

    private void until(Scraper scraper, BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> "not within ten seconds; " + scraper.capabilities());
            scraper.step();
            millis += 100;
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private boolean failsWith(Scraper scraper, String reason) {
        return scraper.capabilities().stream().map(Capability::detail).anyMatch(detail -> detail.contains(reason));
    }

    @Test
    void shouldRecordWhatAnAgentServes() {
        body = """
                # TYPE requests_total counter
                requests_total{code="200"} 7
                Queue:Length 3
                threads 12
                """;
        Scraper scraper = scraper(server.getAddress().getPort(), "/metrics", 1_000);
        until(scraper, () -> metrics.last(AGENT, "scrape_success", Map.of()).orElse(0) == 1);
        assertEquals(7, metrics.value(AGENT, "requests_total", "code", "200"));
        assertEquals(3, metrics.value(AGENT, "queue_length"));
        assertEquals(12, metrics.value(AGENT, "own_threads"));
        assertEquals(3, metrics.value(AGENT, "scrape_samples"));
        assertTrue(metrics.declared().stream()
                .anyMatch(info -> info.name().equals("requests_total") && info.kind() == MetricInfo.Kind.COUNTER));
        assertEquals(1, scraper.capabilities().size());
        body = "<html>no</html>";
        until(scraper, () -> metrics.value(AGENT, "scrape_success") == 0);
        until(scraper, () -> failsWith(scraper, "line 1 of the answer"));
        scraper.close();
    }

    @Test
    void shouldSayWhyAnAgentCannotBeRead() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Scraper nobody = scraper(port, "/metrics", 1_000);
        until(nobody, () -> failsWith(nobody, "nothing listens on port " + port));
        assertEquals(0, metrics.value(AGENT, "scrape_success"));
        nobody.close();
        Scraper elsewhere = scraper(server.getAddress().getPort(), "/other", 1_000);
        until(elsewhere, () -> failsWith(elsewhere, "status 404"));
        elsewhere.close();
        body = "x 1\n".repeat(Fetcher.MOST_BYTES / 4 + 1);
        Scraper large = scraper(server.getAddress().getPort(), "/metrics", 1_000);
        until(large, () -> failsWith(large, "more than 2 MiB"));
        large.close();
    }

    @Test
    void shouldEndAnAnswerThatDoesNotEnd() throws IOException {
        try (ServerSocket drip = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = Thread.ofVirtual().start(() -> {
                try (var socket = drip.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        socket.getOutputStream().write('\n');
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException done) {
                    Thread.currentThread().interrupt();
                }
            });
            Scraper scraper = scraper(drip.getLocalPort(), "/metrics", 300);
            until(scraper, () -> failsWith(scraper, "no whole answer within 300 ms"));
            scraper.close();
            thread.interrupt();
        }
    }
}
