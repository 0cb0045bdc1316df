package io.stratoswarm.graphops.transform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.TableStore;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All transforms of all graphs. Those that an earlier one left go on. */
public final class TransformControl implements Transforms, TransformRun.Parts, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransformControl.class);
    private static final int VERSION = 1;
    private static final int PAGE = 500;
    /** Generations in which the last stage of a transform is looked for; others of the graph may have come between. */
    private static final int LOOKED_AT = 200;

    /** Of those that have ended; older ones are in the journal alone. */
    private static final int MOST_KEPT = 1_000;

    private static final long PATIENCE_SECONDS = 5;

    private final Graphs graphs;
    private final Agents agents;
    private final Flows flows;
    private final TableStore.Table table;
    private final TransformEvents events;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Planner planner;
    private final ObjectMapper mapper = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final Map<Long, Kept> all = new ConcurrentHashMap<>();
    private final Map<Long, TransformRun> running = new ConcurrentHashMap<>();
    private final Map<Long, Thread> threads = new ConcurrentHashMap<>();
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile boolean closed;
    private long last;

    /** @param monotonic nanoseconds */
    public TransformControl(
            Graphs graphs,
            Agents agents,
            Flows flows,
            TableStore tables,
            Journal journal,
            InstantSource clock,
            LongSupplier monotonic) {
        this.graphs = graphs;
        this.agents = agents;
        this.flows = flows;
        this.clock = clock;
        this.monotonic = monotonic;
        this.planner = new Planner(graphs);
        this.table = tables.open("graphops.transforms", VERSION);
        this.events = new TransformEvents(journal, mapper);
        load();
        List<Kept> left = all.values().stream().filter(kept -> !kept.ended()).toList();
        if (left.isEmpty()) {
            opened.countDown();
        } else {
            Thread.ofVirtual().name("transforms-resume").start(() -> resume(left));
        }
    }

    private void load() {
        String from = "";
        while (true) {
            List<Map.Entry<String, byte[]>> page = table.scan("", from, PAGE);
            for (Map.Entry<String, byte[]> entry : page) {
                try {
                    Kept kept = mapper.readValue(entry.getValue(), Kept.class);
                    all.put(kept.number(), kept);
                    last = Math.max(last, kept.number());
                } catch (IOException e) {
                    throw new StratoswarmException(
                            Kind.DAMAGED,
                            "what is kept of transform " + entry.getKey() + " cannot be read: " + e.getMessage(),
                            e);
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            from = page.getLast().getKey() + "\0";
        }
    }

    private void resume(List<Kept> left) {
        for (Kept kept : left) {
            try {
                Planner.Planned planned = planner.again(kept);
                go(planned, reached(kept, planned.course().stages()));
                LOG.info("transform {} of graph {} goes on at stage {}", kept.number(), kept.graph(), kept.stage());
            } catch (StratoswarmException e) {
                Kept ended =
                        kept.end(State.DONE_WITH_LOSS, "it could not go on: " + e.getMessage(), wallNanos(), Map.of());
                keep(ended);
                events.ended(ended);
                LOG.error("transform {} of graph {} cannot go on: {}", kept.number(), kept.graph(), e.getMessage());
            }
        }
        opened.countDown();
    }

    /** The graph itself tells best how far it was: a stage is declared before it is written down here. */
    private Kept reached(Kept kept, List<Stage> stages) {
        String note = TransformRun.note(kept);
        Optional<String> last = graphs.history(kept.graph(), LOOKED_AT).stream()
                .map(Graphs.Generation::what)
                .filter(what -> what.startsWith(note))
                .map(what -> what.substring(note.length()))
                .findFirst();
        for (int i = kept.stage() + 1; i < stages.size() && last.isPresent() && kept.state() == State.RUNNING; i++) {
            if (stages.get(i).name().equals(last.get())) {
                return kept.at(State.RUNNING, i, "");
            }
        }
        return kept;
    }

    private void go(Planner.Planned planned, Kept kept) {
        Watcher watcher = new Watcher(
                graphs,
                agents,
                flows,
                kept.graph(),
                "transform " + kept.number(),
                planned.course().touchedFlows());
        TransformRun run = new TransformRun(this, planned, watcher, kept);
        running.put(kept.number(), run);
        Thread thread = Thread.ofVirtual().name("transform-" + kept.number()).unstarted(run);
        threads.put(kept.number(), thread);
        thread.start();
    }

    @Override
    public Plan plan(Request request) {
        Planner.Planned planned = planner.plan(request);
        overlaps(request.graph(), planned.course());
        return Planner.describe(request, planned);
    }

    private void overlaps(String graph, Course course) {
        for (TransformRun run : running.values()) {
            if (!run.kept().graph().equals(graph) || run.kept().ended()) {
                continue;
            }
            Set<String> both = new HashSet<>(run.touched());
            both.retainAll(course.touched());
            if (!both.isEmpty()) {
                throw Refusal.conflict(
                        "transform " + run.kept().number() + " (" + run.kept().kind() + ") of graph " + graph
                                + " is under way and touches "
                                + String.join(", ", both.stream().sorted().toList())
                                + " too; wait for its end, or cancel it");
            }
        }
    }

    @Override
    public CompletableFuture<Transform> start(Request request, String actor) {
        return CompletableFuture.supplyAsync(() -> begin(request, actor), Thread::startVirtualThread);
    }

    private Transform begin(Request request, String actor) {
        await();
        synchronized (this) {
            if (closed) {
                throw new StratoswarmException(
                        Kind.UNAVAILABLE, "the bundle graphops is stopping; try again in a moment");
            }
            Planner.Planned planned = planner.plan(request);
            overlaps(request.graph(), planned.course());
            Plan plan = Planner.describe(request, planned);
            Kept kept = Kept.begin(
                    last + 1,
                    request,
                    plan,
                    planned.replaced(),
                    actor,
                    wallNanos(),
                    TransformRun.ledgers(
                            flows.status(request.graph()), planned.course().accounted()));
            last++;
            keep(kept);
            events.started(kept);
            go(planned, kept);
            forgetOld();
            return kept.transform();
        }
    }

    private void await() {
        try {
            if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new StratoswarmException(
                        Kind.UNAVAILABLE, "transforms of before are still being taken up; try again in a moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void forgetOld() {
        List<Kept> ended = all.values().stream()
                .filter(Kept::ended)
                .sorted(Comparator.comparingLong(Kept::number))
                .toList();
        for (Kept kept : ended.subList(0, Math.max(0, ended.size() - MOST_KEPT))) {
            table.write(Map.of(key(kept.number()), Optional.empty()));
            all.remove(kept.number());
        }
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "%012d", number);
    }

    @Override
    public List<Transform> list(Optional<String> graph, int limit) {
        List<Kept> found = new ArrayList<>(all.values().stream()
                .map(this::latest)
                .filter(kept -> graph.isEmpty() || graph.get().equals(kept.graph()))
                .toList());
        found.sort(Comparator.comparing(Kept::ended)
                .thenComparing(Comparator.comparingLong(Kept::number).reversed()));
        return found.stream().limit(limit).map(Kept::transform).toList();
    }

    private Kept latest(Kept kept) {
        TransformRun run = running.get(kept.number());
        return run == null ? kept : run.kept();
    }

    @Override
    public Transform get(long number) {
        return known(number).transform();
    }

    private Kept known(long number) {
        Kept kept = all.get(number);
        if (kept == null) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no transform " + number + "; 'stratoswarm transforms' lists those there are");
        }
        return latest(kept);
    }

    @Override
    public CompletableFuture<Transform> cancel(long number, String actor) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Kept kept = known(number);
                    TransformRun run = running.get(number);
                    if (run == null) {
                        throw Refusal.conflict("transform " + number + " has ended: "
                                + kept.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
                    }
                    return run.cancel(actor).transform();
                },
                Thread::startVirtualThread);
    }

    @Override
    public Graphs graphs() {
        return graphs;
    }

    @Override
    public List<FlowStatus> flows(String graph) {
        return flows.status(graph);
    }

    @Override
    public TransformEvents events() {
        return events;
    }

    @Override
    public void keep(Kept kept) {
        try {
            table.write(Map.of(key(kept.number()), Optional.of(mapper.writeValueAsBytes(kept))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a transform could not be written down", e);
        }
        all.put(kept.number(), kept);
    }

    @Override
    public void ended(TransformRun run) {
        running.remove(run.kept().number());
        threads.remove(run.kept().number());
    }

    @Override
    public long monotonic() {
        return monotonic.getAsLong();
    }

    @Override
    public long wallNanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Transforms stay where they are; another control goes on with them. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        running.values().forEach(TransformRun::interrupt);
        List<Thread> left = List.copyOf(threads.values());
        left.forEach(Thread::interrupt);
        try {
            for (Thread thread : left) {
                if (!thread.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
                    LOG.warn("{} does not end", thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
