package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Journal;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A live tail on a thread of its own, which re-reads from the store at its own pace. */
final class Follower implements Journal.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int CHUNK = 256;

    private final Tail tail;
    private final Consumer<Event> consumer;
    private final ChunkReader reader;
    private final Consumer<Follower> ended;
    private final Thread thread;
    private volatile long position;
    private volatile boolean closed;

    /** Reads some events from a sequence on, at least one where {@code from} is below {@code end}. */
    interface ChunkReader {
        List<Event> read(long from, long end, int limit);
    }

    Follower(
            String name, long from, Tail tail, ChunkReader reader, Consumer<Event> consumer, Consumer<Follower> ended) {
        this.ended = ended;
        this.tail = tail;
        this.consumer = consumer;
        this.reader = reader;
        this.position = from;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    Follower start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                tail.await(position, () -> closed);
                long end = tail.size();
                while (!closed && position < end) {
                    for (Event event : reader.read(position, end, CHUNK)) {
                        if (closed) {
                            return;
                        }
                        consumer.accept(event);
                        position = event.sequence() + 1;
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} was interrupted at event {}", thread.getName(), position);
        } catch (RuntimeException | Error e) {
            // A boundary: what the consumer throws, or a damaged event, ends this subscription and nothing else.
            LOG.error("{} ended at event {}: {}", thread.getName(), position, e.toString(), e);
        } finally {
            ended.accept(this);
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void close() {
        closed = true;
        tail.wakeAll();
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
