package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.healing.classify.Model;
import io.stratoswarm.healing.trial.StrategyRoom;
import io.stratoswarm.healing.trial.TrialRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Healing on a real journal and real decisions, with agents in memory whose restarts take as long as a test wants. */
final class HealingRig implements AutoCloseable {
    private static final int MOST_ACTS = 3;

    volatile long now = 1_000_000_000_000L;
    final OpenJournal journal;
    final List<String> restarted = Collections.synchronizedList(new ArrayList<>());
    /** Restarts that do not end by themselves. */
    final Map<String, CompletableFuture<List<String>>> hanging = new ConcurrentHashMap<>();

    /** Of agents that are more than a command. */
    final Map<String, AgentSpec> specs = new ConcurrentHashMap<>();
    /** What starting a job does, by its id. */
    final List<Consumer<String>> jobs = Collections.synchronizedList(new ArrayList<>());

    volatile Settings settings = Settings.DEFAULT;
    /** The newest ones of all agents. */
    final List<Sample> samples = new CopyOnWriteArrayList<>();

    final TwinGraphs graphs = new TwinGraphs(this);

    final Map<String, AgentStatus> agents = new ConcurrentSkipListMap<>();
    private final DecisionBook decisions;
    private final List<AutoCloseable> open = new ArrayList<>();
    /** Scripts that choose. */
    StrategyRoom room;

    private HealingBook book;
    private long heard;

    HealingRig(Path folder) {
        journal = new OpenJournal(
                folder,
                JournalOptions.DEFAULT.withMapBytes(1L << 26),
                () -> Instant.ofEpochMilli(now),
                new SecureRandom());
        journal.projections().add(DecisionBook.projection());
        journal.projections().add(HealingBook.projection());
        journal.projections().add(StrategyRoom.projection());
        decisions = new DecisionBook(
                journal.journal(),
                journal.projections(),
                () -> Optional.of(twin),
                () -> List.of(book().gate()),
                () -> Instant.ofEpochMilli(now));
        room = room();
        book = begin();
        // So that the next ones are started anew, and nothing is left to their policy.
        book.expect("random-crash", "wait", 0, "test");
    }

    HealingBook book() {
        return book;
    }

    private StrategyRoom room() {
        return new StrategyRoom(
                journal.journal(),
                journal.projections(),
                Optional::empty,
                () -> TrialRules.DEFAULT,
                (script, agent) -> true,
                Runnable::run);
    }

    /** What a start of the daemon does. */
    private HealingBook begin() {
        Hands hands = new Hands(Executors.newVirtualThreadPerTaskExecutor(), MOST_ACTS);
        ExecutorService clones = Executors.newSingleThreadExecutor();
        open.add(() -> {
            clones.shutdownNow();
            clones.awaitTermination(5, TimeUnit.SECONDS);
        });
        open.add(hands);
        open.add(room::close);
        return new HealingBook(
                new HealingParts(
                        journal.journal(),
                        journal.projections(),
                        decisions,
                        twin,
                        () -> Optional.of(graphs.service()),
                        Optional::empty,
                        () -> Optional.of(metrics),
                        Optional::empty,
                        Optional::empty,
                        Optional::empty,
                        4,
                        () -> Instant.ofEpochMilli(now),
                        () -> settings,
                        model(),
                        "none"),
                room,
                hands,
                clones);
    }

