package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.store.TableStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives events to one reactor. The cursor is stored once it was {@link #STORE_AFTER_NANOS} behind, every {@link #STORE_EVERY} events
 * at the latest, and when the reactor is let go, so that a hot update neither misses nor repeats an event; only after a crash may the
 * last ones come again.
 */
final class ReactorDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReactorDriver.class);
    private static final int STORE_EVERY = 256;
    private static final long STORE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LAST_PAUSE_MILLIS = 60_000;

    private final Reactor reactor;
    private final String id;
    private final LmdbJournal journal;
    private final TableStore.Table cursors;
    private final ReentrantLock turn;
    private final Thread thread;
    private final ReentrantLock pauseLock = new ReentrantLock();
    private final Condition resumed = pauseLock.newCondition();
    private volatile boolean closed;
    private long position;
    private long stored;

    ReactorDriver(Reactor reactor, LmdbJournal journal, TableStore.Table cursors, ReentrantLock turn) {
        this.reactor = reactor;
        this.id = reactor.id();
        this.journal = journal;
        this.cursors = cursors;
        this.turn = turn;
        this.thread = Thread.ofPlatform().name("reactor-" + id).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        turn.lock();
        try {
            stored = cursors.get(id).map(Bytes::asLong).orElse(0L);
            long first = journal.first();
            if (stored < first) {
                LOG.warn("reactor {} begins with event {}: those from {} on were pruned", id, first, stored);
            }
            position = Math.max(first, stored);
            long left = STORE_AFTER_NANOS;
            while (!closed) {
                // What happens at once is many events, and the disk has more urgent things to write while it does.
                if (position == stored) {
                    journal.tail().await(position, () -> closed);
                    left = STORE_AFTER_NANOS;
                } else {
                    left = journal.tail().await(position, () -> closed, left);
                }
                if (left <= 0) {
                    store();
                }
                deliver(journal.size());
            }
            store();
        } catch (InterruptedException e) {
            LOG.warn("reactor {} was interrupted at event {}", id, position);
        } catch (RuntimeException | Error e) {
            // A boundary: this reactor stops; its cursor is as last stored.
            LOG.error("reactor {} stopped at event {}: {}", id, position, e.toString(), e);
        } finally {
            turn.unlock();
        }
    }

    private void deliver(long end) throws InterruptedException {
        while (!closed && position < end) {
            for (Event event : journal.chunk(position, end, STORE_EVERY)) {
                if (!deliver(event)) {
                    return;
                }
            }
            if (position < end || position - stored >= STORE_EVERY) {
                store();
            }
        }
    }

    /** Until it succeeds; false where the reactor was let go before. */
    private boolean deliver(Event event) throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                reactor.on(event);
                position = event.sequence() + 1;
                return true;
            } catch (Exception e) {
                LOG.error(
                        "reactor {} failed at event {} ({}); it is given again in {} ms: {}",
                        id,
                        event.sequence(),
                        event.type(),
                        pause,
                        e.toString(),
                        e);
                pause(pause);
                pause = Math.min(LAST_PAUSE_MILLIS, pause * 2);
            }
        }
        return false;
    }

    private void pause(long millis) throws InterruptedException {
        pauseLock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = resumed.awaitNanos(left);
            }
        } finally {
            pauseLock.unlock();
        }
    }

    private void store() {
        if (position != stored) {
            cursors.write(Map.of(id, Optional.of(Bytes.of(position))));
            stored = position;
        }
    }

    @Override
    public void close() {
        closed = true;
        pauseLock.lock();
        try {
            resumed.signalAll();
        } finally {
            pauseLock.unlock();
        }
        journal.tail().wakeAll();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
