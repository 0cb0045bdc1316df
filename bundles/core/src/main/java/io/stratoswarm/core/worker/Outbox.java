package io.stratoswarm.core.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way to a worker. Nobody who sends ever waits: what surely fits into the pipe is written at once, which spares a change of
 * threads, and the rest is left to a thread of this outbox. What fits is known from what the worker has not yet answered.
 */
final class Outbox {
    /** Half of what a pipe holds by default. */
    private static final int SURE = 32 << 10;

    private final OutputStream pipe;
    private final String name;
    private final ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private @Nullable Thread writer;
    private long unanswered;
    private boolean writing;
    private boolean closed;

    Outbox(OutputStream pipe, String name) {
        this.pipe = pipe;
        this.name = name;
    }

    /** A worker that takes no more has ended, which its other pipe tells. */
    synchronized void send(Frame frame) {
        unanswered += frame.length();
        if (closed) {
            return;
        }
        if (unanswered <= SURE && waiting.isEmpty() && !writing) {
            write(frame);
            return;
        }
        waiting.add(frame);
        if (writer == null) {
            writer = Thread.ofPlatform().daemon().name(name).start(this::loop);
        }
        notifyAll();
    }

    /** The worker has taken in so many bytes of what was sent. */
    synchronized void answered(int bytes) {
        unanswered -= bytes;
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        notifyAll();
    }

    private void write(Frame frame) {
        try {
            pipe.write(frame.bytes(), 0, frame.length());
            pipe.flush();
        } catch (IOException gone) {
            closed = true;
        }
    }

    private void loop() {
        for (Frame frame = next(); frame != null; frame = next()) {
            write(frame);
        }
    }

    private synchronized @Nullable Frame next() {
        writing = false;
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return null;
            }
        }
        writing = !closed;
        return closed ? null : waiting.remove();
    }
}