    private static Model model() {
        try (InputStream in = Model.class.getResourceAsStream("/io/stratoswarm/healing/failures.json")) {
            return Model.read(in, "failures.json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what heals, in the middle of whatever it does, and begins it anew. */
    void restart() throws Exception {
        end();
        room = room();
        book = begin();
    }

    private void end() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
    }

    void put(String id, AgentPhase phase) {
        put(id, phase, 1, Optional.empty());
    }

    private void put(String id, AgentPhase phase, long incarnation, Optional<String> exit) {
        String graph = id.substring(0, id.indexOf('/'));
        long nanos = now * 1_000_000;
        agents.put(
                id,
                new AgentStatus(
                        id,
                        graph,
                        id.substring(graph.length() + 1),
                        0,
                        phase,
                        "",
                        nanos,
                        OptionalInt.of(7),
                        OptionalLong.of(nanos),
                        incarnation,
                        0,
                        exit,
                        "x"));
    }

    /** It ended badly, and its restart policy gave up; @return the number of its case */
    long fails(String id) {
        return told(id, AgentPhase.FAILED, "AgentExited", "{\"code\":1,\"signal\":0,\"exit\":\"exit 1\"}");
    }

    /** Its liveness probe says how it is. */
    void probed(String id, boolean well) {
        told(
                id,
                well ? AgentPhase.READY : AgentPhase.UNHEALTHY,
                well ? "AgentHealthy" : "AgentUnhealthy",
                "{\"incarnation\":1}");
    }

    private long told(String id, AgentPhase phase, String type, String payload) {
        put(id, phase);
        now += 10;
        return journal.journal()
                .append(Append.of(EventDraft.json(type, "core.agent", "agent/" + id, "system", List.of(), payload)))
                .join()
                .firstSequence();
    }

    /** Has the reactor hear all that was written. */
    void hear() throws Exception {
        for (Event event : journal.journal().read(EventQuery.all().from(heard))) {
            heard = event.sequence() + 1;
            book.reactor().on(event);
            room.trials().on(event);
        }
    }

    void step() {
        book.step();
    }

    List<String> types(long number) {
        return journal.journal().read(EventQuery.all().subject("healing/" + number)).stream()
                .map(Event::type)
                .toList();
    }

    String payload(long number, String type) {
        return journal
                .journal()
                .read(EventQuery.all().subject("healing/" + number).type(type))
                .stream()
                .map(Event::payloadText)
                .reduce("", (first, second) -> second);
    }

    /** Waits for what another thread does; long, as machines that test are busy. */
    static boolean soon(BooleanSupplier so) throws InterruptedException {
        for (int i = 0; i < 3_000 && !so.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        return so.getAsBoolean();
    }

    @Override
    public void close() throws Exception {
        end();
        journal.close();
    }

    private final Metrics metrics = (Metrics) Proxy.newProxyInstance(
            Metrics.class.getClassLoader(),
            new Class<?>[] {Metrics.class},
            (proxy, method, given) -> method.getName().equals("latest") ? List.copyOf(samples) : List.of());

    private final Agents twin = new Agents() {
        @Override
        public List<AgentStatus> list() {
            return List.copyOf(agents.values());
        }

        @Override
        public Optional<AgentStatus> get(String id) {
            return Optional.ofNullable(agents.get(id));
        }

        @Override
        public Optional<AgentSpec> spec(String id) {
            return get(id).map(agent -> specs.getOrDefault(id, AgentSpec.of(List.of("x"))));
        }

        @Override
        public CompletableFuture<List<String>> restart(String selector, String actor) {
            String id = selector.endsWith(".0") ? selector.substring(0, selector.length() - 2) : selector;
            restarted.add(id);
            CompletableFuture<List<String>> hangs = hanging.get(id);
            if (hangs != null) {
                return hangs;
            }
            now += 1;
            put(id, AgentPhase.READY);
            return CompletableFuture.completedFuture(List.of(id));
        }

        @Override
        public CompletableFuture<List<String>> start(String selector, String actor) {
            long before = get(selector).orElseThrow().incarnation();
            List.copyOf(jobs).forEach(job -> job.accept(selector));
            put(selector, AgentPhase.WAITING, before + 1, Optional.of("exit 0"));
            return CompletableFuture.completedFuture(List.of(selector));
        }

        @Override
        public CompletableFuture<List<String>> stop(String selector, String actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<List<String>> kill(String selector, String actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<LogLine> log(String id, int lines) {
            return List.of();
        }

        @Override
        public AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<List<String>> stopAll(String actor) {
            throw new UnsupportedOperationException();
        }
    };
}
