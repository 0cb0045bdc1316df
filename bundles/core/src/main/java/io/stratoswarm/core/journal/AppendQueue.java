package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the writer, first in, first out. A caller is held back while it is full; the writer's own thread never is,
 * for it would wait for itself when a callback appends.
 */
final class AppendQueue {
    /** How often the writer looks again before it sleeps; sleeping and waking cost more than a few looks. */
    private static final int LOOKS = 200;

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final int capacity;
    private volatile @Nullable Thread owner;
    private volatile boolean asleep;
    private volatile boolean closed;

    AppendQueue(int capacity) {
        this.capacity = capacity;
        this.room = new Semaphore(capacity);
    }

    void owner(Thread thread) {
        owner = thread;
    }

    void put(Pending pending) {
        if (Thread.currentThread() == owner) {
            pending.counted = false;
        } else {
            room.acquireUninterruptibly();
        }
        queue.add(pending);
        if (closed && queue.remove(pending)) {
            release(pending);
            pending.future.completeExceptionally(closedFailure());
            return;
        }
        wake();
    }

    /** Waits for something and takes what is there; empty once closed and drained. */
    List<Pending> take(int limit) {
        List<Pending> batch = new ArrayList<>();
        int looks = 0;
        while (true) {
            for (Pending each = queue.poll(); each != null; each = batch.size() < limit ? queue.poll() : null) {
                batch.add(each);
                release(each);
            }
            if (!batch.isEmpty() || closed) {
                return batch;
            }
            if (looks++ < LOOKS) {
                Thread.onSpinWait();
                continue;
            }
            asleep = true;
            if (queue.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }

    private void release(Pending pending) {
        if (pending.counted) {
            room.release();
        }
    }

    void close() {
        closed = true;
        // Callers that wait for room find the queue closed.
        room.release(capacity);
        wake();
    }

    private void wake() {
        if (asleep) {
            LockSupport.unpark(owner);
        }
    }

    static StratoswarmException closedFailure() {
        return new StratoswarmException(Kind.UNAVAILABLE, "the journal is closed");
    }
}
