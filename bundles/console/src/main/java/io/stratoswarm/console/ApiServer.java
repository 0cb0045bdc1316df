package io.stratoswarm.console;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
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
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server on its unix socket: opens it, lets peers in, and ends without leaving a thread or a file. */
final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final AttributeKey<String> ACTOR = AttributeKey.valueOf("stratoswarm.actor");
    private static final int CLOSE_SECONDS = 10;

    private final SocketPlace place;
    private final Limits limits;
    private final Peers peers;
    private final Exchanges exchanges;
    private final Vertx vertx;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

    private ApiServer(SocketPlace place, Limits limits, Peers peers, Services services) {
        this.place = place;
        this.limits = limits;
        this.peers = peers;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(60_000)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.exchanges = new Exchanges(vertx, limits, table(services, limits));
    }

    /** @param group that may connect besides the daemon's user and root; empty for none */
    static ApiServer open(SocketPlace place, String group, Limits limits, Services services) throws IOException {
        long uid = Peers.ownUid();
        place.prepare(uid);
        ApiServer server = new ApiServer(place, limits, new Peers(uid, group), services);
        try {
            server.listen(group);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Routes table(Services services, Limits limits) {
        Routes routes = new Routes();
        Waiting waiting = new Waiting(limits.operationMillis());
        new HostRoutes(services, waiting).add(routes);
        new AgentRoutes(services, waiting).add(routes);
        new GraphRoutes(services, waiting).add(routes);
        new JournalRoutes(services).add(routes);
        new ConfigRoutes(services, waiting).add(routes);
        new ScriptRoutes(services, waiting).add(routes);
        return routes;
    }

    private void listen(String group) throws IOException {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setHttp2ClearTextEnabled(false)
                .setDecompressionSupported(false)
                .setHandle100ContinueAutomatically(true));
        server.connectionHandler(this::connected);
        server.invalidRequestHandler(exchanges::malformed);
        server.requestHandler(this::requested);
        await(
                server.listen(SocketAddress.domainSocketAddress(
                                place.unfinished().toString()))
                        .toCompletionStage()
                        .toCompletableFuture(),
                "the socket " + place.socket() + " cannot be opened");
        if (!group.isEmpty()) {
            Files.getFileAttributeView(place.unfinished(), PosixFileAttributeView.class)
                    .setGroup(FileSystems.getDefault()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByGroupName(group));
        }
        place.publish(group.isEmpty() ? "rw-------" : "rw-rw----");
        LOG.info("the API listens on {}", place.socket());
    }

    private void connected(HttpConnection connection) {
        if (connections.size() >= limits.connections()) {
            LOG.warn("a connection was refused: {} are open, which is the limit", connections.size());
            connection.close();
            return;
        }
        Channel channel = channel(connection);
        String actor = peers.admit(channel).orElse("");
        if (actor.isEmpty()) {
            connection.close();
            return;
        }
        channel.attr(ACTOR).set(actor);
        connections.add(connection);
        connection.closeHandler(v -> {
            connections.remove(connection);
            exchanges.disconnected(connection);
        });
        exchanges.connected(connection);
    }

    private void requested(HttpServerRequest request) {
        String actor = channel(request.connection()).attr(ACTOR).get();
        if (actor == null) {
            // Not admitted; the connection is being closed.
            request.connection().close();
            return;
        }
        exchanges.handle(request, actor);
    }

    private static Channel channel(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            return base.channel();
        }
        throw new IllegalStateException("not a connection of this transport: " + connection.getClass());
    }

    private static <T> T await(CompletableFuture<T> future, String failure) {
        try {
            return future.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, failure + ": interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new StratoswarmException(Kind.SYSTEM, failure + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, failure + ": not done within " + CLOSE_SECONDS + " s", e);
        }
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
        await(vertx.close().toCompletionStage().toCompletableFuture(), "the HTTP server did not end");
    }
}
