package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.healing.strategy.Act;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is done to processes while they run. */
final class ProcessActs {
    /** Share of all processor time, and of a core. */
    private static final double BUSY_HOST = 0.8;

    private static final double BUSY_NEIGHBOUR = 0.5;
    private static final long LATELY_MILLIS = 20_000;

    private final HealingParts parts;

    ProcessActs(HealingParts parts) {
        this.parts = parts;
    }

    boolean possible(Act act, Sight sight) {
        if (parts.controls().get().isEmpty()) {
            return false;
        }
        return switch (act) {
            case RECLAIM, THROTTLE -> true;
            // What waits for a lock, or for an answer, waits for it on any processor.
            case MOVE -> parts.processors() > 1 && (busyHost(sight) || crowded(sight));
            // Others are only touched where processor time was short and one of them used much of it.
            case RENICE_NEIGHBOUR -> busyNeighbour(sight) && (busyHost(sight) || crowded(sight));
            default -> false;
        };
    }

    private static boolean busyHost(Sight sight) {
        return sight.patterns().measure("host.cpu") > BUSY_HOST;
    }

    private boolean busyNeighbour(Sight sight) {
        return sight.patterns().measure("neighbour.cpu.level") > BUSY_NEIGHBOUR
                && busiest(sight.agent()).isPresent();
    }

    /** Whether it shares its processors with another agent of its graph that uses much of them. */
    private boolean crowded(Sight sight) {
        return busyNeighbour(sight)
                && busiest(sight.agent())
                        .filter(other -> together(sight.agent().id(), other))
                        .isPresent();
    }

    /** Whether both are kept on some processors, and these are not all different ones. */
    private boolean together(String agent, String other) {
        return !Collections.disjoint(kept(agent), kept(other));
    }

    private List<Integer> kept(String agent) {
        return parts.agents().spec(agent).map(AgentSpec::affinity).orElse(List.of());
    }

    String perform(Act act, AgentStatus agent, Map<String, Double> with) {
        return switch (act) {
            case RECLAIM -> control(agent.id(), new Control.Reclaim((long) (resident(agent) * Act.SHARE.in(with))));
            case THROTTLE -> control(agent.id(), new Control.Throttle(Act.CORES.in(with)));
            case MOVE -> control(agent.id(), new Control.Affinity(Set.of(idlest())));
            case RENICE_NEIGHBOUR ->
                control(
                        busiest(agent)
                                .orElseThrow(() -> new StratoswarmException(
                                        Kind.CONFLICT, "no other agent uses much processor time any more")),
                        new Control.Nice((int) Math.round(Act.NICENESS.in(with))));
            default -> throw new IllegalArgumentException(act.word());
        };
    }

    String capture(AgentStatus agent) {
        Captures captures = parts.captures()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the bundle audit is not there"));
        Captures.Capture taken = Wait.on(captures.capture(
                new Captures.Request(
                        List.of(agent.id()), Captures.STOP_COPY, false, false, "before it is healed", List.of()),
                Acts.ACTOR));
        return "capture " + taken.number();
    }

    String control(String id, Control control) {
        AgentControls controls = parts.controls()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "controls of agents are not there"));
        AgentControls.Outcome outcome = Wait.on(controls.apply(id, control, Acts.ACTOR));
        if (outcome.unavailable()) {
            throw new StratoswarmException(Kind.UNAVAILABLE, id + ": " + outcome.detail());
        }
        return id + ": " + outcome.detail();
    }

    /** The other agent of its graph that uses most processor time now, where that is a tenth of a core or more. */
    Optional<String> busiest(AgentStatus agent) {
        if (parts.metrics().get().isEmpty()) {
            return Optional.empty();
        }
        long now = parts.clock().millis();
        Map<String, Double> seconds = new HashMap<>();
        parts.metrics()
                .get()
                .get()
                .query(new MetricQuery(
                        agent.graph() + "/*",
                        "cpu_seconds_total",
                        Collections.emptySortedMap(),
                        Math.max(0, now - LATELY_MILLIS),
                        now,
                        LATELY_MILLIS,
                        MetricQuery.Aggregate.RATE))
                .forEach(points -> {
                    double[] values = points.values();
                    String subject = points.series().subject();
                    if (values.length > 0 && !subject.equals(agent.id())) {
                        seconds.merge(subject, values[values.length - 1], Double::sum);
                    }
                });
        return seconds.entrySet().stream()
                .filter(each -> each.getValue() > 0.1)
                .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey);
    }

    long resident(AgentStatus agent) {
        return (long) parts.metrics().get().map(it -> it.latest(agent.id())).orElse(List.of()).stream()
                .filter(sample ->
                        sample.series().name().equals("memory_resident_bytes") && !Double.isNaN(sample.value()))
                .mapToDouble(sample -> sample.value())
                .sum();
    }

    /** The processor that the fewest agents are kept on. */
    int idlest() {
        Map<Integer, Long> kept = new HashMap<>();
        for (int i = 0; i < parts.processors(); i++) {
            kept.put(i, 0L);
        }
        parts.agents()
                .list()
                .forEach(agent -> parts.agents()
                        .spec(agent.id())
                        .ifPresent(spec ->
                                spec.affinity().forEach(cpu -> kept.computeIfPresent(cpu, (any, n) -> n + 1))));
        return kept.entrySet().stream()
                .min(Comparator.comparingLong(Map.Entry<Integer, Long>::getValue)
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow()
                .getKey();
    }
}
