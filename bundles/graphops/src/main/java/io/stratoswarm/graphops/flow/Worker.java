package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's worth of flows: waits for pipes and lets strands do what they can. All that shares a channel is on one worker. A step
 * can be taken without a thread.
 */
final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long TICK_MILLIS = 200;
    private static final long IDLE_MILLIS = 60_000;
    private static final long MILLI = 1_000_000;

    private record Owner(GraphFlows graph, Flow flow) {}

    private final Shop shop;
    private final Poller poller;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Strand> awakened = new ConcurrentLinkedQueue<>();
    private final Map<String, GraphFlows> graphs = new HashMap<>();
    private final Map<Strand, Owner> owners = new IdentityHashMap<>();
    private final Deque<Strand> ready = new ArrayDeque<>();
    private final Set<Strand> queued = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Strand> limited = new LinkedHashSet<>();
    private final Watches watches;
    private long tickNanos;
    private volatile boolean closing;

    Worker(Function<Worker, Shop> shop) {
        this.shop = shop.apply(this);
        this.poller = this.shop.pipes().poller();
        this.watches = new Watches(poller, this.shop.monotonic());
        this.tickNanos = this.shop.monotonic().getAsLong();
    }

    /** Runs something on the worker's thread, soon. From any thread. */
    void run(Runnable task) {
        tasks.add(task);
        poller.wakeUp();
    }

    GraphFlows graph(String name) {
        return graphs.computeIfAbsent(name, it -> new GraphFlows(it, shop, this));
    }

    Collection<GraphFlows> graphs() {
        return graphs.values();
    }

    void forget(String graph) {
        graphs.remove(graph);
    }

    void own(Strand strand, GraphFlows graph, Flow flow) {
        owners.put(strand, new Owner(graph, flow));
        again(strand);
    }

    void disown(Strand strand) {
        owners.remove(strand);
        limited.remove(strand);
    }

    /** Lets the strand look what it can do. */
    void again(Strand strand) {
        if (owners.containsKey(strand) && queued.add(strand)) {
            ready.add(strand);
        }
    }

    void again(Collection<Strand> strands) {
        strands.forEach(this::again);
    }

    /** The same from any thread. */
    void againFromAnywhere(Strand strand) {
        awakened.add(strand);
        poller.wakeUp();
    }

    void disconnect(Source source) {
        if (source.there()) {
            close(source.pipe());
            source.connect(null);
        }
    }

    void disconnect(Receiver receiver) {
        if (receiver.there()) {
            close(receiver.pipe());
            receiver.connect(null);
            watches.unblock(receiver);
        }
    }

    private void close(Pipe pipe) {
        watches.forget(pipe);
        pipe.close();
    }

    void log(String graph, Flow flow) {
        LOG.info("flow {} of graph {} {}: {}", flow.id(), graph, flow.state(), flow.reason());
    }

    long nanos() {
        return shop.monotonic().getAsLong();
    }

    /** Until it is closed. */
    void loop() {
        while (!closing) {
            step(IDLE_MILLIS);
        }
        graphs.values().forEach(GraphFlows::close);
        watches.close();
        poller.close();
    }

    /** One round; waits at most so long for something to do. */
    void step(long mostMillis) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runTask(task);
        }
        for (Strand strand = awakened.poll(); strand != null; strand = awakened.poll()) {
            again(strand);
        }
        if (graphs.values().stream().anyMatch(GraphFlows::unsettled)) {
            tickIfDue();
        }
        for (int i = ready.size(); i > 0; i--) {
            Strand strand = ready.remove();
            queued.remove(strand);
            work(strand);
        }
        poller.await(timeout(mostMillis), key -> again(watches.strands(key)));
        for (Strand strand : Set.copyOf(limited)) {
            again(strand);
        }
    }

    private void runTask(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a task of the flows failed", e);
        }
    }

    private void tickIfDue() {
        long now = shop.monotonic().getAsLong();
        if (now - tickNanos >= TICK_MILLIS * MILLI) {
            tickNanos = now;
            graphs.values().stream().filter(GraphFlows::unsettled).forEach(it -> runTask(it::tick));
        }
    }

    private long timeout(long most) {
        if (!ready.isEmpty() || !tasks.isEmpty() || !awakened.isEmpty()) {
            return 0;
        }
        long timeout = graphs.values().stream().anyMatch(GraphFlows::unsettled) ? Math.min(most, TICK_MILLIS) : most;
        for (Strand strand : limited) {
            timeout = Math.min(timeout, (strand.waitNanos() + MILLI - 1) / MILLI);
        }
        return Math.max(0, timeout);
    }

    private void work(Strand strand) {
        Owner owner = owners.get(strand);
        if (owner == null) {
            return;
        }
        boolean moved;
        try {
            moved = strand.step();
        } catch (RuntimeException e) {
            LOG.error(
                    "flow {} of graph {} stops",
                    owner.flow().id(),
                    owner.graph().graph(),
                    e);
            owner.graph().failed(owner.flow(), e);
            return;
        }
        if (moved) {
            owner.flow().well();
            again(strand);
        } else if (owner.graph().endsNow(owner.flow(), strand)) {
            return;
        }
        if (owner.flow().wired().drains()) {
            owner.graph().endInputs();
        }
        if (strand.limited()) {
            limited.add(strand);
        } else {
            limited.remove(strand);
        }
        Source source = owner.graph().sourceOf(owner.flow(), strand);
        watches.source(source);
        owner.graph().stepped(source);
        for (Outlet outlet : strand.outlets) {
            Receiver receiver = outlet.receiver();
            if (receiver.released()) {
                again(receiver.writers());
            }
            watches.receiver(receiver);
        }
    }

    /** Ends the loop, at the end of a step. From any thread. */
    @Override
    public void close() {
        closing = true;
        poller.wakeUp();
    }
}
