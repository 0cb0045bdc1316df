package io.stratoswarm.console;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections: who is at the other end, and how many there may be. Used by the event loop alone. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final AttributeKey<Link> LINK = AttributeKey.valueOf("stratoswarm.link");
    /** One address has a part of the places; on loopback all users share one address. */
    private static final int PARTS = 4;

    private final Limits limits;
    private final Peers peers;
    private final Map<String, Integer> open = new HashMap<>();
    private int local;
    private int remote;

    Connections(Limits limits, Peers peers) {
        this.limits = limits;
        this.peers = peers;
    }

    /** Lets a connection in and runs {@code whenClosed} at its end; false where it is to be closed. */
    boolean admit(HttpConnection connection, Role clientRole, Runnable whenClosed) {
        Channel channel = channel(connection);
        Optional<Link> admitted = link(connection, channel, clientRole);
        if (admitted.isEmpty()) {
            return false;
        }
        Link link = admitted.get();
        int there = link.local() ? local : remote;
        int own = open.getOrDefault(link.from(), 0);
        boolean shared = link.local() || loopback(link.from());
        if (there >= limits.connections() || !shared && own >= limits.connections() / PARTS) {
            LOG.warn(
                    "a connection of {} was refused: {} are open, {} of them its own, which is the limit",
                    link.from(),
                    there,
                    own);
            return false;
        }
        channel.attr(LINK).set(link);
        count(link, 1);
        connection.closeHandler(v -> {
            count(link, -1);
            whenClosed.run();
        });
        return true;
    }

    private void count(Link link, int change) {
        if (link.local()) {
            local += change;
        } else {
            remote += change;
        }
        open.merge(link.from(), change, Integer::sum);
        open.remove(link.from(), 0);
    }

    static boolean loopback(String from) {
        return from.startsWith("127.") || from.equals("0:0:0:0:0:0:0:1") || from.equals("::1");
    }

    private Optional<Link> link(HttpConnection connection, Channel channel, Role clientRole) {
        SocketAddress here = connection.localAddress();
        if (here == null || !here.isInetSocket()) {
            return peers.admit(channel).map(caller -> new Link(Optional.of(caller), "socket", 0, false));
        }
        SocketAddress there = connection.remoteAddress();
        String from = there == null || there.hostAddress() == null ? "unknown" : there.hostAddress();
        return Optional.of(
                new Link(byCertificate(connection, clientRole, from), from, here.port(), connection.isSsl()));
    }

    /** A client that had to bring a certificate may be known by it alone. */
    private static Optional<Caller> byCertificate(HttpConnection connection, Role role, String from) {
        if (!connection.isSsl() || role == Role.ANYONE) {
            return Optional.empty();
        }
        try {
            Certificate certificate = connection.peerCertificates().getFirst();
            return certificate instanceof X509Certificate known
                    ? Optional.of(Caller.peer("cert:" + Certificates.commonName(known) + "@" + from, role, false))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** Null where the connection was not let in and is being closed. */
    static @Nullable Link of(HttpServerRequest request) {
        return channel(request.connection()).attr(LINK).get();
    }

    private static Channel channel(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            return base.channel();
        }
        throw new IllegalStateException("not a connection of this transport: " + connection.getClass());
    }
}
