package io.stratoswarm.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Sessions of browsers, and the one-time codes that open them. Only hashes are held, in memory: a restart of the daemon ends
 * them all. A session ends with its token, whose role is looked up anew for each request.
 */
final class Sessions {
    static final long SESSION_MILLIS = 12 * 3_600_000L;
    static final long CODE_MILLIS = 5 * 60_000L;
    private static final int MOST = 1_000;

    /**
     * A browser's way in.
     *
     * @param credential id of the token behind it; empty where who asked on the unix socket for its code had none
     * @param name who is behind it
     * @param role the most that it may
     */
    record Session(String credential, String name, Role role, long expiresMillis) {}

    private final Surroundings surroundings;
    private final Map<String, Session> sessions = bounded();
    private final Map<String, Session> codes = bounded();

    Sessions(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    private static Map<String, Session> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
                return size() > MOST;
            }
        };
    }

    /** A code that opens one session of this role, within a few minutes. */
    synchronized String code(Caller caller, Role role) {
        String secret = Secrets.make(surroundings.random());
        String name = caller.actor().replaceFirst("@.*", "");
        long expires = surroundings.clock().millis() + CODE_MILLIS;
        codes.put(Secrets.hash(secret), new Session(caller.credential(), name, role, expires));
        return secret;
    }

    /** Uses a code up; empty where it is unknown, used or too old. */
    synchronized Optional<Session> redeem(String code) {
        Session found = codes.remove(Secrets.hash(code));
        return found == null || found.expiresMillis() <= surroundings.clock().millis()
                ? Optional.empty()
                : Optional.of(new Session(
                        found.credential(),
                        found.name(),
                        found.role(),
                        surroundings.clock().millis() + SESSION_MILLIS));
    }

    /** A session of a token, that ends with it at the latest. */
    Session of(Token token) {
        long end = surroundings.clock().millis() + SESSION_MILLIS;
        OptionalLong expires = token.expiresMillis();
        return new Session(
                token.id(),
                "token:" + token.name(),
                token.role(),
                expires.isPresent() ? Math.min(end, expires.getAsLong()) : end);
    }

    /** Keeps a session, and gives the secret of its cookie. */
    synchronized String open(Session session) {
        String secret = Secrets.make(surroundings.random());
        sessions.put(Secrets.hash(secret), session);
        return secret;
    }

    synchronized Optional<Session> find(String secret) {
        Session found = sessions.get(Secrets.hash(secret));
        return found == null || found.expiresMillis() <= surroundings.clock().millis()
                ? Optional.empty()
                : Optional.of(found);
    }

    synchronized void close(String secret) {
        sessions.remove(Secrets.hash(secret));
    }

    synchronized void closeAll() {
        sessions.clear();
        codes.clear();
    }
}
