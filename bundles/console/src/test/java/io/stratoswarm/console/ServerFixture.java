package io.stratoswarm.console;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The API on a real unix socket in a data folder, served from memory. */
public final class ServerFixture implements AutoCloseable {
    private final SocketPlace place;
    private final ApiServer server;

    public ServerFixture(Path data, InMemoryServices services) throws IOException {
        this(data, services, Limits.DEFAULT);
    }

    /** @param runtime where the socket goes when the data folder's path is too long for it */
    ServerFixture(Path runtime, Path data) throws IOException {
        place = SocketPlace.in(data, Map.of("XDG_RUNTIME_DIR", runtime.toString()), Peers.ownUid());
        server = ApiServer.open(place, "", Limits.DEFAULT, new InMemoryServices(data.toString(), ApiServerTest::parse));
    }

    ServerFixture(Path data, InMemoryServices services, Limits limits) throws IOException {
        place = SocketPlace.in(data, Map.of("XDG_RUNTIME_DIR", data.toString()), Peers.ownUid());
        server = ApiServer.open(place, "", limits, services);
    }

    public Path socket() {
        return place.socket();
    }

    @Override
    public void close() {
        server.close();
    }
}
