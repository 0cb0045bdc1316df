package io.stratoswarm.core.script.kinds;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.script.ScriptLedger;
import io.stratoswarm.core.store.FileBlobStore;
import io.stratoswarm.core.testing.FakeClock;
import io.stratoswarm.core.testing.FoldedProjections;
import io.stratoswarm.core.testing.InMemoryJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The kinds on a journal, agents and metrics in memory. Scripts are Java functions; times come when the test says so. */
final class KindRig {
    final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T12:00:00Z"));
    final InMemoryJournal journal = new InMemoryJournal(clock);
    final RecordingAgents agents = new RecordingAgents(journal);
    final Map<String, Long> cursors = new ConcurrentHashMap<>();
    final List<Waiting> alarms = new CopyOnWriteArrayList<>();
    final InMemoryMetrics metrics = new InMemoryMetrics();
    final List<DecisionGate> gates = new CopyOnWriteArrayList<>();
    final Decisions decisions;
    private final KindParts parts;

    /** What waits for its time. */
    static final class Waiting {
        final long millis;
        final Runnable action;
        boolean cancelled;

        Waiting(long millis, Runnable action) {
            this.millis = millis;
            this.action = action;
        }
    }

    KindRig(Path root) {
        agents.add("shop/web", AgentPhase.READY);
        agents.add("shop/job", AgentPhase.STOPPED);
        decisions = new DecisionBook(
                journal,
                new FoldedProjections(journal, DecisionBook.projection()),
                () -> Optional.of(agents),
                () -> gates,
                clock);
        KindParts.Cursors durable = new KindParts.Cursors() {
            @Override
            public synchronized OptionalLong get(String id) {
                Long value = cursors.get(id);
                return value == null ? OptionalLong.empty() : OptionalLong.of(value);
            }

            @Override
            public synchronized void put(String id, long sequence) {
                cursors.put(id, sequence);
            }
        };
        parts = new KindParts(
                journal,
                new ScriptLedger(journal),
                decisions,
                new FileBlobStore(root.resolve("blobs")),
                durable,
                () -> Optional.of(agents),
                () -> Optional.of(metrics),
                (millis, action) -> {
                    Waiting waiting = new Waiting(millis, action);
                    alarms.add(waiting);
                    return () -> waiting.cancelled = true;
                },
                clock,
                ZoneOffset.UTC);
    }

    /** A daemon's life: kinds of its own on what is durable. */
    ReactionKind reactions() {
        return new ReactionKind(parts);
    }

    ProbeKind probes() {
        return new ProbeKind(parts);
    }

    Triggers triggers() {
        return new Triggers(parts);
    }

    /** Rings the one alarm that is set. */
    void ring() {
        List<Waiting> due = List.copyOf(alarms);
        alarms.clear();
        for (Waiting each : due) {
            if (!each.cancelled) {
                clock.advance(Duration.ofMillis(each.millis));
                each.action.run();
            }
        }
    }

    Event happen(String type, String subject, String payload) {
        long sequence = journal.append(
                        Append.of(EventDraft.json(type, "core.agent", subject, "system", List.of(), payload)))
                .join()
                .firstSequence();
        return journal.get(sequence).orElseThrow();
    }

    long cursor(String id) {
        return cursors.getOrDefault(id, -1L);
    }

    List<String> types() {
        return journal.events().stream().map(Event::type).toList();
    }

    static void until(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError("not within 5 s");
        }
    }

    /** A script that is a function of Java. */
    static final class FakeScript implements io.stratoswarm.api.script.LoadedScript {
        final List<String> inputs = new CopyOnWriteArrayList<>();
        final List<String> triggers = new CopyOnWriteArrayList<>();
        final List<String> misbehaviour = new CopyOnWriteArrayList<>();
        private final ScriptHeader header;
        private final Function<String, String> function;

        FakeScript(String name, ScriptKind kind, String settings, Function<String, String> function) {
            header = new ScriptHeader(name, kind.id(), "js", "", settings, ScriptLimits.DEFAULT, List.of());
            this.function = function;
            List<String> wrong = kind.check(header);
            if (!wrong.isEmpty()) {
                throw new StratoswarmException(StratoswarmException.Kind.INVALID, String.join("\n", wrong));
            }
        }

        @Override
        public ScriptHeader header() {
            return header;
        }

        @Override
        public String hash() {
            return "ab".repeat(32);
        }

        @Override
        public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> given) {
            triggers.add(trigger);
            inputs.addAll(given);
            List<ScriptOutcome> outcomes = new ArrayList<>();
            for (String input : given) {
                String output = function.apply(input);
                outcomes.add(
                        output.startsWith("!")
                                ? new ScriptOutcome(Status.THREW, "", output, List.of(), List.of(), 1)
                                : new ScriptOutcome(Status.OK, output, "", List.of(), List.of(), 1));
            }
            return CompletableFuture.completedFuture(outcomes);
        }

        @Override
        public void misbehaved(String what) {
            misbehaviour.add(what);
        }
    }

    /** Keeps what is recorded, and refuses what was not declared. */
    static final class InMemoryMetrics implements Metrics {
        final List<MetricInfo> infos = new CopyOnWriteArrayList<>();
        final List<Sample> samples = new CopyOnWriteArrayList<>();

        @Override
        public void declare(MetricInfo info) {
            infos.add(info);
        }

        @Override
        public List<MetricInfo> declared() {
            return infos;
        }

        @Override
        public void record(List<Sample> more) {
            for (Sample sample : more) {
                if (infos.stream()
                        .noneMatch(info -> info.name().equals(sample.series().name()))) {
                    throw new StratoswarmException(StratoswarmException.Kind.INVALID, "not declared");
                }
            }
            samples.addAll(more);
        }

        @Override
        public List<Series> series(String subject, String name, long fromMillis, long toMillis) {
            return List.of();
        }

        @Override
        public List<Sample> latest(String subject) {
            return List.of(
                    new Sample(Series.of(subject, "memory_resident_bytes"), 1, 4096),
                    new Sample(Series.of(subject, "disk_free_bytes", Map.of("device", "sda")), 1, 5),
                    new Sample(Series.of(subject, "unknown"), 1, Double.NaN));
        }

        @Override
        public List<Points> query(MetricQuery query) {
            return List.of();
        }

        @Override
        public List<PinnedWindow> windows(int limit) {
            return List.of();
        }

        @Override
        public Optional<String> window(long sequence) {
            return Optional.empty();
        }
    }
}
