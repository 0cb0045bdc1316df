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
    /**
     * How often the writer looks again before it sleeps; sleeping and waking cost more than a few looks. It looks longer while
     * that finds something, as when one caller appends again at every answer, and tries the longer look now and then.
     */
    private static final int FEW_LOOKS = 200;

    private static final int MANY_LOOKS = 4_000;
    private static final int TRY_EVERY = 16;

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final int capacity;
    private volatile @Nullable Thread owner;
    private volatile @Nullable Thread answering;
    private int patience = FEW_LOOKS;
    private int sleeps;
    private volatile boolean asleep;
    private volatile boolean closed;

    AppendQueue(int capacity) {
        this.capacity = capacity;
        this.room = new Semaphore(capacity);
    }

    /** The writer's thread and the one that runs callbacks: neither may be held back, for the room it waits for is its own to make. */
    void owners(Thread writer, Thread callbacks) {
        owner = writer;
        answering = callbacks;
    }

    void put(Pending pending) {
        Thread current = Thread.currentThread();
        if (current == owner || current == answering) {
            pending.counted = false;
        } else {
            room.acquireUninterruptibly();
        }
        queue.add(pending);
        if (closed && queue.remove(pending)) {
            releaseOne(pending);
            pending.future.completeExceptionally(closedFailure());
            return;
        }
        wake();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Waits for something to take; false once closed and drained. */
    boolean await() {
        int looks = 0;
        while (true) {
            if (!queue.isEmpty() || closed) {
                patience = looks > FEW_LOOKS ? MANY_LOOKS : patience;
                return !queue.isEmpty();
            }
            if (looks++ < patience) {
                Thread.onSpinWait();
                continue;
            }
            sleep();
            looks = 0;
        }
    }

    /** Takes what is there. */
    List<Pending> take(int limit) {
        List<Pending> batch = new ArrayList<>();
        int counted = 0;
        for (Pending each = queue.poll(); each != null; each = batch.size() < limit ? queue.poll() : null) {
            batch.add(each);
            counted += each.counted ? 1 : 0;
        }
        if (counted > 0) {
            room.release(counted);
        }
        return batch;
    }

    private void sleep() {
        patience = ++sleeps % TRY_EVERY == 0 ? MANY_LOOKS : FEW_LOOKS;
        asleep = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private void releaseOne(Pending pending) {
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
