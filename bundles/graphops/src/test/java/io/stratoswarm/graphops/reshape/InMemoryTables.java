package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.store.TableStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Tables that outlive who opened them. */
final class InMemoryTables implements TableStore {
    private final Map<String, ConcurrentSkipListMap<String, byte[]>> tables = new ConcurrentHashMap<>();

    @Override
    public Table open(String name, int version) {
        ConcurrentSkipListMap<String, byte[]> entries =
                tables.computeIfAbsent(name, any -> new ConcurrentSkipListMap<>());
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
                return entries.tailMap(fromKey).entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(prefix))
                        .limit(limit)
                        .<Map.Entry<String, byte[]>>map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                        .toList();
            }
        };
    }
}
