package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The unix socket of a data folder. */
record SocketEndpoint(Path data) implements Endpoint {
    @Override
    public String name() {
        return "the daemon of " + data;
    }

    @Override
    public Failure closed(IOException e) {
        return new Failure(
                ExitCode.FORBIDDEN,
                name() + " closed the connection; it serves its own user and root only, or it is just ending",
                e);
    }

    @Override
    public HttpWire open() throws Failure {
        Path socket = socket();
        if (!Files.isReadable(data) && Files.isDirectory(data)) {
            throw new Failure(
                    ExitCode.FORBIDDEN,
                    "the data folder " + data + " belongs to another user; run this as that user or root");
        }
        try {
            return HttpWire.connect(socket);
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(socket) && !Files.isWritable(socket)) {
                throw new Failure(
                        ExitCode.FORBIDDEN,
                        "the socket " + socket + " belongs to another user; run this as that user or root",
                        e);
            }
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no daemon answers on " + data + "; start one with 'stratoswarm daemon --data " + data
                            + "', or name another data folder with --data",
                    e);
        }
    }

    /** A path too long for a socket address is replaced by another one, which the daemon writes down. */
    private Path socket() throws Failure {
        Path pointer = data.resolve("api.sock.path");
        try {
            if (Files.exists(pointer)) {
                return Path.of(Files.readString(pointer).strip());
            }
            return data.resolve("api.sock");
        } catch (IOException e) {
            throw new Failure(ExitCode.FORBIDDEN, pointer + " cannot be read: " + e.getMessage(), e);
        }
    }
}
