package io.stratoswarm.console;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.TableStore;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server on its unix socket and its TCP addresses: lets peers in, and ends without leaving a thread or a file. */
final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final AttributeKey<Link> LINK = AttributeKey.valueOf("stratoswarm.link");
    private static final long STEP_MILLIS = 10_000;

    private final SocketPlace place;
    private final Limits limits;
    private final Peers peers;
    private final Access access;
    private final Exchanges exchanges;
    private final Vertx vertx;
    private final Listeners listeners;
    private final Set<HttpConnection> local = ConcurrentHashMap.newKeySet();
    private final Set<HttpConnection> remote = ConcurrentHashMap.newKeySet();
    private volatile ConsoleConfig config;

    private ApiServer(
            SocketPlace place, ConsoleConfig config, Limits limits, Services services, Surroundings surroundings)
            throws IOException {
        this.place = place;
        this.limits = limits;
        this.config = config;
        this.peers = new Peers(Peers.ownUid(), config);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(60_000)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Waiting waiting = new Waiting(limits.operationMillis());
        Tokens tokens = new Tokens(place.data().resolve("token"), surroundings);
        this.listeners = new Listeners(this::tcp);
        this.access = new Access(services, waiting, surroundings, tokens, config);
        this.exchanges = new Exchanges(vertx, limits, table(services, waiting), access.gate(), access.trail());
        access.serving(listeners::urls, exchanges.answers()::endStreams);
    }

    /** Opens the unix socket; {@link #listen} then opens the rest. */
    static ApiServer open(
            SocketPlace place, ConsoleConfig config, Limits limits, Services services, Surroundings surroundings)
            throws IOException {
        place.prepare(Peers.ownUid());
        ApiServer server = new ApiServer(place, config, limits, services, surroundings);
        try {
            server.openSocket();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private Routes table(Services services, Waiting waiting) {
        Routes routes = new Routes();
        new HostRoutes(services, waiting, listeners::told).add(routes);
        new AgentRoutes(services, waiting).add(routes);
        new GraphRoutes(services, waiting).add(routes);
        new JournalRoutes(services).add(routes);
        new ConfigRoutes(services, waiting).add(routes);
        new SessionRoutes(access).add(routes);
        new TokenRoutes(access).add(routes);
        new StreamRoutes(services, StreamRoutes.HEARTBEAT_MILLIS).add(routes);
        new Pages().add(routes);
        return routes;
    }

    /** Opens the TCP addresses of a configuration, which takes the place of the one before. */
    void configure(ConsoleConfig wanted) {
        boolean regrouped = !wanted.group().equals(config.group());
        config = wanted;
        peers.configure(wanted);
        access.gate().configure(wanted);
        access.trail().configure(wanted);
        if (regrouped) {
            try {
                place.open(wanted.group());
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "the socket {} cannot be opened to the group '{}': {}",
                        place.socket(),
                        wanted.group(),
                        e.getMessage());
            }
        }
        listeners.open(wanted);
    }

    /** Tokens can be looked up from now on. */
    void tables(TableStore store) {
        try {
            access.tokens().open(store);
        } catch (IOException | RuntimeException e) {
            LOG.error("the tokens cannot be read, so no request by TCP is let in: {}", e.getMessage(), e);
        }
    }

    void noTables() {
        access.tokens().closed();
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setHttp2ClearTextEnabled(false)
                .setDecompressionSupported(false)
                .setHandle100ContinueAutomatically(true);
    }

    private HttpServer tcp(ListenAddress address) {
        if (address.tls()) {
            throw new StratoswarmException(Kind.UNAVAILABLE, "TLS is not there yet");
        }
        HttpServer server = vertx.createHttpServer(options().setTcpNoDelay(true));
        return handled(server);
    }

    private HttpServer handled(HttpServer server) {
        return server.connectionHandler(this::connected)
                .invalidRequestHandler(request -> exchanges.malformed(request, link(request)))
                .requestHandler(this::requested);
    }

    private void openSocket() throws IOException {
        HttpServer server = handled(vertx.createHttpServer(options()));
        Listeners.await(server.listen(
                SocketAddress.domainSocketAddress(place.unfinished().toString())));
        place.publish(config.group());
        LOG.info("the API listens on {}", place.socket());
        vertx.setPeriodic(STEP_MILLIS, id -> step());
    }

    private void step() {
        access.trail().step();
        access.endStreams();
    }

    private void connected(HttpConnection connection) {
        Channel channel = channel(connection);
        Optional<Link> link = admit(connection, channel);
        if (link.isEmpty()) {
            connection.close();
            return;
        }
        Set<HttpConnection> connections = link.get().local() ? local : remote;
        if (connections.size() >= limits.connections()) {
            LOG.warn(
                    "a connection of {} was refused: {} are open, which is the limit",
                    link.get().from(),
                    connections.size());
            connection.close();
            return;
        }
        channel.attr(LINK).set(link.get());
        connections.add(connection);
        connection.closeHandler(v -> {
            connections.remove(connection);
            exchanges.disconnected(connection);
        });
        exchanges.connected(connection);
    }

    private Optional<Link> admit(HttpConnection connection, Channel channel) {
        SocketAddress here = connection.localAddress();
        if (here == null || !here.isInetSocket()) {
            return peers.admit(channel).map(caller -> new Link(Optional.of(caller), "socket", 0, false));
        }
        SocketAddress there = connection.remoteAddress();
        String from = there == null || there.hostAddress() == null ? "unknown" : there.hostAddress();
        return Optional.of(new Link(Optional.empty(), from, here.port(), connection.isSsl()));
    }

    private static Link link(HttpServerRequest request) {
        Link link = channel(request.connection()).attr(LINK).get();
        return link == null ? new Link(Optional.empty(), "unknown", 0, false) : link;
    }

    private void requested(HttpServerRequest request) {
        Link link = channel(request.connection()).attr(LINK).get();
        if (link == null) {
            // Not admitted; the connection is being closed.
            request.connection().close();
            return;
        }
        exchanges.handle(request, link);
    }

    private static Channel channel(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            return base.channel();
        }
        throw new IllegalStateException("not a connection of this transport: " + connection.getClass());
    }

    List<String> urls() {
        return listeners.urls();
    }

    /** Returns once every thread has ended and the socket is gone. */
    @Override
    public void close() {
        try {
            place.remove();
        } catch (IOException e) {
            LOG.warn("the socket {} could not be removed; the next start does", place.socket(), e);
        }
        exchanges.close();
        access.trail().flush();
        listeners.close();
        Listeners.await(vertx.close());
    }
}
