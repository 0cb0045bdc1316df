package io.stratoswarm.core.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.LinuxException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which the users of an LMDB environment know of each other. LMDB makes it without asking for room and writes to it
 * through a map, so that on a full disk the kernel would end this process (SIGBUS) where a write would have failed.
 */
public final class LockFile {
    private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);
    /** Of one reader, and at least of all else, in LMDB 0.9 on 64 bits. */
    private static final int READER_BYTES = 64;

    private static final int REST_BYTES = 4096;

    private LockFile() {}

    /**
     * Gives it room on the disk. To be called before the environment is opened in this process.
     *
     * @throws StratoswarmException of kind FULL where there is no room
     */
    public static void reserve(Path folder, int readers) {
        Path file = folder.resolve("lock.mdb");
        try {
            int fd = Linux.open(file, Linux.O_RDWR | Linux.O_CREAT, 0600);
            long result;
            try {
                result = Linux.allocate(fd, (long) readers * READER_BYTES + REST_BYTES);
            } finally {
                Linux.close(fd);
            }
            if (result == -Errno.ENOSPC || result == -Errno.EDQUOT) {
                throw new StratoswarmException(
                        Kind.FULL,
                        "cannot open the database: no space is left for " + folder + "; free some and try again");
            }
            if (result < 0) {
                LOG.debug("no room can be reserved for {}: {}", file, Errno.text((int) -result));
            }
        } catch (LinuxException e) {
            throw new StratoswarmException(
                    e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT ? Kind.FULL : Kind.SYSTEM,
                    "cannot open the database in " + folder + ": " + e.getMessage(),
                    e);
        }
    }
}
