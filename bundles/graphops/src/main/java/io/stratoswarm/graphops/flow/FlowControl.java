package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.graphops.flow.queue.Deliveries;
import io.stratoswarm.graphops.flow.queue.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the engine at what graphs declare, and tells journal, metrics and agents what the flows do. */
public final class FlowControl implements Flows, Notices, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);
    private static final long LEDGER_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int METRICS_EVERY = 5;
    private static final int MOST_WORKERS = 4;
    private static final long PATIENCE_SECONDS = 10;

    private final Graphs graphs;
    private final Agents agents;
    private final FlowEvents events;
    private final Pipes pipes;
    private final Supplier<Optional<Metrics>> metrics;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Deliveries deliveries;
    private final Engine engine;
    private final ExecutorService notices = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("flows-notices").daemon().factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("flows-timer").daemon().factory());
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Object applying = new Object();
    private final Map<String, Ahead> ahead = new HashMap<>();
    /** What was asked of a graph last that was not through; those that ask for other parts of it meanwhile only pay more. */
    private final Map<String, Drain> unfinished = new ConcurrentHashMap<>();

    private final Set<String> due = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> recordedNanos = new HashMap<>();
    private final Map<String, List<FlowLedger>> recorded = new HashMap<>();
    private final AutoCloseable watch;
    private @Nullable FlowMetrics flowMetrics;
    private @Nullable Metrics measuredBy;
    private int looks;

    /** What it needs of the daemon. */
    public record Surroundings(
            Pipes pipes,
            QueueStore queues,
            Graphs graphs,
            Agents agents,
            Journal journal,
            Supplier<Optional<Metrics>> metrics,
            Supplier<@Nullable ScriptTransforms> scripts,
            Path folder,
            String boot,
            InstantSource clock,
            LongSupplier monotonic) {}

    public FlowControl(Surroundings around) {
        graphs = around.graphs();
        agents = around.agents();
        events = new FlowEvents(around.journal());
        pipes = around.pipes();
        metrics = around.metrics();
        clock = around.clock();
        monotonic = around.monotonic();
        deliveries = new Deliveries(
                        around.pipes(), around.queues(), acknowledged(around), new Problems(monotonic), monotonic)
                .start();
        int workers = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_WORKERS);
        engine = new Engine(
                workers,
                worker -> new Shop(
                        around.pipes(),
                        around.pipes().scratch(),
                        new Buffer(),
                        around.folder(),
                        Receiver.key(around.boot()),
                        clock,
                        monotonic,
                        this,
                        new StepMaker(around.scripts()),
                        deliveries));
        removeLeftovers(around);
        removeQueues(acknowledged(around));
        watch = graphs.watch(this::changed);
        timer.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Of graphs that went while no engine ran. */
    private void removeLeftovers(Surroundings around) {
        if (!Files.isDirectory(around.folder())) {
            return;
        }
        List<String> known =
                graphs.list().stream().map(it -> Shop.part(it.name())).toList();
        try (var folders = Files.list(around.folder())) {
            for (Path folder : folders.toList()) {
                String name = folder.getFileName().toString();
                if (!known.contains(name)) {
                    around.pipes().removeKept(Shop.pipesOf(name));
                    Folders.delete(folder);
                }
            }
        } catch (IOException e) {
            LOG.warn("what flows of graphs left that are gone cannot be removed", e);
        }
    }

    /** What receivers acknowledged is kept apart from the flows, and removed with the queues. */
    private static Path acknowledged(Surroundings around) {
        return around.folder().resolveSibling("flow-queues");
    }

    /** Of graphs that went while no engine ran. */
    private void removeQueues(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<String> known = graphs.list().stream().map(Graphs.Summary::name).toList();
        try (var folders = Files.list(folder)) {
            folders.map(it -> it.getFileName().toString())
                    .filter(it -> !known.contains(it))
                    .forEach(deliveries::delete);
        } catch (IOException e) {
            LOG.warn("queues of graphs that are gone cannot be removed", e);
        }
    }

    /** One at a time, so that what was declared last is applied last. */
    private void changed(String graph) {
        try {
            apply(graph);
        } catch (RuntimeException e) {
            LOG.error("the flows of graph {} could not be brought to what it declares", graph, e);
        }
    }

    private void apply(String graph) {
        synchronized (applying) {
            Optional<Graphs.Declaration> declaration = graphs.declaration(graph);
            boolean any = declaration.map(it -> !it.flows().isEmpty()).orElse(false);
            if (any) {
                engine.apply(now(declaration.get()));
                // Not before, or whoever asks meanwhile would ask an engine that does not know it.
                running.add(graph);
            } else if (running.contains(graph)) {
                record(graph);
                running.remove(graph);
                ahead.remove(graph);
                unfinished.remove(graph);
                engine.delete(graph);
            }
        }
    }

    private GraphNow now(Graphs.Declaration declared) {
        GraphNow now = Declared.now(declared, agents::get);
        Ahead before = ahead.get(declared.name());
        if (before != null && !before.look(declared)) {
            ahead.remove(declared.name());
        } else if (before != null) {
            now = before.over(declared, now, agents::get);
        }
        try {
            // Not by the thread that moves records, since it takes milliseconds.
            pipes.prepare(StrandMaker.pipes(now));
        } catch (RuntimeException e) {
            LOG.debug("pipes are not made ahead; the flow that needs one says why it cannot be made", e);
        }
        return now;
    }

    @Override
    public List<FlowStatus> status(String graph) {
        return running(graph) ? engine.status(graph) : List.of();
    }

    @Override
    public List<Waiting> waiting(String graph) {
        if (running(graph)) {
            return engine.waiting(graph);
        }
        boolean any = graphs.declaration(graph).map(it -> !it.flows().isEmpty()).orElse(false);
        if (any) {
            // None would be taken for all channels being empty.
            throw new StratoswarmException(Kind.UNAVAILABLE, "the flows of graph " + graph + " are not open yet");
        }
        return List.of();
    }

    @Override
    public Optional<String> drain(String graph, Drain asked) {
        synchronized (applying) {
            Ahead before = ahead.get(graph);
            if (before != null && before.has(asked)) {
                return Optional.empty();
            }
            if (before != null && before.revoke(asked)) {
                // It was held again before anybody saw that it was not.
                apply(graph);
            }
        }
        if (running(graph) && asked.equals(unfinished.get(graph))) {
            Optional<String> left = engine.drain(graph, asked);
            if (left.isPresent()) {
                return left;
            }
        }
        synchronized (applying) {
            Graphs.Declaration declared = graphs.declaration(graph).orElse(null);
            if (declared == null || declared.flows().isEmpty()) {
                return Optional.empty();
            }
            // It may not have been told of the last change yet, by which it has more to do.
            GraphNow now = now(declared);
            Optional<String> left = engine.drain(now, asked, Ahead.over(asked, declared, now, agents::get));
            if (left.isPresent()) {
                // Asked again, it is looked first whether anything is left, which is cheaper than to apply all that is
                // declared.
                unfinished.put(graph, asked);
                return left;
            }
            unfinished.remove(graph);
            if (!asked.then().isEmpty()) {
                ahead.computeIfAbsent(graph, any -> new Ahead()).add(asked);
            }
            return left;
        }
    }

    private boolean running(String graph) {
        if (running.contains(graph)) {
            return true;
        }
        Graphs.Declaration declared = graphs.declaration(graph)
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "no graph is named '" + graph + "'"));
        if (!declared.flows().isEmpty()) {
            // Whoever asks may know of it before the watch tells of it, above all when the daemon starts.
            changed(graph);
        }
        return running.contains(graph);
    }

    @Override
    public void started(String graph, String flow, long count) {
        tell("the start of flow " + flow + " of graph " + graph, () -> events.started(graph, flow, count));
    }

    @Override
    public void ended(String graph, String flow, long count, String reason, FlowLedger ledger) {
        due.add(graph);
        tell("the end of flow " + flow + " of graph " + graph, () -> events.ended(graph, flow, count, reason, ledger));
    }

    @Override
    public void endInput(String agent, long incarnation, String channel, Runnable failed) {
        String what = "the end of the input " + channel + " of " + agent;
        tell(what, () -> {
            CompletableFuture<Void> told;
            try {
                told = agents.endInput(agent, incarnation, channel, "flows");
            } catch (StratoswarmException e) {
                told = CompletableFuture.failedFuture(e);
            }
            // Not waited for, so that many that drain at once do not wait for one another.
            var unused = told.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).whenComplete((any, e) -> {
                if (e != null) {
                    LOG.warn("{} could not be told", what, e);
                    failed.run();
                }
            });
        });
    }

    private void tell(String what, Runnable task) {
        try {
            notices.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.warn("{} could not be told", what, e);
                }
            });
        } catch (RejectedExecutionException e) {
            // It is told again by the next engine, which finds that it is not.
            LOG.debug("{} is not told any more", what);
        }
    }

    /** Once in a second: rates, now and then metrics, and ledgers that are due. */
    private void look() {
        if (running.isEmpty()) {
            return;
        }
        try {
            engine.measure();
            looks++;
            if (looks % METRICS_EVERY == 0) {
                measure();
            }
            for (String graph : running) {
                boolean old = monotonic.getAsLong() - recordedNanos.computeIfAbsent(graph, any -> monotonic.getAsLong())
                        > LEDGER_NANOS;
                if (old || due.remove(graph)) {
                    record(graph);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("the flows could not be measured", e);
        }
    }

    private void measure() {
        Metrics there = metrics.get().orElse(null);
        if (there == null) {
            return;
        }
        FlowMetrics to = flowMetrics;
        if (to == null || there != measuredBy) {
            to = new FlowMetrics(there);
            flowMetrics = to;
            measuredBy = there;
        }
        for (String graph : running) {
            to.record(engine.status(graph), clock.millis());
        }
    }

    /** Writes the ledgers of a graph down unless they are those that were written last. */
    private synchronized void record(String graph) {
        List<FlowStatus> flows = engine.status(graph);
        List<FlowLedger> ledgers = flows.stream().map(FlowStatus::ledger).toList();
        recordedNanos.put(graph, monotonic.getAsLong());
        if (!flows.isEmpty() && !ledgers.equals(recorded.put(graph, ledgers))) {
            tell("the ledgers of graph " + graph, () -> events.ledgers(graph, flows));
        }
    }

    /** Stops between two steps; another control goes on. */
    @Override
    public void close() {
        try {
            watch.close();
        } catch (Exception e) {
            LOG.warn("the watch of graphs could not be ended", e);
        }
        timer.shutdownNow();
        engine.close();
        deliveries.close();
        notices.shutdown();
        try {
            if (!notices.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("not all that flows had to tell was told");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
