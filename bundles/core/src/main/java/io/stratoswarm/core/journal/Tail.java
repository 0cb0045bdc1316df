package io.stratoswarm.core.journal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** How far the journal is durable, and a way to wait for more. Those who wait read for themselves, so none slows the writer. */
final class Tail {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private volatile long size;
    private volatile int waiting;

    Tail(long size) {
        this.size = size;
    }

    long size() {
        return size;
    }

    void advance(long newSize) {
        size = newSize;
        if (waiting > 0) {
            wakeAll();
        }
    }

    void wakeAll() {
        lock.lock();
        try {
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is an event of this sequence, or the condition ends the wait. */
    void await(long sequence, BooleanSupplier stop) throws InterruptedException {
        long unused = await(sequence, stop, Long.MAX_VALUE);
    }

    /** Waits at most so many nanoseconds; how many are left of them, none where neither came to be. */
    long await(long sequence, BooleanSupplier stop, long nanos) throws InterruptedException {
        if (size > sequence || stop.getAsBoolean()) {
            return nanos;
        }
        lock.lock();
        try {
            waiting++;
            long left = nanos;
            while (size <= sequence && !stop.getAsBoolean()) {
                if (left <= 0) {
                    return left;
                }
                left = grown.awaitNanos(left);
            }
            return left;
        } finally {
            waiting--;
            lock.unlock();
        }
    }
}
