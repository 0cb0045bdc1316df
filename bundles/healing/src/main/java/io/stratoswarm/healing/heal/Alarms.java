package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.healing.anomaly.Detectors;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for agents that run, and are not as they were: each step one value of a few metrics of every agent goes to a detector of its own, and
 * where several find it unusual at once, or one very much so, an event tells it with what the agent then looks like. One thread at a time.
 */
final class Alarms {
    static final String TYPE = "AgentAnomalous";
    /** Not that of the agent: the supervisor alone writes to that, and notices if somebody else did. */
    static final String SUBJECT = "anomaly/";

    /** What an agent is judged by, and whether the metric is a counter, of which the rate is taken. */
    private static final Map<String, Boolean> METRICS = Map.of(
            "cpu_seconds_total", true,
            "memory_resident_bytes", false,
            "open_fds", false,
            "threads", false,
            "processes", false,
            "io_written_bytes_total", true);

    /** Two that say so, or one that says this, are an alarm. */
    private static final double UNUSUAL = 0.95;

    private static final double VERY_UNUSUAL = 0.995;
    /** Of one agent at most one alarm in so many steps. */
    private static final int REST_STEPS = 120;

    private static final int MOST_SERIES = 20_000;

    private final Supplier<Settings> settings;
    private final InstantSource clock;
    private final Supplier<List<AgentStatus>> agents;
    private final Function<String, Optional<Probe>> liveness;
    private final Supplier<List<Sample>> latest;
    private final Told told;
    private final Detectors detectors = new Detectors(MOST_SERIES);
    private Map<String, Seen> seen = new HashMap<>();
    private long lastMillis;
    private long steps;

    /** Is told of an agent that is not as it was, with the metrics that say so and how unusual they are, 0..1. */
    interface Told {
        void unusual(AgentStatus agent, SortedMap<String, Double> scores, long nowMillis);

        /** Answers to the liveness probe take longer and longer than they usually did, and the last one took so long. */
        void slow(AgentStatus agent, double seconds, double usualSeconds, double limitSeconds);
    }

    /**
     * @param liveness the probe of an agent
     * @param latest newest samples of all agents; none where nothing is measured
     */
    Alarms(
            Supplier<Settings> settings,
            InstantSource clock,
            Supplier<List<AgentStatus>> agents,
            Function<String, Optional<Probe>> liveness,
            Supplier<List<Sample>> latest,
            Told told) {
        this.settings = settings;
        this.clock = clock;
        this.agents = agents;
        this.liveness = liveness;
        this.latest = latest;
        this.told = told;
    }

    /** What an agent's counters were, and when it was last told of. */
    private static final class Seen {
        final long incarnation;
        final Map<String, Double> counters = new HashMap<>();
        long told = Long.MIN_VALUE / 2;
        /** What the last answers to its liveness probe took, and the time of the newest. */
        final Deque<Double> answers = new ArrayDeque<>();

        long answeredMillis;
        long toldSlow = Long.MIN_VALUE / 2;

        Seen(long incarnation) {
            this.incarnation = incarnation;
        }
    }

    /** Takes a step where it is time. */
    void step() {
        long now = clock.millis();
        Settings given = settings.get();
        boolean off = given.mode() == Settings.Mode.OFF || given.alarmMillis() == 0;
        if (off || now - lastMillis < given.alarmMillis()) {
            return;
        }
        double seconds = (now - lastMillis) / 1_000.0;
        lastMillis = now;
        steps++;
        List<Sample> samples = latest.get();
        Map<String, Map<String, Double>> values = values(samples);
        Map<String, Sample> answers = answers(samples);
        Map<String, Seen> next = new HashMap<>();
        for (AgentStatus agent : agents.get()) {
            if (!agent.phase().running()) {
                continue;
            }
            Seen state = seen(agent);
            next.put(agent.id(), state);
            answered(agent, state, answers.get(agent.id()));
            Map<String, Double> its = values.getOrDefault(agent.id(), Map.of());
            SortedMap<String, Double> unusual = score(agent.id(), state, its, now, seconds);
            if (alarming(unusual) && steps - state.told >= REST_STEPS) {
                state.told = steps;
                told.unusual(agent, unusual, now);
            }
        }
        Set<String> gone = new HashSet<>(seen.keySet());
        gone.removeAll(next.keySet());
        gone.forEach(detectors::forget);
        seen = next;
    }

    /** That of the process that runs; what another one did is forgotten, since the first seconds of each are no anomaly. */
    private Seen seen(AgentStatus agent) {
        Seen before = seen.get(agent.id());
        if (before != null && before.incarnation == agent.incarnation()) {
            return before;
        }
        Seen begun = new Seen(agent.incarnation());
        if (before != null) {
            detectors.forget(agent.id());
            begun.told = before.told;
        }
        return begun;
    }

    private static Map<String, Sample> answers(List<Sample> samples) {
        Map<String, Sample> all = new HashMap<>();
        for (Sample sample : samples) {
            if (Slowness.answer(sample)) {
                all.put(sample.series().subject(), sample);
            }
        }
        return all;
    }

    private void answered(AgentStatus agent, Seen state, @Nullable Sample answer) {
        long started = agent.startedNanos().orElse(0) / 1_000_000;
        // What a process before this one took is still the newest for a while.
        if (answer == null || answer.timeMillis() <= Math.max(state.answeredMillis, started)) {
            return;
        }
        state.answeredMillis = answer.timeMillis();
        state.answers.add(answer.value());
        if (state.answers.size() > Slowness.ANSWERS) {
            state.answers.remove();
        }
        Optional<Probe> probe = liveness.apply(agent.id());
        double[] seconds =
                state.answers.stream().mapToDouble(Double::doubleValue).toArray();
        if (probe.isPresent() && Slowness.soon(seconds, probe.get()) && steps - state.toldSlow >= REST_STEPS) {
            state.toldSlow = steps;
            told.slow(
                    agent, answer.value(), Slowness.usual(seconds), probe.get().timeoutMillis() / 1_000.0);
        }
    }

    /** Sums over the series of each metric, by agent. */
    private static Map<String, Map<String, Double>> values(List<Sample> samples) {
        Map<String, Map<String, Double>> all = new HashMap<>();
        for (Sample sample : samples) {
            String name = sample.series().name();
            if (METRICS.containsKey(name) && !Double.isNaN(sample.value())) {
                all.computeIfAbsent(sample.series().subject(), any -> new HashMap<>())
                        .merge(name, sample.value(), Double::sum);
            }
        }
        return all;
    }

    private SortedMap<String, Double> score(
            String agent, Seen state, Map<String, Double> values, long now, double seconds) {
        SortedMap<String, Double> unusual = new TreeMap<>();
        METRICS.forEach((name, counter) -> {
            Double value = values.get(name);
            if (value == null) {
                return;
            }
            double measured = value;
            if (counter) {
                Double before = state.counters.put(name, value);
                if (before == null || value < before) {
                    return;
                }
                measured = (value - before) / seconds;
            }
            double score = detectors.score(new Detectors.Series(agent, name), now, measured);
            if (score >= UNUSUAL) {
                unusual.put(name, score);
            }
        });
        return unusual;
    }

    private static boolean alarming(SortedMap<String, Double> unusual) {
        return unusual.size() > 1 || unusual.values().stream().anyMatch(score -> score >= VERY_UNUSUAL);
    }
}
