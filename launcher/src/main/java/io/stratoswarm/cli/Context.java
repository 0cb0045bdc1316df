package io.stratoswarm.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command works with.
 *
 * @param json whether answers are to be given as JSON
 * @param data the data folder
 * @param remote a daemon that is reached by TCP, where one is named
 */
public record Context(
        boolean json,
        Path data,
        Optional<Endpoint> remote,
        Map<String, String> environment,
        InputStream in,
        Output out,
        PrintStream err,
        Terminal terminal,
        InstantSource clock) {

    /** The same, to which it is another moment now. */
    Context at(Instant moment) {
        return new Context(json, data, remote, environment, in, out, err, terminal, InstantSource.fixed(moment));
    }

    /** The daemon of the URL, else that of the data folder. */
    ApiClient daemon() {
        return new ApiClient(remote.orElseGet(() -> new SocketEndpoint(data)));
    }

    /** The data folder where none is named; the same as the daemon's. */
    static Path defaultData(Map<String, String> environment, String user, String userHome) {
        String given = environment.getOrDefault("STRATOSWARM_DATA", "");
        if (!given.isEmpty()) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        if (user.equals("root")) {
            return Path.of("/var/lib/stratoswarm");
        }
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        return (xdg.startsWith("/") ? Path.of(xdg) : Path.of(userHome, ".local", "share")).resolve("stratoswarm");
    }
}
