package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.EventQuery;
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
class LogRoutesTest {
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

    @Test
    void shouldServeTheFilesOfTheLogAsAClientOfTiledLogsAsksForThem() throws IOException {
        Web.Answer checkpoint = admin().get("/api/v1/log/checkpoint");
        assertEquals(InMemoryLog.CHECKPOINT, checkpoint.body());
        assertEquals("text/plain; charset=utf-8", checkpoint.header("content-type"));
        assertEquals("no-cache", checkpoint.header("cache-control"));
        Web.Answer tile = admin().get("/api/v1/log/tile/0/000.p/1");
        assertEquals(200, tile.status());
        assertEquals("application/octet-stream", tile.header("content-type"));
        assertEquals("private, max-age=31536000, immutable", tile.header("cache-control"));
        assertEquals(404, admin().get("/api/v1/log/tile/0/001").status());
        assertEquals(404, admin().get("/api/v1/log/cosigned").status());
        EventQuery reads = EventQuery.all().type("AuditLogRead");
        assertEquals(0, services.journal.read(reads).size());
        assertEquals(200, admin().get("/api/v1/log/tile/entries/000.p/1").status());
        assertEquals(1, services.journal.read(reads).size(), "who reads entries is recorded");
        assertEquals(401, new Web(server.url()).get("/api/v1/log/checkpoint").status());
    }

    @Test
    void shouldSignRotateAndTakeCosignatures() throws IOException {
        assertEquals(
                InMemoryLog.CHECKPOINT,
                admin().post("/api/v1/log/checkpoint", "").body());
        assertEquals(
                "{\"witnesses\":[\"witness\"]}",
                admin().post("/api/v1/log/cosignatures", InMemoryLog.CHECKPOINT).body());
        assertEquals(400, admin().post("/api/v1/log/cosignatures", "nothing").status());
        assertEquals(
                "example/log+02+C",
                admin().post("/api/v1/log/keys", "{\"lost\":true}")
                        .json()
                        .path("key")
                        .asText());
        assertEquals(400, admin().post("/api/v1/log/keys", "{\"found\":true}").status());
        assertEquals(3, services.log.calls.size());
        assertEquals(List.of("sign"), services.log.calls.subList(0, 1));
        services.complete = false;
        assertEquals(503, admin().get("/api/v1/log").status());
    }

    @Test
    void shouldExportAndRecordWhoRead() throws IOException {
        Web.Answer answer = admin().get("/api/v1/audit/export?format=echo&subject=agent/*&proofs=true");
        assertEquals(200, answer.status());
        assertTrue(answer.body().contains("agent/* true\n"), answer.body());
        assertEquals("text/plain; charset=utf-8", answer.header("content-type"));
        assertEquals(200, admin().get("/api/v1/audit/export?format=echo").status());
        assertEquals(400, admin().get("/api/v1/audit/export?format=none").status());
        assertEquals(400, admin().get("/api/v1/audit/export").status());
        assertEquals(
                1, services.journal.read(EventQuery.all().type("AuditLogRead")).size());
    }

    @Test
    void shouldErasePersons() throws IOException {
        assertEquals(
                "{\"keyDestroyed\":true}",
                admin().ask("DELETE", "/api/v1/persons/ann", "").body());
        assertEquals("erase ann token:local", services.calls.getLast().replaceAll("@.*", ""));
    }
}
