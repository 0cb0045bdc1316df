package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.Epoll;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exit watcher: one thread that waits for the events of keepers, for the ends of processes and for messages of agents. What
 * it finds out is queued and told to the listener afterwards, while no lock is held.
 */
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    private final Epoll epoll = new Epoll();
    private final Map<Long, Runnable> handlers = new ConcurrentHashMap<>();
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong keys = new AtomicLong();
    private volatile boolean closing;
    private volatile @Nullable Thread runner;

    void run() {
        runner = Thread.currentThread();
        while (!closing) {
            step(-1);
        }
    }

    /** Waits at most so long (-1: without end), handles what came, then runs what is queued. */
    void step(int timeoutMillis) {
        epoll.await(queue.isEmpty() ? timeoutMillis : 0, (key, events) -> {
            Runnable handler = handlers.get(key);
            if (handler != null) {
                guarded(handler);
            }
        });
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            guarded(task);
        }
    }

    /** The boundary of this loop: whatever one agent's handler or the listener throws, the others are served. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("an event of an agent could not be handled", e);
        }
    }

    /** Watches a descriptor; the handler runs on the watcher's thread. Returns what {@link #forget} takes. */
    long watch(int fd, int interest, Runnable handler) {
        long key = keys.incrementAndGet();
        handlers.put(key, handler);
        epoll.add(fd, interest, key);
        return key;
    }

    /** Call it before the descriptor is closed. */
    void forget(long key, int fd) {
        if (handlers.remove(key) != null) {
            epoll.remove(fd);
        }
    }

    /** Queues what is to be told to the listener. */
    void tell(Runnable task) {
        queue.add(task);
        // What the watcher's own thread queues it runs before it waits again.
        if (Thread.currentThread() != runner) {
            epoll.wakeUp();
        }
    }

    /** Ends {@link #run}; the caller joins its thread before it calls {@link #close}. */
    void stop() {
        closing = true;
        epoll.wakeUp();
    }

    @Override
    public void close() {
        epoll.close();
    }
}
