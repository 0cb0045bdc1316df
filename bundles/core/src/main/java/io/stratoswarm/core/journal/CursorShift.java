package io.stratoswarm.core.journal;

import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.store.LmdbTableStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Moves the cursors of all reactors, where a restored journal has one event more in front. */
public final class CursorShift {
    private CursorShift() {}

    public static void shift(Path tables, long events) {
        if (!Files.exists(tables.resolve("data.mdb"))) {
            return;
        }
        try (LmdbTableStore store = new LmdbTableStore(tables)) {
            TableStore.Table cursors = store.open(Reactors.TABLE, Reactors.VERSION);
            Map<String, Optional<byte[]>> moved = new HashMap<>();
            for (Map.Entry<String, byte[]> each : cursors.scan("", "", Integer.MAX_VALUE)) {
                moved.put(each.getKey(), Optional.of(Bytes.of(Bytes.asLong(each.getValue()) + events)));
            }
            cursors.write(moved);
        }
    }
}
