package io.stratoswarm.graphops.node;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets threads wait for pipes: one thread of its own polls for all of them. */
final class PipeWaits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PipeWaits.class);

    private static final long WITHOUT_POLLER_MILLIS = 50;

    private final Poller poller;
    private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    /** Guarded by this. */
    private final Map<Long, Wait> waiting = new HashMap<>();

    private long lastKey;
    private volatile boolean closed;

    PipeWaits(Poller poller) {
        this.poller = poller;
        thread = Thread.ofPlatform().daemon().name("node-pipes").unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    /** Somebody who waits, or is about to. */
    final class Wait {
        private final Pipe pipe;
        private final boolean readable;
        private final CountDownLatch over = new CountDownLatch(1);
        private long key;

        Wait(Pipe pipe, boolean readable) {
            this.pipe = pipe;
            this.readable = readable;
        }

        /** Returns once the pipe has bytes or room, or somebody ended the wait; nobody watches the pipe any more then. */
        void await() throws InterruptedException {
            if (closed) {
                Thread.sleep(WITHOUT_POLLER_MILLIS);
                return;
            }
            submit(() -> begin(this));
            try {
                over.await();
            } catch (InterruptedException e) {
                end();
                awaitEnd();
                throw e;
            }
        }

        /** From any thread. */
        void end() {
            submit(() -> finish(this));
        }

        /** The pipe may be closed right after, and must not be watched then. */
        private void awaitEnd() {
            boolean interrupted = false;
            while (true) {
                try {
                    over.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void submit(Runnable request) {
        requests.add(request);
        poller.wakeUp();
        if (closed) {
            // The thread may be gone and this request unseen.
            drain();
        }
    }

    private void drain() {
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
            request.run();
        }
    }

    private synchronized void begin(Wait wait) {
        if (closed) {
            wait.over.countDown();
            return;
        }
        if (wait.over.getCount() == 0) {
            return;
        }
        wait.key = ++lastKey;
        waiting.put(wait.key, wait);
        if (wait.readable) {
            poller.readable(wait.pipe, wait.key);
        } else {
            poller.writable(wait.pipe, wait.key);
        }
    }

    private synchronized void finish(Wait wait) {
        if (waiting.remove(wait.key, wait) && !closed) {
            poller.forget(wait.pipe);
        }
        wait.over.countDown();
    }

    void step(long timeoutMillis) {
        drain();
        poller.await(timeoutMillis, this::ready);
    }

    private synchronized void ready(long key) {
        Wait wait = waiting.get(key);
        if (wait != null) {
            finish(wait);
        }
    }

    private void loop() {
        try {
            while (!closed) {
                step(-1);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("nodes cannot wait for their pipes any more and will be slow to notice what is there", e);
            closed = true;
        }
        drain();
        endAll();
        poller.close();
    }

    private synchronized void endAll() {
        waiting.values().forEach(wait -> wait.over.countDown());
        waiting.clear();
    }

    @Override
    public void close() {
        closed = true;
        poller.wakeUp();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
