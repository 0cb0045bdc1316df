package io.stratoswarm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers requests on a data folder's socket with the bytes that a test has laid down for them. */
final class CannedDaemon implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path socket;
    private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Thread thread;

    CannedDaemon(Path data) throws IOException {
        socket = data.resolve("api.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = Thread.ofVirtual().start(this::serve);
    }

    /** @param request method and path after {@code /api/v1/} */
    CannedDaemon answer(String request, int status, String body) {
        return raw(request, whole(status, body));
    }

    CannedDaemon raw(String request, String answer) {
        answers.put(request, List.of(answer));
        return this;
    }

    /** Another one each time; the last one again and again. */
    CannedDaemon answers(String request, int status, List<String> bodies) {
        answers.put(request, bodies.stream().map(body -> whole(status, body)).toList());
        return this;
    }

    private static String whole(int status, String body) {
        return "HTTP/1.1 " + status + " x\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n" + body;
    }

    /** Method, path and body of what came. */
    List<String> requests() {
        return requests;
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel client = server.accept()) {
                    exchange(client);
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void exchange(SocketChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        String text = "";
        int end = -1;
        while (end < 0 || text.length() < end + 4 + length(text)) {
            if (client.read(buffer) < 0) {
                return;
            }
            text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            end = text.indexOf("\r\n\r\n");
        }
        String request = text.substring(0, text.indexOf(" HTTP/1.1")).replace("/api/v1/", "");
        String body = text.substring(end + 4);
        requests.add(body.isEmpty() ? request : request + " " + body);
        List<String> left = answers.getOrDefault(request, List.of("HTTP/1.1 418 x\r\nContent-Length: 0\r\n\r\n"));
        String answer = left.getFirst();
        if (left.size() > 1) {
            answers.put(request, left.subList(1, left.size()));
        }
        client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
    }

    private static int length(String text) {
        int at = text.indexOf("Content-Length: ");
        return Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
        thread.join();
        Files.deleteIfExists(socket);
    }
}
