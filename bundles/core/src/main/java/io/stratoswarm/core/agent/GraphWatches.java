package io.stratoswarm.core.agent;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers which graphs changed, each on a thread of its own. A graph that changes again before its watcher has come to it
 * is told once, so a slow watcher holds nobody up and what waits for it is bounded by the number of graphs.
 */
final class GraphWatches {
    private static final Logger LOG = LoggerFactory.getLogger(GraphWatches.class);

    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();

    /** From any thread. {@code known} is asked once changes are taken note of, so that none falls between. */
    AutoCloseable add(Consumer<String> changed, java.util.function.Supplier<? extends Collection<String>> known) {
        Watch watch = new Watch(changed);
        watches.add(watch);
        known.get().forEach(watch::changed);
        watch.thread.start();
        return watch;
    }

    void changed(String graph) {
        for (Watch watch : watches) {
            watch.changed(graph);
        }
    }

    void close() {
        List.copyOf(watches).forEach(Watch::close);
    }

    private final class Watch implements AutoCloseable {
        private final Consumer<String> consumer;
        private final LinkedHashSet<String> waiting = new LinkedHashSet<>();
        private final Thread thread;
        private boolean closed;

        Watch(Consumer<String> consumer) {
            this.consumer = consumer;
            this.thread = Thread.ofPlatform()
                    .name("graph-watch-" + number.incrementAndGet())
                    .daemon()
                    .unstarted(this::loop);
        }

        synchronized void changed(String graph) {
            if (waiting.add(graph)) {
                notifyAll();
            }
        }

        private synchronized String next() throws InterruptedException {
            while (waiting.isEmpty() && !closed) {
                wait();
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
            return waiting.removeFirst();
        }

        private void loop() {
            try {
                while (true) {
                    tell(next());
                }
            } catch (InterruptedException e) {
                LOG.debug("A watch of graphs ends");
            }
        }

        private void tell(String graph) {
            try {
                consumer.accept(graph);
            } catch (RuntimeException e) {
                LOG.error("A watcher of graphs failed at {}; it is told of later changes all the same", graph, e);
            }
        }

        /** Waits until the watcher is not being told anything any more, but for one that closes itself. */
        @Override
        public void close() {
            watches.remove(this);
            synchronized (this) {
                closed = true;
                notifyAll();
            }
            if (Thread.currentThread() != thread) {
                thread.interrupt();
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
