package io.stratoswarm.core.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.linux.MappedFile;
import io.stratoswarm.core.lmdbfile.LmdbCheck;
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

/** An LMDB environment that is checked before it is mapped and closed only once nobody is in it. */
public final class Environment implements AutoCloseable {
    private static final int READERS = 126;
    private static final int MAX_TABLES = 8;

    private final Path folder;
    private final Env<ByteBuffer> env;
    private final StampedLock open = new StampedLock();
    private final Semaphore readers = new Semaphore(READERS);
    private boolean closed;

    public Environment(Path folder, long mapBytes) {
        Folders.createPrivate(folder);
        this.folder = folder;
        Path file = folder.resolve("data.mdb");
        if (Files.exists(file)) {
            String problem = LmdbCheck.problem(file);
            if (problem != null) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        file + " is damaged (" + problem + "); put back a backup, or move " + folder
                                + " aside to go on without what it holds");
            }
        }
        this.env = open(folder, mapBytes);
    }

    private static Env<ByteBuffer> open(Path folder, long mapBytes) {
        LockFile.reserve(folder, READERS);
        for (long size = mapBytes; ; size /= 16) {
            try {
                return Env.create(ByteBufferProxy.PROXY_OPTIMAL)
                        .setMapSize(size)
                        .setMaxDbs(MAX_TABLES)
                        .setMaxReaders(READERS)
                        .open(folder.toFile(), 0600, EnvFlags.MDB_NOTLS);
            } catch (LmdbException e) {
                if (size < 1L << 32) {
                    throw StorageFailure.of(e, folder, "cannot open the database");
                }
            }
        }
    }

    /** Opens a table, or makes it. An environment that lacks one is of no use, so a failure closes it. */
    public Dbi<ByteBuffer> table(String name) {
        try {
            return env.openDbi(name, DbiFlags.MDB_CREATE);
        } catch (LmdbException e) {
            close();
            throw StorageFailure.of(e, folder, "cannot open the table " + name);
        }
    }

    public <T extends @Nullable Object> T read(Function<Txn<ByteBuffer>, T> body) {
        readers.acquireUninterruptibly();
        long stamp = enter();
        try (Txn<ByteBuffer> txn = env.txnRead()) {
            return body.apply(txn);
        } finally {
            open.unlockRead(stamp);
            readers.release();
        }
    }

    /** Runs the changes and makes them durable, or leaves everything as it was. */
    public <T extends @Nullable Object> T write(Function<Txn<ByteBuffer>, T> body) {
        long stamp = enter();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            T result = body.apply(txn);
            txn.commit();
            return result;
        } catch (LmdbException e) {
            throw StorageFailure.of(e, folder, "cannot write");
        } finally {
            open.unlockRead(stamp);
        }
    }

    /**
     * Takes the pages that were read through the map out of this process's resident memory, where they would stay as long as the
     * host has room; they remain in the page cache. Nothing depends on it, so a refusal is passed over.
     */
    public void releasePages() {
        long stamp = enter();
        try {
            MappedFile.release(folder.resolve("data.mdb"));
        } finally {
            open.unlockRead(stamp);
        }
    }

    private long enter() {
        long stamp = open.readLock();
        if (closed) {
            open.unlockRead(stamp);
            throw new StratoswarmException(Kind.UNAVAILABLE, "the store in " + folder + " is closed");
        }
        return stamp;
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

    public static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    public static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
