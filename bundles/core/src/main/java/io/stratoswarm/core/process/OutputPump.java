package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.Epoll;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that moves the output of all agents, a bounded piece of each stream in its turn. It is not the thread that watches
 * for exits, so that a slow disk delays no restart.
 */
final class OutputPump implements AutoCloseable {
    /** How long a stream that is being dropped is left alone; with the size of a pipe it bounds what dropping costs. */
    private static final long PAUSE_MILLIS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

    /** Told of dropped output. */
    @FunctionalInterface
    interface Dropped {
        void dropped(String agent, long bytes, long lines);
    }

    private record Source(String agent, AgentOutput output, int stream) {}

    private record Paused(long untilMillis, long key) {}

    private final Epoll epoll = new Epoll();
    private final InstantSource clock;
    private final Dropped dropped;
    private final Map<Long, Source> sources = new ConcurrentHashMap<>();
    private final PriorityQueue<Paused> paused =
            new PriorityQueue<>(java.util.Comparator.comparingLong(Paused::untilMillis));
    private final AtomicLong keys = new AtomicLong();
    private final Object changes = new Object();
    private long changeCount;
    private volatile boolean closing;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(1 << 20);

    OutputPump(InstantSource clock, Dropped dropped) {
        this.clock = clock;
        this.dropped = dropped;
    }

    void run() {
        while (!closing) {
            step(-1);
        }
    }

    /** Waits at most so long (-1: without end) and gives every stream that has output one turn. */
    void step(int mostMillis) {
        long next = resumePaused();
        int timeout = next < 0 ? mostMillis : mostMillis < 0 ? (int) next : (int) Math.min(next, mostMillis);
        boolean[] moved = {false};
        epoll.await(timeout, (key, events) -> {
            Source source = sources.get(key);
            if (source != null) {
                serve(key, source);
                moved[0] = true;
            }
        });
        if (moved[0]) {
            synchronized (changes) {
                changeCount++;
                changes.notifyAll();
            }
        }
    }

    private void serve(long key, Source source) {
        try {
            // Together with remove(): a descriptor that was closed in between may already be another agent's.
            synchronized (source.output()) {
                if (sources.containsKey(key)
                        && source.output().turn(source.stream(), buffer) == AgentOutput.Turn.PAUSE) {
                    pause(key, source, PAUSE_MILLIS);
                }
            }
            long[] report = source.output().report();
            if (report != null) {
                dropped.dropped(source.agent(), report[0], report[1]);
            }
        } catch (RuntimeException e) {
            LOG.error("output of agent {} cannot be moved; it stays in its pipe for a second", source.agent(), e);
            synchronized (source.output()) {
                if (sources.containsKey(key)) {
                    pause(key, source, 1_000);
                }
            }
        }
    }

    private void pause(long key, Source source, long millis) {
        epoll.remove(source.output().descriptor(source.stream()));
        paused.add(new Paused(clock.millis() + millis, key));
    }

    /** Milliseconds until the next paused stream is due, or -1. */
    private long resumePaused() {
        long now = clock.millis();
        while (true) {
            Paused first = paused.peek();
            if (first == null) {
                return -1;
            }
            // A clock that was set back must not hold a stream for longer than its pause.
            if (first.untilMillis() > now && first.untilMillis() <= now + 1_000) {
                return first.untilMillis() - now;
            }
            paused.remove();
            Source source = sources.get(first.key());
            if (source != null) {
                synchronized (source.output()) {
                    if (sources.containsKey(first.key())) {
                        epoll.add(source.output().descriptor(source.stream()), Epoll.IN, first.key());
                    }
                }
            }
        }
    }

    void add(String agent, AgentOutput output) {
        for (int stream = 0; stream < 2; stream++) {
            long key = keys.incrementAndGet();
            sources.put(key, new Source(agent, output, stream));
            epoll.add(output.descriptor(stream), Epoll.IN, key);
        }
    }

    /** Moves what is left and lets go of it. */
    void remove(AgentOutput output) {
        output.drain();
        synchronized (output) {
            sources.values().removeIf(source -> source.output() == output);
            for (int stream = 0; stream < 2; stream++) {
                epoll.remove(output.descriptor(stream));
            }
            output.close();
        }
    }

    /** Waits until output has moved since a count that this method returned, at most so long; returns the count now. */
    long awaitChange(long seen, long mostMillis) throws InterruptedException {
        synchronized (changes) {
            if (changeCount == seen && !closing) {
                changes.wait(mostMillis);
            }
            return changeCount;
        }
    }

    boolean closing() {
        return closing;
    }

    /** Ends {@link #run}; the caller joins its thread before it calls {@link #close}. */
    void stop() {
        closing = true;
        epoll.wakeUp();
        synchronized (changes) {
            changes.notifyAll();
        }
    }

    @Override
    public void close() {
        epoll.close();
        arena.close();
    }
}
