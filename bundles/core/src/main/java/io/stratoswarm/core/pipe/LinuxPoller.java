package io.stratoswarm.core.pipe;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.core.linux.Epoll;
import java.util.function.LongConsumer;

/** A poller on epoll, level-triggered. A descriptor has one interest at a time. */
final class LinuxPoller implements Poller {
    private final Epoll epoll = new Epoll();
    private final Object closing = new Object();
    private boolean closed;

    @Override
    public void readable(Pipe pipe, long key) {
        epoll.change(LinuxPipe.of(pipe).descriptor(), Epoll.IN, key);
    }

    @Override
    public void writable(Pipe pipe, long key) {
        epoll.change(LinuxPipe.of(pipe).descriptor(), Epoll.OUT, key);
    }

    @Override
    public void forget(Pipe pipe) {
        epoll.remove(LinuxPipe.of(pipe).descriptor());
    }

    @Override
    public int await(long timeoutMillis, LongConsumer ready) {
        int timeout = timeoutMillis < 0 ? -1 : (int) Math.min(timeoutMillis, Integer.MAX_VALUE);
        return epoll.await(timeout, (key, events) -> ready.accept(key));
    }

    @Override
    public void wakeUp() {
        // Whoever wakes it up need not know that it is closed, and its descriptor may be another's by then.
        synchronized (closing) {
            if (!closed) {
                epoll.wakeUp();
            }
        }
    }

    @Override
    public void close() {
        synchronized (closing) {
            if (!closed) {
                closed = true;
                epoll.close();
            }
        }
    }
}
