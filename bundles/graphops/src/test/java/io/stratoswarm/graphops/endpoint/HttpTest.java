package io.stratoswarm.graphops.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.graphops.node.NodeRig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTest {
    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> posted = new LinkedBlockingQueue<>();
    private final List<Integer> answers = new java.util.concurrent.CopyOnWriteArrayList<>();
    private NodeRig rig;
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        rig = new NodeRig(folder, new SourceType(System::nanoTime), new SinkType(System::nanoTime));
        rig.flow("in.stdout", "out.stdin", Framing.LINES, DataType.JSON, 1_000);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void close() {
        rig.close();
        server.stop(0);
        client.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status = answers.isEmpty() ? 200 : answers.removeFirst();
            if (exchange.getRequestMethod().equals("GET")) {
                boolean known = "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
                exchange.getResponseHeaders().set("ETag", "\"v1\"");
                byte[] text = "one\ntwo".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(known ? 304 : status, known ? -1 : text.length);
                if (!known) {
                    exchange.getResponseBody().write(text);
                }
                posted.add(known ? "known" : "new");
                return;
            }
            posted.add(exchange.getRequestHeaders().getFirst("Content-Type") + " " + status + " " + body);
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private NodeRig.Agent listener() {
        return rig.start("in", "source", "{\"http\":{\"listen\":\"127.0.0.1:0\"}}", ">stdout");
    }

    private NodeRig.Agent sink() {
        return rig.start("out", "sink", "{\"http\":{\"url\":\"" + url() + "\"}}", "stdin");
    }

    private static int port(NodeRig.Agent agent) throws InterruptedException {
        agent.awaitReady();
        String said = agent.log.getFirst();
        return Integer.parseInt(said.substring(said.lastIndexOf(':') + 1));
    }

    private CompletableFuture<HttpResponse<String>> post(int port, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/any"))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldTakeTheLinesOfABody() throws Exception {
        NodeRig.Agent source = listener();
        int port = port(source);
        assertEquals(202, post(port, "{\"a\":1}\n{\"a\":2}").get().statusCode());
        assertEquals(202, post(port, "").get().statusCode());
        assertEquals(List.of("{\"a\":1}", "{\"a\":2}"), source.lines(2));
        source.stop();
        source.assertNothingMore();
    }

    @Test
    void shouldRefuseWhatItDoesNotTake() throws Exception {
        NodeRig.Agent source = listener();
        int port = port(source);
        HttpResponse<String> get = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(405, get.statusCode());
        assertEquals(403, post(port, "x", "Sec-Fetch-Site", "cross-site").get().statusCode());
        HttpResponse<String> large = post(port, "ok\n" + "x".repeat(2_000)).get();
        assertEquals(413, large.statusCode());
        assertTrue(large.body().contains("more than 1000 bytes"), large.body());
        try {
            assertEquals(413, post(port, "1234567\n".repeat(3 << 20)).get().statusCode());
        } catch (ExecutionException e) {
            // Refused while it was still sent, so that the client may meet the end of the connection before the answer.
            assertInstanceOf(IOException.class, e.getCause());
        }
        source.stop();
        source.assertNothingMore();
    }

    @Test
    void shouldNotBeHeldUpByPeersThatBeginARequest() throws Exception {
        NodeRig.Agent source = listener();
        int port = port(source);
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                half.add(socket);
                socket.getOutputStream()
                        .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
                                .getBytes(StandardCharsets.UTF_8));
            }
            assertEquals(202, post(port, "whole").get(30, TimeUnit.SECONDS).statusCode());
            assertEquals(List.of("whole"), source.lines(1));
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
        }
        source.stop();
        source.assertNothingMore();
    }

    @Test
    void shouldNotAnswerWhileThereIsNoRoom() throws Exception {
        NodeRig.Agent source = listener();
        int port = port(source);
        String body = "0123456789".repeat(50) + "\n";
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(post(port, body.repeat(1_500)));
        }
        Thread.sleep(500);
        assertFalse(all.stream().allMatch(CompletableFuture::isDone), "4.5 MB cannot be in pipes of 1 MiB");
        assertEquals(9_000, source.lines(9_000).size());
        for (CompletableFuture<HttpResponse<String>> each : all) {
            assertEquals(202, each.get(30, TimeUnit.SECONDS).statusCode());
        }
    }

    @Test
    void shouldAskAgainAndGiveOnlyWhatIsNew() throws Exception {
        answers.add(500);
        NodeRig.Agent source =
                rig.start("in", "source", "{\"http\":{\"url\":\"" + url() + "\",\"interval\":\"20ms\"}}", ">stdout");
        assertEquals("new", posted.poll(30, TimeUnit.SECONDS));
        assertEquals(List.of("one", "two"), source.lines(2));
        assertTrue(source.log.toString().contains("it answers 500"), source.log.toString());
        assertEquals("new", posted.poll(30, TimeUnit.SECONDS));
        assertEquals("known", posted.poll(30, TimeUnit.SECONDS));
        source.stop();
        posted.clear();
        NodeRig.Agent again =
                rig.start("in", "source", "{\"http\":{\"url\":\"" + url() + "\",\"interval\":\"20ms\"}}", ">stdout");
        assertEquals("known", posted.poll(30, TimeUnit.SECONDS));
        again.stop();
        again.assertNothingMore();
    }

    @Test
    void shouldPostInBatchesAndTryAgain() throws Exception {
        answers.addAll(List.of(503, 500, 200));
        NodeRig.Agent sink = sink();
        sink.give("{\"a\":1}", "{\"a\":2}");
        String body = "{\"a\":1}\n{\"a\":2}\n";
        for (int status : List.of(503, 500, 200)) {
            assertEquals("application/x-ndjson " + status + " " + body, posted.poll(30, TimeUnit.SECONDS));
        }
        NodeRig.await("it goes on", () -> sink.waits.isEmpty());
        assertTrue(sink.log.toString().contains("it answers 503"), sink.log.toString());
        sink.endInput();
        assertEquals(0, sink.ended(), sink.message);
    }

    @Test
    void shouldLeaveOutAndCountWhatIsRefusedForGood() throws Exception {
        answers.addAll(List.of(413, 200, 422));
        NodeRig.Agent sink = sink();
        sink.give("a", "b");
        assertEquals("application/x-ndjson 413 a\nb\n", posted.poll(30, TimeUnit.SECONDS));
        assertEquals("application/x-ndjson 200 a\n", posted.poll(30, TimeUnit.SECONDS));
        assertEquals("application/x-ndjson 422 b\n", posted.poll(30, TimeUnit.SECONDS));
        NodeRig.await(
                "it is told",
                () -> sink.log.toString().contains("refuses 1 records for good: it answers 422; 1 since"));
        sink.stop();
    }

    @Test
    void shouldKeepRecordsWhileTheServerDoesNotKnowTheAddress() throws Exception {
        answers.addAll(List.of(404));
        NodeRig.Agent sink = sink();
        sink.give("a");
        assertEquals("application/x-ndjson 404 a\n", posted.poll(30, TimeUnit.SECONDS));
        assertEquals("application/x-ndjson 200 a\n", posted.poll(30, TimeUnit.SECONDS));
        server.stop(0);
        sink.give("b");
        NodeRig.await("it waits", () -> sink.waits.contains("cannot post"));
        sink.stop();
    }
}
