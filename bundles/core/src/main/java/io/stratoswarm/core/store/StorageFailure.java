package io.stratoswarm.core.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/** What a failed write of LMDB means to a caller. */
public final class StorageFailure {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;
    private static final long SCARCE_BYTES = 4 << 20;

    private StorageFailure() {}

    /** Of kind FULL where the disk, a quota or the map is full, else SYSTEM. */
    public static StratoswarmException of(LmdbException failure, Path folder, String what) {
        if (failure instanceof Env.MapFullException) {
            return new StratoswarmException(
                    Kind.FULL, what + ": the database in " + folder + " has reached its largest size", failure);
        }
        int code = failure instanceof LmdbNativeException coded ? coded.getResultCode() : 0;
        // A short write shows as EIO; only the free space tells it from a failing disk.
        if (code == ENOSPC || code == EDQUOT || code == EIO && scarce(folder)) {
            return new StratoswarmException(
                    Kind.FULL,
                    what + ": no space is left for " + folder + "; nothing was written; free some space and try again",
                    failure);
        }
        return new StratoswarmException(
                Kind.SYSTEM, what + ": the database in " + folder + " says: " + failure.getMessage(), failure);
    }

    private static boolean scarce(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < SCARCE_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
