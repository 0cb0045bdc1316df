package io.stratoswarm.console;

import java.util.OptionalLong;

/**
 * Who asks.
 *
 * @param actor name in events: {@code uid:1000}, {@code token:ci@192.0.2.7}, {@code cert:ops@192.0.2.7} or
 *     {@code anonymous@192.0.2.7}
 * @param credential id of the token that stands behind a request or a session; empty where it came without one
 * @param expiresMillis when the token or the session ends
 * @param graph the only one that this caller may see and touch; empty for all
 * @param trusted the daemon's own user or root on the socket, who could do everything without the API as well
 */
record Caller(String actor, Role role, String credential, OptionalLong expiresMillis, boolean trusted, String graph) {
    static Caller anonymous(String from) {
        return new Caller("anonymous@" + from, Role.ANYONE, "", OptionalLong.empty(), false, "");
    }

    static Caller peer(String actor, Role role, boolean trusted) {
        return new Caller(actor, role, "", OptionalLong.empty(), trusted, "");
    }

    /** Whether a graph of this name is not hidden from this caller. */
    boolean sees(String name) {
        return graph.isEmpty() || graph.equals(name);
    }
}
