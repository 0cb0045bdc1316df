package io.stratoswarm.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 exchange over a unix socket, or over TCP (RFC 9112). The JDK's client knows no unix sockets, and a library would take longer to
 * load than the daemon to answer.
 */
final class HttpWire implements Closeable {
    private static final int MAX_LINE = 64 * 1024;

    private final Closeable connection;
    private final InputStream in;
    private final OutputStream out;
    private final String host;
    private final String token;
    private int status;
    private final Map<String, String> headers = new HashMap<>();

    private HttpWire(Closeable connection, InputStream in, OutputStream out, String host, String token) {
        this.connection = connection;
        this.in = new BufferedInputStream(in, 16 * 1024);
        this.out = out;
        this.host = host;
        this.token = token;
    }

    /** @param token bearer token; empty for none */
    static HttpWire over(Socket socket, String host, String token) throws IOException {
        return new HttpWire(socket, socket.getInputStream(), socket.getOutputStream(), host, token);
    }

    static HttpWire connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new HttpWire(
                    channel, Channels.newInputStream(channel), Channels.newOutputStream(channel), "stratoswarm", "");
        } catch (IOException | IllegalArgumentException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a request and reads the head of its answer. */
    void send(String method, String target, String mediaType, byte[] body) throws IOException {
        String head = method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
                + (body.length > 0 ? "Content-Type: " + mediaType + "\r\n" : "")
                + "Content-Length: " + body.length + "\r\n\r\n";
        IOException failed = null;
        try {
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
        } catch (IOException e) {
            // The daemon may refuse a body before it has read it, and has then sent its reason.
            failed = e;
        }
        try {
            readHead();
        } catch (IOException e) {
            if (failed != null) {
                e.addSuppressed(failed);
            }
            throw e;
        }
    }

    private void readHead() throws IOException {
        String line = line();
        String[] parts = line.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
            throw new IOException("the answer is not HTTP: " + line);
        }
        status = Integer.parseInt(parts[1]);
        headers.clear();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
        }
        if (status == 100) {
            readHead();
        }
    }

    int status() {
        return status;
    }

    /** The body, decoded; ends with the answer. */
    InputStream body() {
        String length = headers.get("content-length");
        if ("chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""))) {
            return new Chunked();
        }
        return length == null ? in : new Counted(Long.parseLong(length));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the daemon closed the connection");
            }
            if (line.size() >= MAX_LINE) {
                throw new IOException("the answer has a line of more than " + MAX_LINE + " bytes");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    /** A body of known length. */
    private final class Counted extends InputStream {
        private long left;

        Counted(long length) {
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the answer was cut off");
            }
            left -= count;
            return count;
        }
    }

    /** A body in chunks; each read gives what has arrived, so that a stream can be followed. */
    private final class Chunked extends InputStream {
        private long left;
        private boolean started;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            if (left == 0 && !nextChunk()) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the answer was cut off");
            }
            left -= count;
            return count;
        }

        private boolean nextChunk() throws IOException {
            if (started && !line().isEmpty()) {
                throw new IOException("a chunk of the answer does not end where it says");
            }
            started = true;
            String size = line();
            int semicolon = size.indexOf(';');
            left = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (left > 0) {
                return true;
            }
            while (!line().isEmpty()) {
                // Trailers carry nothing that is needed here.
                continue;
            }
            ended = true;
            return false;
        }
    }
}
