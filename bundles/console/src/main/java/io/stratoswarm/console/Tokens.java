package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.api.store.TableStore.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens: hashed in a table, and all of them in memory, so that the event loop can look one up. A token is stored
 * before it works and gone before its revocation is answered.
 */
final class Tokens {
    static final String TABLE = "console.tokens";
    static final String LOCAL = "local";
    static final int MOST = 1_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private final Path file;
    private final Surroundings surroundings;
    private final Map<String, Token> byHash = new ConcurrentHashMap<>();
    private final Map<String, Token> byId = new ConcurrentHashMap<>();
    private volatile @Nullable Table table;

    /** @param file that holds the secret of the token {@code local} */
    Tokens(Path file, Surroundings surroundings) {
        this.file = file;
        this.surroundings = surroundings;
    }

    /** A token that was just made, and its secret, which is told this once. */
    record Made(Token token, String secret) {}

    boolean ready() {
        return table != null;
    }

    /** Reads the table, and makes the first token where there is none that the file names. */
    synchronized void open(TableStore store) throws IOException {
        Table opened = store.open(TABLE, 1);
        byHash.clear();
        byId.clear();
        for (Map.Entry<String, byte[]> entry : opened.scan("", "", MOST + 1)) {
            keep(Token.parse(entry.getValue()));
        }
        table = opened;
        ensureLocal();
    }

    void closed() {
        table = null;
    }

    private void ensureLocal() throws IOException {
        String secret = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readString(file).strip()
                : "";
        if (Secrets.wellFormed(secret)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            Token known = byHash.get(Secrets.hash(secret));
            if (known != null && known.id().equals(LOCAL)) {
                return;
            }
        }
        // A file that lies there and that this daemon did not write may be known to others, so its secret is not taken
        // over.
        Made made = make(LOCAL, LOCAL, Role.ADMIN, OptionalLong.empty(), "system", "");
        Path fresh = file.resolveSibling(file.getFileName() + "~");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, made.secret() + "\n", StandardOpenOption.WRITE);
        Token old = byId.get(LOCAL);
        store(made.token());
        if (old != null) {
            byHash.remove(old.hash());
        }
        keep(made.token());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void keep(Token token) {
        byId.put(token.id(), token);
        byHash.put(token.hash(), token);
    }

    private void store(Token token) {
        need().write(Map.of(token.id(), Optional.of(token.bytes())));
    }

    private Table need() {
        Table opened = table;
        if (opened == null) {
            throw new StratoswarmException(
                    Kind.UNAVAILABLE, "the store of tokens is not there now; try again in a moment");
        }
        return opened;
    }

    private Made make(String id, String name, Role role, OptionalLong expires, String by, String graph) {
        String secret = Secrets.make(surroundings.random());
        long now = surroundings.clock().millis();
        return new Made(new Token(id, name, role, Secrets.hash(secret), now, expires, by, graph), secret);
    }

    /** Makes a token that does not work before it is added. */
    Made draft(String name, Role role, OptionalLong expires, String by, String graph) {
        need();
        if (!NAME.matcher(name).matches()) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "a token's name is 1 to 63 letters, digits, '.', '_' and '-', and begins with a letter or digit");
        }
        free(name);
        return make(Secrets.id(surroundings.random()), name, role, expires, by, graph);
    }

    private void free(String name) {
        if (named(name).isPresent()) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "there is a token '" + name + "'; revoke it first, or choose another name");
        }
        if (byId.size() >= MOST) {
            throw new StratoswarmException(Kind.FULL, "there are " + MOST + " tokens, which is the limit; revoke some");
        }
    }

    /** The token works as soon as this returns. */
    synchronized void add(Token token) {
        free(token.name());
        store(token);
        keep(token);
    }

    /** The token of this id or name. */
    Optional<Token> named(String which) {
        return Optional.ofNullable(byId.get(which))
                .or(() -> byId.values().stream()
                        .filter(it -> it.name().equals(which))
                        .findFirst());
    }

    /** The token does not work any more as soon as this returns. */
    synchronized void revoke(Token token) throws IOException {
        // First from memory: where the store fails it is refused now, and the caller hears that it may come back.
        byHash.remove(token.hash());
        byId.remove(token.id());
        need().write(Map.of(token.id(), Optional.empty()));
        if (token.id().equals(LOCAL)) {
            Files.deleteIfExists(file);
        }
    }

    /** All tokens, those that have expired too, the oldest first. */
    List<Token> list() {
        need();
        return byId.values().stream()
                .sorted(Comparator.comparingLong(Token::createdMillis).thenComparing(Token::id))
                .toList();
    }

    /** The token of this secret, if it is valid now. */
    Optional<Token> find(String secret) {
        return Secrets.wellFormed(secret) ? valid(byHash.get(Secrets.hash(secret))) : Optional.empty();
    }

    Optional<Token> valid(String id) {
        return valid(byId.get(id));
    }

    private Optional<Token> valid(@Nullable Token token) {
        return token == null || token.expired(surroundings.clock().millis()) ? Optional.empty() : Optional.of(token);
    }
}
