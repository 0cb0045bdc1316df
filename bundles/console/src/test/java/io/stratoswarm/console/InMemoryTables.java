package io.stratoswarm.console;

import io.stratoswarm.api.store.TableStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Tables that outlive the server, as those of a daemon's data folder do. */
public final class InMemoryTables implements TableStore {
    private final Map<String, TreeMap<String, byte[]>> tables = new ConcurrentHashMap<>();

    /** Everything that is stored, as text, so that a test can look for what must not be. */
    public String dump() {
        StringBuilder text = new StringBuilder();
        tables.forEach((name, table) -> table.forEach((key, value) ->
                text.append(name + " " + key + " " + new String(value, StandardCharsets.UTF_8) + "\n")));
        return text.toString();
    }

    @Override
    public Table open(String name, int version) {
        TreeMap<String, byte[]> entries = tables.computeIfAbsent(name, k -> new TreeMap<>());
        return new Table() {
            @Override
            public int storedVersion() {
                return version;
            }

            @Override
            public Optional<byte[]> get(String key) {
                return Optional.ofNullable(entries.get(key));
            }

            @Override
            public void write(Map<String, Optional<byte[]>> changes) {
                changes.forEach((key, value) ->
                        value.ifPresentOrElse(bytes -> entries.put(key, bytes), () -> entries.remove(key)));
            }

            @Override
            public List<Map.Entry<String, byte[]>> scan(String prefix, String fromKey, int limit) {
                return entries.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(prefix)
                                && entry.getKey().compareTo(fromKey) >= 0)
                        .limit(limit)
                        .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                        .toList();
            }
        };
    }
}
