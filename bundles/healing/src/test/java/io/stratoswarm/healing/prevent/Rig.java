package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.healing.classify.Model;
import io.stratoswarm.healing.heal.HealingParts;
import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Forecaster;
import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Predictions on a real journal and real decisions, with agents in memory, a clock of its own and forecasts that a test writes. */
final class Rig implements AutoCloseable {
    /** With a window of 60 s a step is one second, and the horizon is that of the model, which is 30 min, scaled to a minute. */
    static final PredictionSettings SETTINGS = new PredictionSettings(60_000, 0.7, 0);

    long now = 1_000_000_000_000L;
    final InstantSource clock = () -> Instant.ofEpochMilli(now);
    final OpenJournal journal;
    final TwinAgents agents;
    final TwinMetrics metrics = new TwinMetrics();
    final DecisionBook decisions;
    final List<DecisionGate> gates = new ArrayList<>();
    final List<String> controlled = new ArrayList<>();
    final Map<String, Forecast> forecasts = new TreeMap<>();
    AgentControls.Outcome reclaimed = new AgentControls.Outcome(true, "200 bytes were taken back", "1000", "800");
    Settings settings = Settings.DEFAULT;
    PredictionSettings prediction = SETTINGS;
    Prognosis prognosis = Prognosis.of(new Scripted());
    Optional<LessonBook> lessons = Optional.empty();
    Optional<Graphs> graphs = Optional.empty();
    Optional<Transforms> transforms = Optional.empty();
    /** Whether tracks are given what the metrics say. */
    boolean follow;

    PredictionParts parts;
    PredictionBook book;
    Predictions service;

    private final Map<Track, String> tracks = new IdentityHashMap<>();
    private Reactor reactor;
    private long heard;

    /** Says of each agent what the test wrote, and else that nothing will happen. */
    private final class Scripted implements Forecaster {
        @Override
        public String model() {
            return "scripted";
        }

        @Override
        public long horizonMillis() {
            return 1_800_000;
        }

        @Override
        public List<Forecast> forecast(List<Track> given) {
            return given.stream()
                    .map(track -> forecasts.getOrDefault(tracks.get(track), fine()))
                    .toList();
        }
    }

    static Forecast fine() {
        return new Forecast(0.01, 1_800_000, Cause.OTHER, List.of());
    }

    /** @param seconds until the failure, as the scaled window has it */
    static Forecast doom(Cause cause, double probability, long seconds) {
        return new Forecast(probability, seconds * 30_000, cause, List.of("memory.trend +0.40"));
    }

    Rig(Path folder) {
        journal = new OpenJournal(folder, JournalOptions.DEFAULT.withMapBytes(1L << 26), clock, new SecureRandom());
        agents = new TwinAgents(this);
        journal.projections().add(DecisionBook.projection());
        journal.projections().add(new LearnedFold());
        journal.projections().add(PredictionBook.projection());
        decisions = new DecisionBook(
                journal.journal(), journal.projections(), () -> Optional.of(agents), () -> gates, clock);
        begin();
    }

    /** What a start of the daemon does; what an earlier one knew beyond the journal is gone. */
    void begin() {
        parts = new PredictionParts(
                new HealingParts(
                        journal.journal(),
                        journal.projections(),
                        decisions,
                        agents,
                        () -> graphs,
                        () -> transforms,
                        () -> Optional.of(metrics),
                        Optional::empty,
                        () -> Optional.of(this::control),
                        Optional::empty,
                        4,
                        clock,
                        () -> settings,
                        model(),
                        "none"),
                Optional::empty,
                Optional::empty,
                () -> prediction,
                () -> prognosis,
                () -> lessons,
                Runnable::run);
        book = new PredictionBook(parts, (track, own, host, limits) -> {
            tracks.put(track, agents.byNumber(own.getOrDefault("number", 0.0)));
            if (follow) {
                track.step(own, host, limits);
            }
        });
        service = book.service();
        reactor = book.reactor();
        gates.clear();
        gates.add(book.gate());
    }

    private static Model model() {
        try (InputStream in = Model.class.getResourceAsStream("/io/stratoswarm/healing/failures.json")) {
            return Model.read(in, "failures.json");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private CompletableFuture<AgentControls.Outcome> control(String id, Control control, String actor) {
        controlled.add(id + " " + control);
        return CompletableFuture.completedFuture(
                control instanceof Control.Reclaim ? reclaimed : new AgentControls.Outcome(true, "done", "", ""));
    }

    /** Lets seconds pass, with two looks at each, and what is written heard by the reactor. */
    void pass(int seconds) {
        for (int i = 0; i < 2 * seconds; i++) {
            now += 500;
            agents.all().forEach(agent -> metrics.tell(agent.id(), "number", agents.number(agent.id())));
            book.step();
            hear();
        }
    }

    void hear() {
        List<Event> events = journal.journal().read(EventQuery.all().from(heard));
        for (Event event : events) {
            heard = event.sequence() + 1;
            try {
                reactor.on(event);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    void write(String type, String subject, String payload) {
        journal.journal()
                .append(Append.of(EventDraft.json(type, "core.agent", subject, "system", List.of(), payload)))
                .join();
    }

    List<Event> events(String type) {
        return journal.journal().read(EventQuery.all().type(type));
    }

    String payload(String type) {
        List<Event> found = events(type);
        return found.isEmpty() ? "" : found.getLast().payloadText();
    }

    Predictions.Prediction last() {
        return service.predictions(Optional.empty(), 1).getFirst();
    }

    AgentPhase phase(String agent) {
        return agents.get(agent)
                .orElseThrow(() -> new StratoswarmException(StratoswarmException.Kind.NOT_FOUND, agent))
                .phase();
    }

    @Override
    public void close() {
        journal.close();
    }
}
