package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.store.QueueStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All destinations, and the thread that delivers to them. */
public final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final String ENDING = ".ack";
    private static final long FLUSH_NANOS = 1_000_000_000L;
    private static final long LISTEN_MILLIS = 20;
    private static final long NO_KEY = 0;
    private static final int LONGEST_PART = 90;

    private final Pipes pipes;
    private final QueueStore store;
    private final Path folder;
    private final Problems problems;
    private final LongSupplier monotonic;
    private final Poller poller;
    /** By the id of the agent, with its graph, and its channel. */
    private final Map<String, Destination> byReceiver = new HashMap<>();

    private final Map<Long, Destination> byKey = new HashMap<>();
    private final Map<String, CompletableFuture<Void>> deleting = new ConcurrentHashMap<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private long lastKey = NO_KEY;
    private long flushedNanos;
    private volatile boolean closed;
    private @Nullable Thread thread;

    /** @param folder where it is kept what was acknowledged */
    public Deliveries(Pipes pipes, QueueStore store, Path folder, Problems problems, LongSupplier monotonic) {
        this.pipes = pipes;
        this.store = store;
        this.folder = folder;
        this.problems = problems;
        this.monotonic = monotonic;
        this.poller = pipes.poller();
    }

    /** Delivers on a thread of its own until it is closed. */
    public Deliveries start() {
        thread = Thread.ofPlatform().name("flow-deliveries").daemon().start(this::run);
        return this;
    }

    public QueueStore store() {
        return store;
    }

    public Problems problems() {
        return problems;
    }

    /**
     * The destination of this name, opened where it is not open.
     *
     * @param limit bytes that its queue may hold
     * @param endInput ends the channel of an incarnation; may be called again for the same one
     */
    public Destination open(
            String graph,
            String agent,
            String channel,
            Ack ack,
            long limit,
            Optional<Outputs> outputs,
            LongConsumer endInput) {
        awaitDeleted(graph);
        String name = nameOf(agent, channel);
        synchronized (byReceiver) {
            String id = idOf(agent, channel);
            Destination there = byReceiver.get(id);
            if (there != null) {
                there.queue().limit(limit);
                if (there.receiver().ack().equals(ack)) {
                    return there;
                }
                close(id, there);
            }
            Delivery.Receiver receiver =
                    new Delivery.Receiver(agent, channel, pipesOf(graph) + part(name) + "/", ack, ++lastKey);
            Destination opened = new Destination(
                    receiver,
                    there == null ? new DurableQueue(store, queueOf(graph, name), limit) : there.queue(),
                    folderOf(graph).resolve(name + ENDING),
                    outputs,
                    endInput,
                    poller::wakeUp);
            byReceiver.put(id, opened);
            byKey.put(receiver.key(), opened);
            poller.wakeUp();
            return opened;
        }
    }

    /** Stops delivering; what is in the queue stays. */
    public void close(Destination destination) {
        synchronized (byReceiver) {
            close(idOf(destination.receiver().agent(), destination.receiver().channel()), destination);
        }
    }

    private void close(String id, Destination destination) {
        if (byReceiver.remove(id, destination)) {
            byKey.remove(destination.receiver().key());
            onThread(destination::close);
        }
    }

    /** Removes all queues of a graph with what is in them. */
    public void delete(String graph) {
        Path files = folderOf(graph);
        CompletableFuture<Void> done = new CompletableFuture<>();
        deleting.put(graph, done);
        synchronized (byReceiver) {
            byReceiver.entrySet().stream()
                    .filter(it -> it.getValue().file().startsWith(files))
                    .toList()
                    .forEach(it -> close(it.getKey(), it.getValue()));
        }
        onThread(() -> {
            try {
                remove(graph, files);
            } finally {
                deleting.remove(graph, done);
                done.complete(null);
            }
        });
    }

    /** One that is made again at once must not lose its new queues. */
    private void awaitDeleted(String graph) {
        CompletableFuture<Void> going = deleting.get(graph);
        if (going != null) {
            going.join();
        }
    }

    private void remove(String graph, Path files) {
        if (!Files.isDirectory(files)) {
            return;
        }
        try (var all = Files.newDirectoryStream(files)) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (name.endsWith(ENDING)) {
                    store.delete(queueOf(graph, name.substring(0, name.length() - ENDING.length())));
                }
                // After its queue: a crash in between leaves a name by which the queue is found again.
                Files.delete(file);
            }
            Files.delete(files);
            pipes.removeKept(pipesOf(graph));
        } catch (IOException | StratoswarmException e) {
            problems.report("delete " + graph, "the queues of " + graph + " cannot be removed: " + e.getMessage());
        }
    }

    private void onThread(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
        poller.wakeUp();
    }

    private void run() {
        while (!closed) {
            try {
                step(-1);
            } catch (RuntimeException e) {
                LOG.error("delivering from queues failed; it goes on", e);
            }
        }
        end();
    }

    /**
     * Waits until there is something to do, and does it.
     *
     * @param mostMillis longest time to wait; negative where it may wait as long as it likes
     */
    void step(long mostMillis) {
        asked().forEach(Runnable::run);
        List<Destination> there = all();
        long wait = there.isEmpty() ? Long.MAX_VALUE : FLUSH_NANOS / 1_000_000;
        for (Destination each : there) {
            if (each.due()) {
                wait = 0;
            } else if (each.listens()) {
                wait = Math.min(wait, LISTEN_MILLIS);
            }
        }
        List<Destination> ready = new ArrayList<>();
        poller.await(mostMillis < 0 ? wait : Math.min(mostMillis, wait), key -> {
            synchronized (byReceiver) {
                Destination found = byKey.get(key);
                if (found != null) {
                    ready.add(found);
                }
            }
        });
        long now = monotonic.getAsLong();
        boolean flush = now - flushedNanos >= FLUSH_NANOS;
        for (Destination each : all()) {
            if (flush || each.due() || each.listens() || ready.contains(each)) {
                each.step(pipes, poller, problems, now);
            }
            if (flush) {
                each.flush(problems);
            }
        }
        if (flush) {
            flushedNanos = now;
        }
    }

    private List<Runnable> asked() {
        synchronized (tasks) {
            List<Runnable> asked = List.copyOf(tasks);
            tasks.clear();
            return asked;
        }
    }

    private List<Destination> all() {
        synchronized (byReceiver) {
            return List.copyOf(byReceiver.values());
        }
    }

    private static String idOf(String agent, String channel) {
        return agent + " " + channel;
    }

    /** Within its graph. */
    private static String nameOf(String agent, String channel) {
        return agent.substring(agent.indexOf('/') + 1) + "." + channel;
    }

    private static String queueOf(String graph, String name) {
        return "flow/" + graph + "/" + name;
    }

    private static String pipesOf(String graph) {
        return "queue/" + part(graph) + "/";
    }

    /** As it is, or where it is long its beginning and its hash: names of pipes are bounded. */
    private static String part(String name) {
        return name.length() <= LONGEST_PART
                ? name
                : name.substring(0, LONGEST_PART - 20) + "-" + Long.toHexString(hash(name));
    }

    /** FNV-1a of 64 bits: the names have to be the same in the next version. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    private Path folderOf(String graph) {
        return folder.resolve(graph);
    }

    /** Stops at the end of a step; what is kept stays, and another one may go on. */
    @Override
    public void close() {
        closed = true;
        poller.wakeUp();
        Thread running = thread;
        if (running == null) {
            end();
            return;
        }
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        asked().forEach(Runnable::run);
        all().forEach(Destination::close);
        poller.close();
    }
}
