package io.stratoswarm.core.journal;

import io.stratoswarm.api.store.TableStore;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The durable cursors of reactors, for what follows the journal by itself and begins elsewhere than at the first event. */
public final class ReactorCursors {
    private final TableStore.Table cursors;

    public ReactorCursors(TableStore tables) {
        this.cursors = tables.open(Reactors.TABLE, Reactors.VERSION);
    }

    /** Sequence of the next event to be delivered; empty where nothing was stored. */
    public OptionalLong get(String id) {
        Optional<byte[]> stored = cursors.get(id);
        return stored.isPresent() ? OptionalLong.of(Bytes.asLong(stored.get())) : OptionalLong.empty();
    }

    public void put(String id, long sequence) {
        cursors.write(Map.of(id, Optional.of(Bytes.of(sequence))));
    }

    public void remove(String id) {
        cursors.write(Map.of(id, Optional.empty()));
    }
}
