package io.stratoswarm.console;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/** The API on a real unix socket in a data folder and, where a configuration says so, on TCP; served from memory. */
public final class ServerFixture implements AutoCloseable {
    static final Surroundings REAL = new Surroundings(InstantSource.system(), System::nanoTime, new SecureRandom());
    static final Map<String, Object> NO_TCP = Map.of("listen", "none");
    static final Map<String, Object> TCP = Map.of("listen", "127.0.0.1:0");

    private final Path data;
    private final SocketPlace place;
    private final ApiServer server;

    public ServerFixture(Path data, InMemoryServices services) throws IOException {
        this(data, services, Limits.DEFAULT);
    }

    /** @param runtime where the socket goes when the data folder's path is too long for it */
    ServerFixture(Path runtime, Path data) throws IOException {
        this(runtime, data, new InMemoryServices(data.toString(), ApiServerTest::parse), Limits.DEFAULT, NO_TCP, REAL);
    }

    ServerFixture(Path data, InMemoryServices services, Limits limits) throws IOException {
        this(data, data, services, limits, NO_TCP, REAL);
    }

    ServerFixture(
            Path data, InMemoryServices services, Limits limits, Map<String, Object> config, Surroundings surroundings)
            throws IOException {
        this(data, data, services, limits, config, surroundings);
    }

    private ServerFixture(
            Path runtime,
            Path data,
            InMemoryServices services,
            Limits limits,
            Map<String, Object> config,
            Surroundings surroundings)
            throws IOException {
        this.data = data;
        place = SocketPlace.in(data, Map.of("XDG_RUNTIME_DIR", runtime.toString()), Peers.ownUid());
        ConsoleConfig parsed = ConsoleConfig.parse(config);
        server = ApiServer.open(place, parsed, limits, services, surroundings);
        server.tables(services.tables);
        server.configure(parsed);
    }

    public Path socket() {
        return place.socket();
    }

    ApiServer server() {
        return server;
    }

    void configure(Map<String, Object> config) {
        server.configure(ConsoleConfig.parse(new TreeMap<>(config)));
    }

    /** Where the first TCP address was opened. */
    URI url() {
        return URI.create(server.urls().getFirst());
    }

    /** The secret of the token that the first start made. */
    String token() throws IOException {
        return Files.readString(data.resolve("token")).strip();
    }

    @Override
    public void close() {
        server.close();
    }
}
