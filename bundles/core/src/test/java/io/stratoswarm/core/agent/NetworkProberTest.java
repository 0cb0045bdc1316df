package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against real sockets: what answers, what does not, and what would never end. */
@Timeout(30)
class NetworkProberTest {
    private static final long PATIENT = 10_000;

    /** What a server does with one connection. */
    private interface Service {
        void serve(Socket socket) throws IOException, InterruptedException;
    }

    private final NetworkProber prober = new NetworkProber(2, System::nanoTime);
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    private int serve(Service service) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        toClose.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            service.serve(socket);
                        } catch (IOException | InterruptedException e) {
                            // The prober hung up, which is what some tests wait for by other means.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server.getLocalPort();
    }

    private static Service answering(String answer) {
        return socket -> {
            request(socket);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        };
    }

    private static void request(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int newlines = 0;
        for (int c = in.read(); c >= 0 && newlines < 2; c = newlines < 2 ? in.read() : c) {
            newlines = c == '\n' ? newlines + 1 : c == '\r' ? newlines : 0;
            if (newlines == 2) {
                return;
            }
        }
    }

    private static ProbeAction.Http http(int port) {
        return new ProbeAction.Http("http://127.0.0.1:" + port + "/health");
    }

    private Prober.Result get(int port, long timeoutMillis) throws Exception {
        return prober.http(http(port), timeoutMillis).get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldTellWhetherAPortAcceptsConnections() throws Exception {
        int open = serve(socket -> {});
        Prober.Result well =
                prober.tcp(new ProbeAction.Tcp("127.0.0.1", open), PATIENT).get(20, TimeUnit.SECONDS);
        assertTrue(well.well(), well.detail());
        int closed;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = gone.getLocalPort();
        }
        Prober.Result refused =
                prober.tcp(new ProbeAction.Tcp("127.0.0.1", closed), PATIENT).get(20, TimeUnit.SECONDS);
        assertFalse(refused.well());
        assertTrue(
                refused.detail().contains("127.0.0.1:" + closed)
                        && refused.detail().contains("refused"),
                refused.detail());
        Prober.Result nameless = prober.tcp(new ProbeAction.Tcp("no-such-host.invalid", 80), PATIENT)
                .get(20, TimeUnit.SECONDS);
        assertFalse(nameless.well());
        assertTrue(nameless.detail().contains("no-such-host.invalid"), nameless.detail());
    }

    @Test
    void shouldJudgeByTheStatusOfAnAnswer() throws Exception {
        Map<String, Boolean> expected = Map.of(
                "200 OK", true, "204 No Content", true, "302 Found", true, "404 Not Found", false, "503 Busy", false);
        for (Map.Entry<String, Boolean> each : expected.entrySet()) {
            String more = each.getKey().startsWith("302") ? "Location: http://127.0.0.1:1/never\r\n" : "";
            int port = serve(answering("HTTP/1.1 " + each.getKey() + "\r\n" + more + "Content-Length: 0\r\n\r\n"));
            Prober.Result result = get(port, PATIENT);
            assertEquals(each.getValue(), result.well(), result.detail());
            assertTrue(result.detail().contains("status " + each.getKey().substring(0, 3)), result.detail());
        }
        assertFalse(get(serve(answering("220 mail ready\r\n")), PATIENT).well());
        assertFalse(get(serve(Socket::close), PATIENT).well());
    }

    @Test
    void shouldEndAProbeWhoseAnswerTricklesOrNeverComes() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        int trickling = serve(socket -> {
            request(socket);
            OutputStream out = socket.getOutputStream();
            try {
                out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                // Each byte comes well within the limit of one read.
                for (int i = 0; i < 1_000; i++) {
                    out.write(("X-" + i + ": y\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    Thread.sleep(20);
                }
            } catch (IOException e) {
                hungUp.countDown();
                throw e;
            }
        });
        long from = System.nanoTime();
        Prober.Result trickled = get(trickling, 300);
        long millis = (System.nanoTime() - from) / 1_000_000;
        assertFalse(trickled.well());
        assertTrue(trickled.detail().endsWith("gives no whole answer within 0.3 s"), trickled.detail());
        assertTrue(millis >= 250 && millis < 3_000, "after " + millis + " ms");
        assertTrue(hungUp.await(10, TimeUnit.SECONDS), "the connection was left open");
        int silent = serve(socket -> Thread.sleep(15_000));
        assertFalse(get(silent, 200).well());
    }

    @Test
    void shouldHaveRoomAgainAfterProbesThatWereEnded() throws Exception {
        int silent = serve(socket -> Thread.sleep(15_000));
        List<CompletableFuture<Prober.Result>> hanging = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            hanging.add(prober.http(http(silent), 200));
        }
        for (CompletableFuture<Prober.Result> each : hanging) {
            assertFalse(each.get(10, TimeUnit.SECONDS).well());
        }
        assertTrue(get(serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), PATIENT)
                .well());
    }
}
