package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line against a daemon by TCP; TLS is tried end to end. */
@Timeout(30)
class RemoteTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T12:01:05Z"));

    @TempDir
    Path folder;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private HttpServer server;
    private String url = "";
    private String out = "";
    private String err = "";

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = answer(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        Files.writeString(folder.resolve("token"), "stratoswarm_abc\n");
        environment.put("STRATOSWARM_DATA", folder.toString());
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private static String answer(String path) {
        return switch (path) {
            case "/api/v1/agents" -> "{\"agents\":[]}";
            case "/api/v1/tokens" ->
                "{\"token\":\"stratoswarm_new\",\"tokens\":[{\"name\":\"ci\",\"id\":\"1\",\"role\":"
                        + "\"viewer\",\"created\":\"2026-01-01T12:00:00.5Z\",\"createdBy\":\"uid:0\",\"expired\":false}]}";
            case "/api/v1/session/code" -> "{\"urls\":[\"http://127.0.0.1:7432/login#code\"]}";
            default -> "{}";
        };
    }

    private ExitCode run(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                environment,
                new ByteArrayInputStream(new byte[0]),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                CLOCK);
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return exit;
    }

    @Test
    void shouldAskADaemonElsewhereWithItsToken() {
        String token = folder.resolve("token").toString();
        assertEquals(ExitCode.OK, run("ps", "--url", url, "--token-file", token), err);
        assertEquals(ExitCode.OK, run("--url", url, "--token-file", token, "ps"), err);
        environment.put("STRATOSWARM_URL", url + "/");
        environment.put("STRATOSWARM_TOKEN_FILE", token);
        assertEquals(ExitCode.OK, run("ps"), err);
        assertEquals(3, requests.size());
        requests.forEach(request -> assertEquals("GET /api/v1/agents Bearer stratoswarm_abc ", request));
        assertEquals(ExitCode.UNREACHABLE, run("ps", "--data", folder.toString()), "--data wins over the environment");
        assertTrue(err.contains("no daemon answers on " + folder), err);
    }

    @Test
    void shouldRefuseWhatWouldShowTheTokenOrLeadNowhere() throws IOException {
        String token = folder.resolve("token").toString();
        assertEquals(ExitCode.USAGE, run("ps", "--url", "http://192.0.2.1:7432", "--token-file", token));
        assertTrue(err.contains("in the clear") && !err.contains("stratoswarm_abc"), err);
        for (String wrong :
                List.of("host:7443", "ftp://x", "https://", "https://a/b", "https://u:p@a", "https://a?x=1")) {
            assertEquals(ExitCode.USAGE, run("ps", "--url", wrong), wrong);
            assertTrue(err.contains("https://host:7443"), err);
        }
        assertEquals(
                ExitCode.USAGE,
                run("ps", "--url", url, "--token-file", folder.resolve("none").toString()));
        Files.writeString(folder.resolve("bad"), "two\r\nX-Injected: 1");
        assertEquals(
                ExitCode.USAGE,
                run("ps", "--url", url, "--token-file", folder.resolve("bad").toString()));
        server.stop(0);
        assertEquals(ExitCode.UNREACHABLE, run("ps", "--url", url));
        assertTrue(err.contains("no daemon answers at " + url), err);
        assertEquals(ExitCode.USAGE, run("version", "--url", url), "a command that asks no daemon takes no URL");
    }

    @Test
    void shouldSayThatAPortSpeaksNoTls() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try (Socket client = plain.accept()) {
                    client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client goes as soon as it sees that this is no TLS.
                    return;
                }
            });
            assertEquals(ExitCode.UNREACHABLE, run("ps", "--url", "https://127.0.0.1:" + plain.getLocalPort()));
            assertTrue(err.contains("try http://"), err);
            answering.join();
        }
    }

    @Test
    void shouldMakeListAndRevokeTokens() {
        assertEquals(
                ExitCode.OK, run("token", "create", "ci", "--role", "operator", "--expires", "30d", "--url", url), err);
        assertEquals("stratoswarm_new\n", out);
        assertTrue(err.contains("shown only now"), err);
        assertEquals(
                "POST /api/v1/tokens null {\"name\":\"ci\",\"role\":\"operator\",\"expiresIn\":\"PT720H\"}",
                requests.getLast());
        assertEquals(ExitCode.USAGE, run("token", "create", "ci", "--expires", "soon", "--url", url));
        assertEquals(ExitCode.OK, run("token", "create", "ci", "--graph", "shop", "--url", url), err);
        assertEquals(
                "POST /api/v1/tokens null {\"name\":\"ci\",\"role\":\"viewer\",\"graph\":\"shop\"}",
                requests.getLast());
        assertEquals(ExitCode.OK, run("token", "list", "--url", url), err);
        assertEquals(
                "NAME  ID  ROLE    GRAPH  CREATED               BY     EXPIRES\n"
                        + "ci    1   viewer  all    2026-01-01T12:00:00Z  uid:0  never\n",
                out);
        assertEquals(ExitCode.OK, run("token", "revoke", "ci", "--url", url), err);
        assertEquals("DELETE /api/v1/tokens/ci null ", requests.getLast());
        assertEquals("revoked ci\n", out);
    }

    @Test
    void shouldPrintALinkForABrowser() {
        assertEquals(ExitCode.OK, run("open", "--role", "viewer", "--url", url), err);
        assertEquals("http://127.0.0.1:7432/login#code\n", out);
        assertEquals("POST /api/v1/session/code null {\"role\":\"viewer\"}", requests.getLast());
        assertFalse(err.contains("\tat "), err);
    }
}
