package io.stratoswarm.graphops.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.graphops.node.NodeRig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketTest {
    @TempDir
    Path folder;

    private NodeRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new NodeRig(folder, new SourceType(System::nanoTime), new SinkType(System::nanoTime));
        rig.flow("in.stdout", "out.stdin", Framing.LINES, DataType.TEXT, 1_000);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NodeRig.Agent source(String settings) {
        return rig.start("in", "source", "{\"socket\":{" + settings + "}}", ">stdout");
    }

    private NodeRig.Agent sink(String settings) {
        return rig.start("out", "sink", "{\"socket\":{" + settings + "}}", "stdin");
    }

    private static int port(NodeRig.Agent agent) throws InterruptedException {
        agent.awaitReady();
        String said = agent.log.stream()
                .filter(line -> line.startsWith("listens on "))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(said.substring(said.lastIndexOf(':') + 1));
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldTakeWholeRecordsFromManyPeers() throws Exception {
        NodeRig.Agent source = source("\"listen\":\"127.0.0.1:0\"");
        int port = port(source);
        List<Thread> peers = new ArrayList<>();
        TreeSet<String> expected = new TreeSet<>();
        for (int peer = 0; peer < 10; peer++) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                lines.add("peer " + peer + " line " + i);
            }
            expected.addAll(lines);
            peers.add(Thread.startVirtualThread(() -> {
                try (Socket socket = connect(port)) {
                    send(socket, String.join("\n", lines));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        List<String> found = source.lines(expected.size());
        assertEquals(expected, new TreeSet<>(found));
        for (int peer = 0; peer < 10; peer++) {
            String prefix = "peer " + peer + " ";
            List<String> ofPeer =
                    found.stream().filter(line -> line.startsWith(prefix)).toList();
            for (int i = 0; i < ofPeer.size(); i++) {
                assertEquals(prefix + "line " + i, ofPeer.get(i));
            }
        }
        source.stop();
    }

    @Test
    void shouldNotBeHeldUpByPeersThatSendHalfALineOrTooMuch() throws Exception {
        NodeRig.Agent source = source("\"listen\":\"127.0.0.1:0\"");
        int port = port(source);
        try (Socket half = connect(port);
                Socket good = connect(port)) {
            send(half, "half");
            send(good, "x".repeat(100_000) + "\ngood\n");
            assertEquals(List.of("x".repeat(1_001), "good"), source.lines(2));
            half.setSoLinger(true, 0);
        }
        try (Socket next = connect(port)) {
            send(next, "next\n");
            assertEquals(List.of("next"), source.lines(1));
        }
        source.stop();
        source.assertNothingMore();
    }

    @Test
    void shouldCutOffWhoBreaksTheFraming() throws Exception {
        rig.flow("pre.stdout", "out.stdin", Framing.LENGTH_PREFIXED, DataType.BYTES, 1_000);
        NodeRig.Agent source = rig.start("pre", "source", "{\"socket\":{\"listen\":\"127.0.0.1:0\"}}", ">stdout");
        int port = port(source);
        try (Socket bad = connect(port)) {
            send(bad, "GET / HTTP/1.1\r\n\r\n");
            assertEquals(-1, bad.getInputStream().read());
        }
        NodeRig.await("it is told", () -> source.log.toString().contains("a peer is cut off"));
        try (Socket good = connect(port)) {
            good.getOutputStream().write(new byte[] {0, 0, 0, 2, '\n', 'b'});
            NodeRig.await("it came", () -> java.util.Arrays.equals(source.bytes(), new byte[] {0, 0, 0, 2, '\n', 'b'}));
        }
        assertFalse(source.status.isDone());
    }

    @Test
    void shouldLetPeersWaitWhileNobodyReads() throws Exception {
        NodeRig.Agent source = source("\"listen\":\"127.0.0.1:0\"");
        int port = port(source);
        List<String> lines = IntStream.range(0, 400_000)
                .mapToObj(i -> "line " + i + "x".repeat(30))
                .toList();
        Thread peer = Thread.startVirtualThread(() -> {
            try (Socket socket = connect(port)) {
                send(socket, String.join("\n", lines) + "\n");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertFalse(peer.join(java.time.Duration.ofMillis(500)), "the peer must wait");
        assertEquals(lines, source.lines(lines.size()));
        peer.join();
    }

    @Test
    void shouldListenOnAUnixSocketForItsUserAlone() throws Exception {
        Path path = folder.resolve("in.sock");
        NodeRig.Agent source = source("\"listen\":\"" + path + "\"");
        source.awaitReady();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            peer.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)));
            assertEquals(List.of("hello"), source.lines(1));
        }
        rig.flow("second.stdout", "out.stdin", Framing.LINES, DataType.TEXT, 1_000);
        NodeRig.Agent second = rig.start("second", "source", "{\"socket\":{\"listen\":\"" + path + "\"}}", ">stdout");
        assertEquals(1, second.ended());
        assertTrue(second.message.contains("somebody else listens"), second.message);
        source.stop();
        assertFalse(Files.exists(path));
    }

    @Test
    void shouldConnectAndFailWhereThePeerGoesAway() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            NodeRig.Agent source = source("\"connect\":\"127.0.0.1:" + server.getLocalPort() + "\"");
            try (Socket peer = server.accept()) {
                send(peer, "a\nb");
                assertEquals(List.of("a"), source.lines(1));
            }
            assertEquals(1, source.ended());
            assertTrue(source.message.contains("has closed the connection"), source.message);
            assertEquals(List.of("b"), source.lines(1));
        }
        NodeRig.Agent nobody = source("\"connect\":\"127.0.0.1:1\"");
        assertEquals(1, nobody.ended());
        assertTrue(nobody.message.contains("cannot connect to 127.0.0.1:1"), nobody.message);
    }

    private static List<String> lines(Socket socket, int count) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(String.valueOf(in.readLine()));
        }
        return lines;
    }

    @Test
    void shouldGiveRecordsToAllWhoAreConnectedAndWaitForOne() throws Exception {
        NodeRig.Agent sink = sink("\"listen\":\"127.0.0.1:0\"");
        int port = port(sink);
        sink.give("early");
        NodeRig.await("it waits", () -> sink.waits.contains("nobody is connected"));
        try (Socket first = connect(port)) {
            assertEquals(List.of("early"), lines(first, 1));
            try (Socket second = connect(port)) {
                // Who has just connected gets what comes from then on.
                second.getOutputStream().write(0);
                NodeRig.await("the second is known", () -> true);
                Thread.sleep(200);
                sink.give("both");
                assertEquals(List.of("both"), lines(first, 1));
                assertEquals(List.of("both"), lines(second, 1));
            }
        }
        sink.stop();
    }

    @Test
    void shouldSendAgainWhatABrokenConnectionMayHaveLost() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String settings = "\"connect\":\"127.0.0.1:" + server.getLocalPort() + "\"";
            NodeRig.Agent sink = sink(settings);
            try (Socket peer = server.accept()) {
                sink.give("a");
                assertEquals(List.of("a"), lines(peer, 1));
                peer.setSoLinger(true, 0);
            }
            for (int i = 0; !sink.status.isDone(); i++) {
                sink.give("b" + i);
                Thread.sleep(5);
            }
            assertTrue(sink.message.contains("is sent again"), sink.message);
            NodeRig.Agent again = sink(settings);
            try (Socket peer = server.accept()) {
                assertTrue(lines(peer, 1).getFirst().startsWith("b"));
            }
            rig.nodes().kill("shop/out", 2);
            again.status.get();
        }
    }
}
