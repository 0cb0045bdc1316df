package io.stratoswarm.core.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.lmdbjava.EnvFlags.MDB_NOLOCK;
import static org.lmdbjava.EnvFlags.MDB_NOTLS;
import static org.lmdbjava.EnvFlags.MDB_RDONLY_ENV;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.store.LockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * One LMDB environment with the events from {@link #first} on. The tables:
 *
 * <ul>
 *   <li>{@code events}: sequence → frame
 *   <li>{@code hashes}: stored index → 32 bytes
 *   <li>{@code index}: sequence → ids of subject and type, and the previous event in this segment of each
 *   <li>{@code names}: subjects and types → id, counts, newest event
 *   <li>{@code keys}: idempotency key → receipt
 *   <li>{@code meta}: what the segment begins with
 * </ul>
 *
 * Closing waits for reads in progress, for a read in a closed environment would end the process.
 */
final class Segment implements AutoCloseable {
    /** Who opens it. */
    enum Mode {
        /** The writer; takes LMDB's writer lock with each transaction. */
        WRITE,
        /** A daemon has it open; its file is not checked, for it changes meanwhile and the daemon has checked it. */
        READ_BESIDE,
        /** No daemon has it open. */
        READ_ALONE,
        /** Nobody will ever write to it again. */
        READ_SEALED
    }

    private static final int READERS = 126;

    final long first;
    final Path folder;
    /** Whether it holds what is kept of a segment that was pruned: all hashes, and few events. */
    final boolean pruned;

    final Env<ByteBuffer> env;
    final Dbi<ByteBuffer> events;
    final Dbi<ByteBuffer> hashes;
    final Dbi<ByteBuffer> index;
    final Dbi<ByteBuffer> names;
    final Dbi<ByteBuffer> keys;
    final Dbi<ByteBuffer> meta;
    private final StampedLock open = new StampedLock();
    private final Semaphore readers = new Semaphore(READERS);
    private boolean closed;
    private boolean retired;

    private Segment(long first, Path folder, Env<ByteBuffer> env, boolean create) {
        this.first = first;
        this.folder = folder;
        this.pruned = Segments.isRemnant(folder);
        this.env = env;
        this.events = table("events", create);
        this.hashes = table("hashes", create);
        this.index = table("index", create);
        this.names = table("names", create);
        this.keys = table("keys", create);
        this.meta = table("meta", create);
    }

    static Segment open(Path folder, long first, Mode mode, long mapBytes) {
        if (mode == Mode.READ_SEALED) {
            Env<ByteBuffer> env =
                    env(folder, Math.max(dataBytes(folder), 1 << 20), MDB_RDONLY_ENV, MDB_NOTLS, MDB_NOLOCK);
            return wrap(folder, first, env, false);
        }
        if (mode == Mode.WRITE) {
            LockFile.reserve(folder, READERS);
        }
        EnvFlags[] flags = mode == Mode.WRITE ? new EnvFlags[] {MDB_NOTLS} : new EnvFlags[] {MDB_RDONLY_ENV, MDB_NOTLS};
        // A host may limit address space, so a map that cannot be had is tried smaller, as long as the data fits.
        for (long size = mapBytes; ; size /= 16) {
            try {
                return wrap(folder, first, env(folder, size, flags), mode == Mode.WRITE);
            } catch (LmdbException e) {
                if (size < 1L << 34) {
                    throw new StratoswarmException(Kind.SYSTEM, "cannot open the database in " + folder + ": " + e, e);
                }
            }
        }
    }

    private static Segment wrap(Path folder, long first, Env<ByteBuffer> env, boolean create) {
        try {
            return new Segment(first, folder, env, create);
        } catch (LmdbException e) {
            env.close();
            throw new StratoswarmException(
                    Kind.DAMAGED, "tables are missing in " + folder + "; run: stratoswarm journal verify", e);
        }
    }

    private static Env<ByteBuffer> env(Path folder, long mapBytes, EnvFlags... flags) {
        return Env.create(ByteBufferProxy.PROXY_OPTIMAL)
                .setMapSize(mapBytes)
                .setMaxDbs(8)
                .setMaxReaders(READERS)
                .open(folder.toFile(), 0600, flags);
    }

    static long dataBytes(Path folder) {
        try {
            return Files.size(folder.resolve("data.mdb"));
        } catch (IOException e) {
            throw new StratoswarmException(Kind.DAMAGED, "cannot read " + folder.resolve("data.mdb") + ": " + e, e);
        }
    }

    private Dbi<ByteBuffer> table(String name, boolean create) {
        return create ? env.openDbi(name, DbiFlags.MDB_CREATE) : env.openDbi(name);
    }

    /** Runs a short read. It must not call foreign code and must not read from this segment again within. */
    <T extends @Nullable Object> T read(Function<Txn<ByteBuffer>, T> body) {
        readers.acquireUninterruptibly();
        long stamp = open.readLock();
        try {
            if (retired) {
                throw new Retired(this);
            }
            if (closed) {
                throw new StratoswarmException(Kind.UNAVAILABLE, "the journal is closed");
            }
            try (Txn<ByteBuffer> txn = env.txnRead()) {
                return body.apply(txn);
            }
        } finally {
            open.unlockRead(stamp);
            readers.release();
        }
    }

    byte @Nullable [] meta(String name) {
        return read(txn -> meta(txn, name));
    }

    byte @Nullable [] meta(Txn<ByteBuffer> txn, String name) {
        ByteBuffer value = meta.get(txn, Bytes.direct(name.getBytes(US_ASCII)));
        return value == null ? null : Bytes.copy(value);
    }

    byte[] requiredMeta(String name) {
        byte[] value = meta(name);
        if (value == null) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    "the entry '" + name + "' is missing in " + folder + "; run: stratoswarm journal salvage");
        }
        return value;
    }

    /** A segment was pruned while somebody was about to read from it; what is kept of it is in another one by now. */
    static final class Retired extends StratoswarmException {
        private static final long serialVersionUID = 1L;

        Retired(Segment segment) {
            super(Kind.GONE, "the events from " + segment.first + " on have just been pruned; ask again");
        }
    }

    /** Closes it for good, once reads in progress have ended, because its events were pruned. */
    void retire() {
        long stamp = open.writeLock();
        try {
            retired = true;
        } finally {
            open.unlockWrite(stamp);
        }
        close();
    }

    @Override
    public void close() {
        long stamp = open.writeLock();
        try {
            if (!closed) {
                closed = true;
                env.close();
            }
        } finally {
            open.unlockWrite(stamp);
        }
    }
}
