package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to one client that reads JSON lines. Holds a bounded number of bytes: a writer waits while the client does not read,
 * and a client that reads nothing for a minute is let go.
 */
final class LineSink implements AutoCloseable {
    private static final int MAX_BYTES = 256 * 1024;

    private final String mediaType;
    private final HttpServerResponse response;
    private final Context context;
    private final long patienceMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private int inFlight;
    private boolean scheduled;
    private boolean begun;
    private boolean closed;

    LineSink(String mediaType, HttpServerResponse response, Context context, long patienceMillis) {
        this.mediaType = mediaType;
        this.response = response;
        this.context = context;
        this.patienceMillis = patienceMillis;
        response.closeHandler(v -> close());
        response.exceptionHandler(e -> close());
    }

    /** Whether anything was or is to be sent; then it is too late for another status. */
    boolean begun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Sends the head, so that a client of a quiet stream knows that it runs. */
    void open() {
        lock.lock();
        try {
            begun = true;
        } finally {
            lock.unlock();
        }
        context.runOnContext(v -> {
            if (!isClosed() && !response.headWritten()) {
                response.setChunked(true).putHeader("Content-Type", mediaType);
                response.writeHead().onFailure(e -> close());
            }
        });
    }

    /** Waits until the line has a place; false once the client is gone, and then the caller should end. */
    boolean write(JsonNode line) {
        byte[] bytes = Json.bytes(line);
        byte[] ended = Arrays.copyOf(bytes, bytes.length + 1);
        ended[bytes.length] = '\n';
        return write(ended);
    }

    /** As {@link #write(JsonNode)}, of bytes as they are. */
    boolean write(byte[] bytes) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
            while (!closed && inFlight + waiting.size() > MAX_BYTES) {
                if (nanos <= 0) {
                    closed = true;
                    changed.signalAll();
                    context.runOnContext(v -> response.reset());
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            if (closed) {
                return false;
            }
            begun = true;
            waiting.write(bytes, 0, bytes.length);
            if (!scheduled) {
                scheduled = true;
                context.runOnContext(v -> flush());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** On the event loop: everything that waits becomes one write, so that a flood of lines is not a flood of packets. */
    private void flush() {
        byte[] bytes;
        lock.lock();
        try {
            scheduled = false;
            if (closed || waiting.size() == 0) {
                return;
            }
            bytes = waiting.toByteArray();
            waiting = new ByteArrayOutputStream();
            inFlight += bytes.length;
        } finally {
            lock.unlock();
        }
        if (!response.headWritten()) {
            response.setChunked(true).putHeader("Content-Type", mediaType);
        }
        response.write(Buffer.buffer(bytes)).onComplete(result -> written(bytes.length, result.succeeded()));
    }

    private void written(int bytes, boolean good) {
        lock.lock();
        try {
            inFlight -= bytes;
            closed |= !good;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the client goes or the server ends. */
    void awaitClosed() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #awaitClosed()}, but at most so long; tells whether it is closed. */
    boolean awaitClosed(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return closed;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the response once all lines are sent; to be called on no event loop. */
    void finish() {
        context.runOnContext(v -> {
            flush();
            if (!isClosed() && !response.ended()) {
                if (!response.headWritten()) {
                    response.setChunked(true).putHeader("Content-Type", mediaType);
                }
                response.end();
            }
            close();
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
