package io.stratoswarm.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.QueueStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** Queues in one environment: a record's key is the queue's number and its position. */
public final class LmdbQueueStore implements QueueStore, AutoCloseable {
    private static final int MAX_NAME = 400;
    private static final long MAP_BYTES = 1L << 38;
    private static final int DELETE_CHUNK = 10_000;
    private static final String NUMBERS = "\0next";

    private final Environment environment;
    private final Dbi<ByteBuffer> records;
    private final Dbi<ByteBuffer> queues;

    public LmdbQueueStore(Path folder) {
        this(folder, MAP_BYTES);
    }

    LmdbQueueStore(Path folder, long mapBytes) {
        environment = new Environment(folder, mapBytes);
        records = environment.table("records");
        queues = environment.table("queues");
    }

    /** What is kept of a queue. */
    private record State(int number, long head, long tail, long bytes) {
        ByteBuffer direct() {
            return ByteBuffer.allocateDirect(28)
                    .putInt(number)
                    .putLong(head)
                    .putLong(tail)
                    .putLong(bytes)
                    .flip();
        }

        static State read(ByteBuffer in) {
            return new State(in.getInt(0), in.getLong(4), in.getLong(12), in.getLong(20));
        }
    }

    private static ByteBuffer nameKey(String name) {
        byte[] bytes = name.getBytes(UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_NAME || name.charAt(0) == '\0') {
            throw new StratoswarmException(
                    Kind.INVALID, "a queue's name has 1.." + MAX_NAME + " bytes, not " + bytes.length);
        }
        return Environment.direct(bytes);
    }

    @Override
    public Queue open(String name, long maxBytes) {
        ByteBuffer key = nameKey(name);
        boolean known = environment.read(txn -> queues.get(txn, key.duplicate()) != null);
        if (!known) {
            environment.write(txn -> {
                ByteBuffer counter = Environment.direct(NUMBERS.getBytes(UTF_8));
                ByteBuffer last = queues.get(txn, counter);
                int number = last == null ? 1 : last.getInt(0) + 1;
                queues.put(txn, counter, ByteBuffer.allocateDirect(4).putInt(0, number));
                return queues.put(txn, key.duplicate(), new State(number, 0, 0, 0).direct(), PutFlags.MDB_NOOVERWRITE);
            });
        }
        return new LmdbQueue(name, maxBytes);
    }

    @Override
    public void write(List<Change> changes) {
        environment.write(txn -> {
            for (Change each : changes) {
                if (!(each.queue() instanceof LmdbQueue queue) || queue.store() != this) {
                    throw new IllegalArgumentException(each.queue() + " is no queue of this store");
                }
                queue.change(txn, each.beforePosition(), each.append());
            }
            return true;
        });
    }

    @Override
    public void delete(String name) {
        ByteBuffer key = nameKey(name);
        State state = environment.read(txn -> find(txn, key));
        if (state != null) {
            // The name goes first, so that a crash in between leaves only records that no queue can reach.
            environment.write(txn -> queues.delete(txn, key.duplicate()));
            remove(state.number, state.head, state.tail);
        }
    }

    private @Nullable State find(Txn<ByteBuffer> txn, ByteBuffer key) {
        ByteBuffer stored = queues.get(txn, key.duplicate());
        return stored == null ? null : State.read(stored);
    }

    private static ByteBuffer recordKey(int number, long position) {
        return ByteBuffer.allocateDirect(12).putInt(number).putLong(position).flip();
    }

    private void remove(int number, long from, long to) {
        for (long start = from; start < to; start += DELETE_CHUNK) {
            long first = start;
            long end = Math.min(to, start + DELETE_CHUNK);
            environment.write(txn -> {
                for (long at = first; at < end; at++) {
                    records.delete(txn, recordKey(number, at));
                }
                return true;
            });
        }
    }

    @Override
    public void close() {
        environment.close();
    }

    private final class LmdbQueue implements Queue {
        private final String name;
        private final ByteBuffer key;
        private final long maxBytes;

        LmdbQueue(String name, long maxBytes) {
            this.name = name;
            this.key = nameKey(name);
            this.maxBytes = maxBytes;
        }

        private LmdbQueueStore store() {
            return LmdbQueueStore.this;
        }

        private State state(Txn<ByteBuffer> txn) {
            State state = find(txn, key);
            if (state == null) {
                throw new StratoswarmException(Kind.NOT_FOUND, "queue " + name + " was deleted");
            }
            return state;
        }

        @Override
        public long append(List<byte[]> added) {
            return environment.write(txn -> change(txn, 0, added));
        }

        /** Position of the first record that was appended. */
        private long change(Txn<ByteBuffer> txn, long beforePosition, List<byte[]> added) {
            State state = removed(txn, state(txn), beforePosition);
            long bytes = state.bytes;
            for (byte[] each : added) {
                bytes += each.length;
            }
            if (!added.isEmpty() && bytes > maxBytes) {
                throw new StratoswarmException(
                        Kind.FULL,
                        "queue " + name + " holds " + state.bytes + " bytes and may hold " + maxBytes
                                + "; acknowledge what was delivered, or raise its limit");
            }
            long position = state.tail;
            for (byte[] each : added) {
                // The database gives the place to write to, which spares a copy and a buffer as large as the record.
                records.reserve(txn, recordKey(state.number, position++), each.length)
                        .put(each);
            }
            queues.put(txn, key.duplicate(), new State(state.number, state.head, position, bytes).direct());
            return state.tail;
        }

        private State removed(Txn<ByteBuffer> txn, State state, long beforePosition) {
            long end = Math.min(beforePosition, state.tail);
            if (end <= state.head) {
                return state;
            }
            long bytes = state.bytes;
            try (Cursor<ByteBuffer> cursor = records.openCursor(txn)) {
                boolean more = cursor.get(recordKey(state.number, state.head), GetOp.MDB_SET_KEY);
                for (long at = state.head; more && at < end; at++) {
                    bytes -= cursor.val().remaining();
                    cursor.delete();
                    // What follows has moved up to where the cursor stands.
                    more = at + 1 < end && cursor.get(recordKey(state.number, at + 1), GetOp.MDB_SET_KEY);
                }
            }
            return new State(state.number, end, state.tail, bytes);
        }

        @Override
        public List<Entry> read(long fromPosition, int limit) {
            return environment.read(txn -> {
                State state = state(txn);
                List<Entry> found = new ArrayList<>();
                long position = Math.max(fromPosition, state.head);
                try (Cursor<ByteBuffer> cursor = records.openCursor(txn)) {
                    boolean more =
                            position < state.tail && cursor.get(recordKey(state.number, position), GetOp.MDB_SET_KEY);
                    while (more && position < state.tail && found.size() < limit) {
                        found.add(new Entry(position++, Environment.copy(cursor.val())));
                        more = cursor.next();
                    }
                }
                return found;
            });
        }

        @Override
        public void acknowledge(long beforePosition) {
            environment.write(txn -> change(txn, beforePosition, List.of()));
        }

        @Override
        public long head() {
            return environment.read(txn -> state(txn).head);
        }

        @Override
        public long tail() {
            return environment.read(txn -> state(txn).tail);
        }

        @Override
        public long bytes() {
            return environment.read(txn -> state(txn).bytes);
        }
    }
}
