package io.stratoswarm.core.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.data.Folders;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.CopyFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;

/** Copies the environment of tables or queues as it is at one moment, also beside a daemon. These are small. */
public final class StoreCopy {
    private StoreCopy() {}

    /** Nothing is copied where the source does not exist. */
    public static void copy(Path from, Path to) {
        if (!Files.exists(from.resolve("data.mdb"))) {
            return;
        }
        Folders.createPrivate(to);
        try (Env<ByteBuffer> env = Env.create()
                .setMapSize(1L << 38)
                .setMaxDbs(4)
                .open(from.toFile(), 0600, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOTLS)) {
            env.copy(to.toFile(), CopyFlags.MDB_CP_COMPACT);
        } catch (LmdbException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot copy the database in " + from + ": " + e, e);
        }
    }
}
