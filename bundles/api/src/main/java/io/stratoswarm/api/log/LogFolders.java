package io.stratoswarm.api.log;

import io.stratoswarm.api.journal.JournalTiles;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Writes the log into folders. Whoever works without OSGi gets it by {@link java.util.ServiceLoader}. */
@ProviderType
public interface LogFolders {
    /** Where files of a log come from. */
    @FunctionalInterface
    interface Source {
        /** The bytes at a path as {@link TransparencyLog#get} has them; empty where there are none. */
        Optional<byte[]> get(String path) throws Exception;
    }

    /**
     * What was written.
     *
     * @param before size of the tree that was in the folder; 0 for a new folder
     * @param written how many files were written
     */
    record Published(String origin, long before, long size, String rootHash, long written) {}

    /**
     * The log of a journal that no daemon has open, as it was last signed.
     *
     * @throws io.stratoswarm.api.StratoswarmException of kind NOT_FOUND where nothing was signed yet, CONFLICT where the journal
     *     is not what was signed
     */
    Source stopped(Path data, JournalTiles journal);

    /**
     * Brings a folder up to the newest checkpoint. What is in it already is kept, the checkpoint is written last, and whoever is
     * killed in between leaves a folder that is whole at its older checkpoint.
     *
     * @throws io.stratoswarm.api.StratoswarmException of kind CONFLICT where the log does not extend the checkpoint in the folder
     */
    Published publish(Source source, Path folder);
}
