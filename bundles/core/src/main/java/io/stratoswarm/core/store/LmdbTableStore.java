package io.stratoswarm.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.TableStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.GetOp;

/** Tables in one environment: a row's key is the table's name, a zero byte, and the key. */
public final class LmdbTableStore implements TableStore, AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*([.][a-z0-9-]+)+");
    private static final int MAX_NAME = 100;
    private static final int MAX_KEY = 400;
    private static final long MAP_BYTES = 1L << 38;

    private final Environment environment;
    private final Dbi<ByteBuffer> rows;
    private final Dbi<ByteBuffer> versions;

    public LmdbTableStore(Path folder) {
        this(folder, MAP_BYTES);
    }

    LmdbTableStore(Path folder, long mapBytes) {
        environment = new Environment(folder, mapBytes);
        rows = environment.table("rows");
        versions = environment.table("versions");
    }

    @Override
    public Table open(String name, int version) {
        if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "a table is named bundle.table in lower case, at most 100 characters, not '" + name + "'");
        }
        if (version < 1) {
            throw new StratoswarmException(Kind.INVALID, "the version of table " + name + " must be at least 1");
        }
        ByteBuffer key = Environment.direct(name.getBytes(UTF_8));
        int stored = environment.read(txn -> {
            ByteBuffer value = versions.get(txn, key);
            return value == null ? 0 : value.getInt(0);
        });
        if (stored > version) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "table " + name + " holds data of version " + stored + ", newer than " + version
                            + "; use the newer bundle that wrote it");
        }
        if (stored != version) {
            ByteBuffer value = ByteBuffer.allocateDirect(4).putInt(0, version);
            environment.write(txn -> versions.put(txn, key.clear(), value));
        }
        return new LmdbTable(name, stored);
    }

    @Override
    public void close() {
        environment.close();
    }

    private final class LmdbTable implements Table {
        private final byte[] prefix;
        private final int storedVersion;

        LmdbTable(String name, int storedVersion) {
            this.prefix = (name + '\0').getBytes(UTF_8);
            this.storedVersion = storedVersion;
        }

        private ByteBuffer key(String key) {
            byte[] text = key.getBytes(UTF_8);
            if (text.length > MAX_KEY) {
                throw new StratoswarmException(Kind.INVALID, "a key has at most 400 bytes, this one " + text.length);
            }
            return ByteBuffer.allocateDirect(prefix.length + text.length)
                    .put(prefix)
                    .put(text)
                    .flip();
        }

        @Override
        public int storedVersion() {
            return storedVersion;
        }

        @Override
        public Optional<byte[]> get(String key) {
            ByteBuffer at = key(key);
            return environment.read(
                    txn -> Optional.ofNullable(rows.get(txn, at)).map(Environment::copy));
        }

        @Override
        public void write(Map<String, Optional<byte[]>> changes) {
            if (changes.isEmpty()) {
                return;
            }
            environment.write(txn -> {
                changes.forEach((key, value) -> {
                    ByteBuffer at = key(key);
                    if (value.isPresent()) {
                        rows.put(txn, at, Environment.direct(value.get()));
                    } else {
                        rows.delete(txn, at);
                    }
                });
                return true;
            });
        }

        @Override
        public List<Map.Entry<String, byte[]>> scan(String keyPrefix, String fromKey, int limit) {
            ByteBuffer wanted = key(keyPrefix);
            ByteBuffer start = keyPrefix.compareTo(fromKey) < 0 ? key(fromKey) : wanted.duplicate();
            return environment.read(txn -> {
                List<Map.Entry<String, byte[]>> found = new ArrayList<>();
                try (Cursor<ByteBuffer> cursor = rows.openCursor(txn)) {
                    boolean more = cursor.get(start, GetOp.MDB_SET_RANGE);
                    for (; more && found.size() < limit && startsWith(cursor.key(), wanted); more = cursor.next()) {
                        byte[] whole = Environment.copy(cursor.key());
                        String key = new String(whole, prefix.length, whole.length - prefix.length, UTF_8);
                        found.add(Map.entry(key, Environment.copy(cursor.val())));
                    }
                }
                return found;
            });
        }

        private static boolean startsWith(ByteBuffer key, ByteBuffer wanted) {
            int length = wanted.capacity();
            return key.remaining() >= length
                    && key.slice(0, length).equals(wanted.duplicate().clear());
        }
    }
}
