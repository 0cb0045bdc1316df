package io.stratoswarm.benchmarks;

import static org.lmdbjava.DbiFlags.MDB_CREATE;
import static org.lmdbjava.PutFlags.MDB_APPEND;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/**
 * The limit: a loop on lmdbjava that writes records, tree nodes and index entries of the journal's sizes, in batches of the
 * journal's size, and computes nothing.
 */
final class BareLmdb implements Peer {
    private static final int HASH_BYTES = 32;
    private static final int INDEX_BYTES = 16;

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> events;
    private final Dbi<ByteBuffer> hashes;
    private final Dbi<ByteBuffer> index;
    private final ByteBuffer key = ByteBuffer.allocateDirect(8);
    private final ByteBuffer frame;
    private final ByteBuffer hash = ByteBuffer.allocateDirect(HASH_BYTES);
    private final ByteBuffer entry = ByteBuffer.allocateDirect(INDEX_BYTES);
    private long next;
    private long nextHash;

    BareLmdb(Path folder, int frameBytes) {
        env = Env.create().setMapSize(1L << 36).setMaxDbs(3).open(folder.toFile());
        events = env.openDbi("events", MDB_CREATE);
        hashes = env.openDbi("hashes", MDB_CREATE);
        index = env.openDbi("index", MDB_CREATE);
        frame = ByteBuffer.allocateDirect(frameBytes);
        byte[] noise = new byte[frameBytes];
        new SplittableRandom(1).nextBytes(noise);
        frame.put(noise).flip();
        hash.put(noise, 0, HASH_BYTES).flip();
        entry.put(noise, 0, INDEX_BYTES).flip();
    }

    @Override
    public String name() {
        return "bare lmdbjava";
    }

    @Override
    public void write(int batch) {
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            try (Cursor<ByteBuffer> toEvents = events.openCursor(txn);
                    Cursor<ByteBuffer> toHashes = hashes.openCursor(txn);
                    Cursor<ByteBuffer> toIndex = index.openCursor(txn)) {
                for (int i = 0; i < batch; i++) {
                    key.clear().putLong(next).flip();
                    toEvents.put(key, frame.rewind(), MDB_APPEND);
                    toIndex.put(key, entry.rewind(), MDB_APPEND);
                    // RFC 6962: a leaf completes as many nodes above it as its sequence has trailing one bits.
                    int nodes = 1 + Long.numberOfTrailingZeros(~next);
                    for (int node = 0; node < nodes; node++) {
                        key.clear().putLong(nextHash++).flip();
                        toHashes.put(key, hash.rewind(), MDB_APPEND);
                    }
                    next++;
                }
            }
            txn.commit();
        }
    }

    @Override
    public void close() {
        env.close();
    }
}
