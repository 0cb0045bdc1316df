package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.console.telemetry.Exporter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server on its unix socket and its TCP addresses: lets peers in, and ends without leaving a thread or a file. */
final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final long STEP_MILLIS = 10_000;
    private static final long CERTIFICATE_MILLIS = 60_000;

    private final SocketPlace place;
    private final Limits limits;
    private final Peers peers;
    private final Access access;
    private final Routes routes;
    private final Exchanges exchanges;
    private final Vertx vertx;
    private final Services services;
    private final Surroundings surroundings;
    private final Telemetry telemetry;
    private final Observations observations;
    private Optional<Exporter> exporter = Optional.empty();
    private final Listeners listeners;
    private final Connections connections;
    private final Certificates certificates;
    private volatile ConsoleConfig config;
    private volatile Certificates.@Nullable Material material;

    private ApiServer(
            SocketPlace place, ConsoleConfig config, Limits limits, Services services, Surroundings surroundings)
            throws IOException {
        this.place = place;
        this.limits = limits;
        this.services = services;
        this.surroundings = surroundings;
        this.config = config;
        this.peers = new Peers(Peers.ownUid(), config);
        this.connections = new Connections(limits, peers);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(60_000)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Waiting waiting = new Waiting(limits.operationMillis());
        Tokens tokens = new Tokens(place.data().resolve("token"), surroundings);
        this.certificates = new Certificates(place.data().resolve("tls"), surroundings);
        this.listeners = new Listeners(this::tcp);
        this.access = new Access(services, waiting, surroundings, tokens, config);
        Meters meters = new Meters();
        this.telemetry = new Telemetry(services, meters);
        this.observations = new Observations(surroundings, meters);
        this.routes = table(services, waiting);
        this.exchanges = new Exchanges(
                vertx,
                limits,
                routes,
                access.gate(),
                access.trail(),
                observations,
                new Oversight(services::decisions, surroundings.random()));
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
        new LeaseRoutes(services, waiting).add(routes);
        new TemplateRoutes(services).add(routes);
        TransformRoutes transforms = new TransformRoutes(services, waiting);
        new GraphRoutes(services, waiting, transforms).add(routes);
        transforms.add(routes);
        new ProposalRoutes(services, waiting).add(routes);
        new ComplianceRoutes(services).add(routes);
        new HealingRoutes(services).add(routes);
        new PredictionRoutes(services).add(routes);
        new TrailRoutes(services).add(routes);
        new JournalRoutes(services).add(routes);
        new RetentionRoutes(services).add(routes);
        new CaptureRoutes(services, waiting).add(routes);
        new LogRoutes(services, access.trail()).add(routes);
        new AuditRoutes(services, access.trail()).add(routes);
        new ReplayRoutes(services, waiting).add(routes);
        new FailureRoutes(services).add(routes);
        new ConfigRoutes(services, waiting).add(routes);
        new SessionRoutes(access).add(routes);
        new TokenRoutes(access).add(routes);
        new StreamRoutes(services, limits.heartbeatMillis()).add(routes);
        new ProbeRoutes(services, access.tokens(), telemetry).add(routes);
        new Pages().add(routes);
        new MetricRoutes(services).add(routes);
        new ScriptRoutes(services, waiting).add(routes);
        new OpenApiRoutes(routes, () -> services.daemon().map(Daemon::version).orElse("unknown")).add();
        return routes;
    }

    /** Looks whether a certificate is to be renewed or was replaced; the listeners of TLS are then opened anew. */
    private void checkCertificates() {
        Certificates.Material used = material;
        if (used == null) {
            return;
        }
        try {
            if (!certificates.load(config.tls(), config.certificateNames()).same(used)) {
                LOG.info("the certificates changed; opening the TLS addresses anew");
                reopen();
            }
        } catch (StratoswarmException e) {
            LOG.warn("the certificates cannot be used, so those before are served: {}", e.getMessage());
        }
    }

    private synchronized void reopen() {
        material = null;
        listeners.closeTls();
        listeners.open(config);
    }

    /** Opens the TCP addresses of a configuration, which takes the place of the one before. */
    synchronized void configure(ConsoleConfig wanted) {
        boolean regrouped = !wanted.group().equals(config.group());
        boolean recertified =
                !wanted.tls().equals(config.tls()) || !wanted.hosts().equals(config.hosts());
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
        if (recertified) {
            material = null;
            listeners.closeTls();
        }
        listeners.open(wanted);
        export(wanted);
    }

    private void export(ConsoleConfig wanted) {
        if (exporter.map(Exporter::target).equals(wanted.export())) {
            return;
        }
        observations.exportTo(null);
        exporter.ifPresent(Exporter::close);
        exporter = wanted.export()
                .map(target -> new Exporter(
                        vertx,
                        target,
                        Map.of(
                                "service.name",
                                "stratoswarm",
                                "service.version",
                                services.daemon().map(Daemon::version).orElse("unknown"),
                                "process.pid",
                                ProcessHandle.current().pid()),
                        telemetry::collect,
                        surroundings.clock()));
        observations.exportTo(exporter.orElse(null));
    }

    /** Tokens can be looked up from now on. */
    void tables(TableStore store) {
        try {
            access.sessions().open(store);
            access.tokens().open(store);
        } catch (IOException | RuntimeException e) {
            LOG.error("the tokens cannot be read, so no request by TCP is let in: {}", e.getMessage(), e);
        }
    }

    void noTables() {
        access.tokens().closed();
        access.sessions().closed();
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
        HttpServerOptions options = options().setTcpNoDelay(true);
        if (address.tls()) {
            Certificates.Material loaded = certificates.load(config.tls(), config.certificateNames());
            Certificates.serve(options, loaded);
            material = loaded;
        }
        return handled(vertx.createHttpServer(options));
    }

    private HttpServer handled(HttpServer server) {
        return server.connectionHandler(this::connected)
                .invalidRequestHandler(this::malformed)
                .requestHandler(this::requested);
    }

    private void openSocket() throws IOException {
        HttpServer server = handled(vertx.createHttpServer(options()));
        Listeners.await(server.listen(
                SocketAddress.domainSocketAddress(place.unfinished().toString())));
        place.publish(config.group());
        LOG.info("the API listens on {}", place.socket());
        vertx.setPeriodic(STEP_MILLIS, id -> step());
        vertx.setPeriodic(CERTIFICATE_MILLIS, id -> Thread.startVirtualThread(this::checkCertificates));
    }

    private void step() {
        access.trail().step();
        access.endStreams();
    }

    private void connected(HttpConnection connection) {
        ConsoleConfig.TlsConfig tls = config.tls();
        Role clientRole = tls.clientCa().isEmpty() ? Role.ANYONE : tls.clientRole();
        if (connections.admit(connection, clientRole, () -> exchanges.disconnected(connection))) {
            exchanges.connected(connection);
        } else {
            connection.close();
        }
    }

    private void requested(HttpServerRequest request) {
        Link link = Connections.of(request);
        if (link == null) {
            request.connection().close();
            return;
        }
        exchanges.handle(request, link);
    }

    private void malformed(HttpServerRequest request) {
        Link link = Connections.of(request);
        if (link == null) {
            request.connection().close();
            return;
        }
        exchanges.malformed(request, link);
    }

    Routes routes() {
        return routes;
    }

    List<String> urls() {
        return listeners.urls();
    }

    /** Returns once the server has ended and the socket is gone. */
    @Override
    public void close() {
        try {
            place.remove();
        } catch (IOException e) {
            LOG.warn("the socket {} could not be removed; the next start does", place.socket(), e);
        }
        exchanges.close();
        access.trail().flush();
        exporter.ifPresent(Exporter::close);
        listeners.close();
        Listeners.await(vertx.close());
    }
}
