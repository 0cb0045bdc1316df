package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A place to connect to or to listen on, as a manifest writes it: {@code host:port}, or the path of a unix socket. */
record Address(String text) {
    boolean unix() {
        return text.startsWith("/");
    }

    private Path path() {
        return Path.of(text);
    }

    InetSocketAddress internet() {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE, "the name '" + host + "' has no address now");
        }
        return address;
    }

    private SocketAddress socket() {
        return unix() ? UnixDomainSocketAddress.of(path()) : internet();
    }

    SocketChannel connect() {
        try {
            SocketChannel channel = SocketChannel.open(socket());
            keepAlive(channel);
            return channel;
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE, "cannot connect to " + text + ": " + e.getMessage(), e);
        }
    }

    /** So that the end of a peer that vanished without a word is noticed some time. */
    void keepAlive(SocketChannel channel) throws IOException {
        if (!unix()) {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    ServerSocketChannel listen(NodeContext context) {
        try {
            if (!unix()) {
                warn(context);
                return ServerSocketChannel.open().bind(internet());
            }
            removeLeft();
            ServerSocketChannel channel =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(socket());
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
            return channel;
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE, "cannot listen on " + text + ": " + e.getMessage(), e);
        }
    }

    /** The manifest asked for it, so it is done, but not silently. */
    void warn(NodeContext context) {
        if (!internet().getAddress().isLoopbackAddress()) {
            context.log("listens on " + text + ", which others than this host can reach; whoever does can send records:"
                    + " nothing is encrypted, and nobody is asked who he is");
        }
    }

    /** What a process that was killed left behind; not that of one that listens. */
    private void removeLeft() throws IOException {
        if (!Files.exists(path()) || Files.isRegularFile(path()) || Files.isDirectory(path())) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(socket())) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT, "somebody else listens on " + text + " (" + probe + ")");
        } catch (IOException nobody) {
            Files.deleteIfExists(path());
        }
    }

    /** The file of a unix socket stays when its channel is closed. */
    void release() throws IOException {
        if (unix()) {
            Files.deleteIfExists(path());
        }
    }
}
