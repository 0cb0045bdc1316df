package io.stratoswarm.console;

import java.util.Optional;

/**
 * The connection that a request came over.
 *
 * @param caller who is at its other end, where the connection itself tells: on the unix socket, or by a client's certificate
 * @param from address of the other end; {@code socket} for the unix socket
 * @param port of this end; 0 for the unix socket
 */
record Link(Optional<Caller> caller, String from, int port, boolean tls) {
    boolean local() {
        return port == 0;
    }

    /** Cookies do not tell ports apart, and several daemons may serve one host. */
    String cookieName() {
        return "stratoswarm-" + port;
    }
}
