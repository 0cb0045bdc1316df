package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.api.store.TableStore.Table;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of browsers, and the one-time codes that open them. Only hashes are held. Sessions are kept in a table, so that a page
 * goes on after a restart or an upgrade of the daemon; codes are held in memory and end with it. A session ends with its token,
 * whose role is looked up anew for each request.
 */
final class Sessions {
    static final String TABLE = "console.sessions";
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
    private @Nullable Table table;

    Sessions(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Takes up the sessions that were open when the daemon ended. */
    synchronized void open(TableStore store) throws IOException {
        Table opened = store.open(TABLE, 1);
        Map<String, Optional<byte[]>> changes = new HashMap<>();
        sessions.forEach((hash, session) -> changes.put(hash, Optional.of(bytes(session))));
        for (Map.Entry<String, byte[]> entry : opened.scan("", "", MOST)) {
            Session session = parse(entry.getValue());
            if (session.expiresMillis() > surroundings.clock().millis()) {
                sessions.putIfAbsent(entry.getKey(), session);
            } else {
                changes.put(entry.getKey(), Optional.empty());
            }
        }
        if (!changes.isEmpty()) {
            opened.write(changes);
        }
        table = opened;
    }

    synchronized void closed() {
        table = null;
    }

    private void write(Map<String, Optional<byte[]>> changes) {
        Table opened = table;
        if (opened != null && !changes.isEmpty()) {
            opened.write(changes);
        }
    }

    private static byte[] bytes(Session session) {
        return Json.bytes(Json.object()
                .put("credential", session.credential())
                .put("name", session.name())
                .put("role", session.role().word())
                .put("expires", session.expiresMillis()));
    }

    private static Session parse(byte[] bytes) throws IOException {
        JsonNode node = Json.MAPPER.readTree(bytes);
        return new Session(
                node.path("credential").asText(),
                node.path("name").asText(),
                Role.parse(node.path("role").asText()),
                node.path("expires").asLong());
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
        String hash = Secrets.hash(secret);
        Map<String, Optional<byte[]>> changes = new HashMap<>();
        // What is over, and where there are too many the one that was not used for longest, goes with the same write.
        Iterator<Map.Entry<String, Session>> each = sessions.entrySet().iterator();
        int spare = sessions.size() - MOST + 1;
        while (each.hasNext()) {
            Map.Entry<String, Session> old = each.next();
            if (spare > 0
                    || old.getValue().expiresMillis() <= surroundings.clock().millis()) {
                changes.put(old.getKey(), Optional.empty());
                each.remove();
                spare--;
            }
        }
        changes.put(hash, Optional.of(bytes(session)));
        write(changes);
        sessions.put(hash, session);
        return secret;
    }

    synchronized Optional<Session> find(String secret) {
        Session found = sessions.get(Secrets.hash(secret));
        return found == null || found.expiresMillis() <= surroundings.clock().millis()
                ? Optional.empty()
                : Optional.of(found);
    }

    synchronized void close(String secret) {
        String hash = Secrets.hash(secret);
        sessions.remove(hash);
        write(Map.of(hash, Optional.empty()));
    }

    synchronized void closeAll() {
        Map<String, Optional<byte[]>> changes = new HashMap<>();
        sessions.keySet().forEach(hash -> changes.put(hash, Optional.empty()));
        sessions.clear();
        codes.clear();
        write(changes);
    }
}
