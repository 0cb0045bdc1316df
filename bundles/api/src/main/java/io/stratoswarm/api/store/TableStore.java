package io.stratoswarm.api.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Durable key-value tables, one namespace a bundle, each with a schema version. */
@ProviderType
public interface TableStore {
    /**
     * Opens or creates a table. Names are {@code bundle.table}, lower case.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where the stored version is newer than {@code version}
     */
    Table open(String name, int version);

    /** A table; keys are ordered by their UTF-8 bytes and are at most 400 bytes long. */
    @ProviderType
    interface Table {
        /** The version the stored data had before {@link TableStore#open}; 0 where the table is new. */
        int storedVersion();

        Optional<byte[]> get(String key);

        /** Puts and deletes (empty value) atomically and durably. */
        void write(Map<String, Optional<byte[]>> changes);

        /** At most {@code limit} entries whose key starts with the prefix and is not before {@code fromKey}, in key order. */
        List<Map.Entry<String, byte[]>> scan(String prefix, String fromKey, int limit);
    }
}
