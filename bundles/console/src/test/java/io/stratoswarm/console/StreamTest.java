package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamTest {
    private static final Limits LIMITS = new Limits(64, 16, 4_096, 8_192, 64 * 1024, 5_000, 700, 400, 32, 32, 100);

    @TempDir
    Path data;

    private InMemoryServices services;
    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        // Reads are events too; without them a test knows each sequence.
        Map<String, Object> config = Map.of("listen", "127.0.0.1:0", "audit.reads", "none");
        server = new ServerFixture(data, services, LIMITS, config, ServerFixture.REAL);
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** What a browser makes of a stream: messages, and the last id it saw (the HTML standard, 9.2.6). */
    private final class Browser implements AutoCloseable {
        private final HttpURLConnection connection;
        private final BufferedReader reader;
        private String lastId = "";
        private String event = "";
        private String data = "";

        Browser(String query, @Nullable String last) throws IOException {
            connection = (HttpURLConnection)
                    server.url().resolve("/api/v1/stream" + query).toURL().openConnection();
            connection.setRequestProperty("Authorization", "Bearer " + server.token());
            if (last != null) {
                connection.setRequestProperty("Last-Event-ID", last);
            }
            connection.setReadTimeout(20_000);
            InputStream in = connection.getInputStream();
            reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 16);
        }

        /** Waits for a message of this event; others pass by. */
        JsonNode next(String wanted) throws IOException {
            while (true) {
                String line = reader.readLine();
                if (line == null) {
                    throw new IOException("the stream ended");
                }
                if (!line.isEmpty()) {
                    field(line);
                    continue;
                }
                String message = data;
                String name = event;
                event = "";
                data = "";
                if (!message.isEmpty() && name.equals(wanted)) {
                    return Json.MAPPER.readTree(message);
                }
            }
        }

        private void field(String line) {
            if (line.startsWith("id: ")) {
                lastId = line.substring(4);
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data += line.substring(6);
            }
        }

        /** Reads on until the id is this one, though no message comes. */
        void awaitId(String id) throws IOException {
            while (!lastId.equals(id)) {
                String line = reader.readLine();
                if (line == null) {
                    throw new IOException("the stream ended");
                }
                field(line);
            }
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }

    @Test
    void shouldMissNothingAndDoubleNothingAcrossCuts() throws Exception {
        long seed = 20_260_101;
        Random random = new Random(seed);
        long first = services.journal.size();
        int all = 400;
        Thread writer = Thread.ofVirtual().start(() -> {
            Random pace = new Random(seed + 1);
            for (int i = 0; i < all; i++) {
                services.journal.append(pace.nextBoolean() ? "AgentStarted" : "AgentExited", "agent/shop/web", "{}");
                if (pace.nextInt(8) == 0) {
                    try {
                        Thread.sleep(2);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            }
        });
        List<Long> seen = new ArrayList<>();
        int cuts = 0;
        String last = null;
        while (seen.size() < all) {
            try (Browser browser = new Browser("?agents=false&from=" + first, last)) {
                int until = 1 + random.nextInt(40);
                for (int i = 0; i < until && seen.size() < all; i++) {
                    seen.add(browser.next("").get("sequence").longValue());
                    assertEquals(String.valueOf(seen.getLast()), browser.lastId);
                }
                last = browser.lastId;
            }
            cuts++;
        }
        writer.join();
        assertTrue(cuts > 10, cuts + " cuts");
        assertEquals(LongStream.range(first, first + all).boxed().toList(), seen, "seed " + seed);
    }

    @Test
    void shouldTellHowFarAFilteredStreamHasCome() throws Exception {
        long size = services.journal.size();
        try (Browser browser = new Browser("?agents=false&type=ConfigChanged", null)) {
            services.journal.append("ConfigChanged", "config/x", "{}");
            assertEquals(size, browser.next("").get("sequence").longValue());
            services.journal.append("AgentStarted", "agent/shop/web", "{}");
            services.journal.append("AgentExited", "agent/shop/web", "{}");
            browser.awaitId(String.valueOf(size + 2));
        }
        try (Browser browser = new Browser("?agents=false&subject=agent/*", String.valueOf(size))) {
            assertEquals(size + 1, browser.next("").get("sequence").longValue());
        }
    }

    @Test
    void shouldTellTheStateOfAllAgentsAndThenWhatChanges() throws Exception {
        try (Browser browser = new Browser("?events=false", null)) {
            JsonNode all = browser.next("agents");
            assertTrue(all.get("full").booleanValue());
            assertEquals(4, all.get("agents").size());
            services.agents.add("shop", "late", AgentPhase.READY, "runs and is ready");
            services.journal.append("AgentStarted", "agent/shop/late", "{}");
            JsonNode changed = browser.next("agents");
            assertFalse(changed.get("full").booleanValue());
            assertEquals(1, changed.get("agents").size());
            assertEquals("shop/late", changed.at("/agents/0/id").textValue());
        }
    }

    @Test
    void shouldLetGoOfAClientThatDoesNotReadAndKeepOthers() throws Exception {
        Web web = new Web(server.url()).bearer(server.token());
        try (Socket lazy = web.connect();
                Browser browser = new Browser("?agents=false", null)) {
            lazy.getOutputStream()
                    .write(web.head("GET", "/api/v1/stream?agents=false", 0).getBytes(StandardCharsets.UTF_8));
            assertTrue(lazy.getInputStream().read() > 0);
            String text = "{\"text\":\"" + "x".repeat(50_000) + "\"}";
            int events = 300;
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < events; i++) {
                    services.journal.append("Big", "x", text);
                }
            });
            for (int i = 0; i < events; i++) {
                browser.next("");
            }
            writer.join();
            lazy.setSoTimeout(10_000);
            Thread.sleep(1_500);
            assertTrue(drain(lazy) < events * 50_000L, "the lazy client got all of it");
        }
    }

    /** How much still comes before the connection ends, however it ends. */
    private static long drain(Socket socket) {
        long count = 0;
        byte[] buffer = new byte[65_536];
        try {
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                count += n;
            }
        } catch (IOException e) {
            return count;
        }
        return count;
    }

    @Test
    void shouldRefuseAPlaceThatTheJournalDoesNotHave() throws IOException {
        Web web = new Web(server.url()).bearer(server.token());
        assertEquals(409, web.get("/api/v1/stream?from=1000").status());
        assertEquals(
                409, web.with("Last-Event-ID", "5000").get("/api/v1/stream").status());
        assertEquals(400, web.with("Last-Event-ID", "x").get("/api/v1/stream").status());
        assertEquals(400, web.get("/api/v1/stream?events=false&agents=false").status());
        assertEquals(401, new Web(server.url()).get("/api/v1/stream").status());
    }
}
