package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.strategy.Act;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Does what was chosen, under a lease on the agent, so that its restart policy does not act meanwhile. Each gives one line that says what was
 * done, and throws {@link StratoswarmException} where it was not.
 */
final class Acts {
    static final String ACTOR = "healing";
    private static final long PATIENCE_SECONDS = 60;
    private static final long LEASE_MILLIS = 90_000;
    private static final int POLITE = 10;
    /** Share of all processor time, and of a core. */
    private static final double BUSY_HOST = 0.8;

    private static final double BUSY_NEIGHBOUR = 0.5;
    /** Of a core, for an agent that spins. */
    private static final double THROTTLED = 0.25;

    private final HealingParts parts;

    Acts(HealingParts parts) {
        this.parts = parts;
    }

    /** Whether it makes sense for the agent as it is now. What has come back by its policy meanwhile is left as it is. */
    boolean possible(Act act, AgentStatus agent, Set<String> needed, Patterns patterns) {
        boolean ill = agent.phase() == AgentPhase.UNHEALTHY;
        return switch (act) {
            case WAIT, ASK -> true;
            // What its policy brings back by itself is not started twice, and what it put into quarantine stays there
            // until something is another than it was.
            case RESTART -> agent.phase() == AgentPhase.FAILED && restarts(agent.id());
            case CAPTURE ->
                ill && restarts(agent.id()) && parts.captures().get().isPresent();
            case RESTART_DEPENDENCIES ->
                parts.agents().list().stream().anyMatch(other -> depends(agent, needed, other) && down(other));
            case ROLLBACK ->
                parts.graphs()
                        .get()
                        .flatMap(it -> it.declaration(agent.graph()))
                        .map(graph -> graph.generation() > 1 && !graph.deleting())
                        .orElse(false);
            case RECLAIM, THROTTLE -> ill && parts.controls().get().isPresent();
            case MOVE -> ill && parts.controls().get().isPresent() && parts.processors() > 1;
            // Others are only touched where processor time was short and one of them used much of it.
            case RENICE_NEIGHBOUR ->
                patterns.measure("host.cpu") > BUSY_HOST
                        && patterns.measure("neighbour.cpu.level") > BUSY_NEIGHBOUR
                        && parts.controls().get().isPresent()
                        && busiest(agent).isPresent();
        };
    }

    /** Whether it is one that is to run all the time, and may be started again: a job that failed is not done twice unasked. */
    boolean restarts(String agent) {
        return parts.agents()
                .spec(agent)
                .map(spec ->
                        spec.lifecycle() == Lifecycle.SERVICE && spec.restart().mode() != RestartMode.NEVER)
                .orElse(false);
    }

    /** Whether it does not run, is not on its way, and may be started: not by a person's wish, and not in quarantine. */
    private boolean down(AgentStatus agent) {
        return (agent.phase() == AgentPhase.BACKOFF || agent.phase() == AgentPhase.FAILED) && restarts(agent.id());
    }

    private static boolean depends(AgentStatus agent, Set<String> needed, AgentStatus other) {
        return other.graph().equals(agent.graph()) && needed.contains(other.node());
    }

    static boolean well(AgentStatus agent) {
        return agent.phase() == AgentPhase.READY || agent.phase() == AgentPhase.COMPLETED;
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
                        Math.max(0, now - 20_000),
                        now,
                        20_000,
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

    /** Generation of the agent's graph now, by which a change that came in between is noticed; empty where there is no graph. */
    OptionalLong generation(String graph) {
        return parts.graphs()
                .get()
                .flatMap(it -> it.declaration(graph))
                .map(it -> OptionalLong.of(it.generation()))
                .orElse(OptionalLong.empty());
    }

    /** @param generation that the agent's graph had when this was decided; what was changed since is not taken back */
    String perform(Act act, AgentStatus agent, Set<String> needed, OptionalLong generation) {
        parts.leases()
                .get()
                .ifPresent(
                        leases -> await(leases.lease(agent.id(), ACTOR, LEASE_MILLIS, "heals it: it " + act.what())));
        try {
            return done(act, agent, needed, generation);
        } finally {
            release(agent.id());
        }
    }

    /** A lease that a command of an operator has ended meanwhile is no failure. */
    void release(String id) {
        parts.leases().get().ifPresent(leases -> {
            var unused = leases.release(id, ACTOR).exceptionally(e -> null);
        });
    }

    private String done(Act act, AgentStatus agent, Set<String> needed, OptionalLong generation) {
        return switch (act) {
            case RESTART -> "started anew: " + String.join(", ", restart(agent.id()));
            case CAPTURE -> captured(agent) + "; started anew: " + String.join(", ", restart(agent.id()));
            case RESTART_DEPENDENCIES -> dependencies(agent, needed);
            case ROLLBACK -> rollback(agent, generation);
            case RECLAIM -> control(agent.id(), new Control.Reclaim(resident(agent) / 4));
            case THROTTLE -> control(agent.id(), new Control.Throttle(THROTTLED));
            case MOVE -> control(agent.id(), new Control.Affinity(Set.of(idlest())));
            case RENICE_NEIGHBOUR ->
                control(
                        busiest(agent)
                                .orElseThrow(() -> new StratoswarmException(
                                        Kind.CONFLICT, "no other agent uses much processor time any more")),
                        new Control.Nice(POLITE));
            case WAIT, ASK -> throw new StratoswarmException(Kind.UNAVAILABLE, act.word() + " is nothing to do");
        };
    }

    List<String> restart(String id) {
        return await(parts.agents().restart(id, ACTOR));
    }

    private String captured(AgentStatus agent) {
        Captures captures = parts.captures()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the bundle audit is not there"));
        Captures.Capture taken = await(captures.capture(
                new Captures.Request(
                        List.of(agent.id()), Captures.STOP_COPY, false, false, "before it is healed", List.of()),
                ACTOR));
        return "capture " + taken.number();
    }

    String control(String id, Control control) {
        AgentControls controls = parts.controls()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "controls of agents are not there"));
        AgentControls.Outcome outcome = await(controls.apply(id, control, ACTOR));
        if (outcome.unavailable()) {
            throw new StratoswarmException(Kind.UNAVAILABLE, id + ": " + outcome.detail());
        }
        return id + ": " + outcome.detail();
    }

    long resident(AgentStatus agent) {
        return (long) latest(agent.id(), "memory_resident_bytes").values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    Map<String, Double> latest(String subject, String name) {
        return parts.metrics().get().map(it -> it.latest(subject)).orElse(List.of()).stream()
                .filter(sample -> sample.series().name().equals(name) && !Double.isNaN(sample.value()))
                .collect(Collectors.toMap(
                        sample -> sample.series().labels().toString(), Sample::value, (first, second) -> second));
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

    private String dependencies(AgentStatus agent, Set<String> needed) {
        List<String> done = new ArrayList<>();
        for (AgentStatus other : parts.agents().list()) {
            if (depends(agent, needed, other) && down(other)) {
                done.addAll(restart(other.id()));
            }
        }
        if (done.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "what it needs is well by now, or was stopped by somebody; nothing was started anew");
        }
        AgentStatus now = parts.agents().get(agent.id()).orElse(agent);
        if (!now.phase().running() && now.phase() != AgentPhase.STARTING && now.phase() != AgentPhase.WAITING) {
            done.addAll(restart(agent.id()));
        }
        return "started anew: " + String.join(", ", done);
    }

    private String rollback(AgentStatus agent, OptionalLong generation) {
        Graphs known = parts.graphs()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there"));
        Graphs.Applied applied = await(known.rollback(agent.graph(), OptionalLong.empty(), generation, ACTOR));
        AgentStatus now = parts.agents().get(agent.id()).orElse(agent);
        if (now.phase() == AgentPhase.QUARANTINED || now.phase() == AgentPhase.FAILED) {
            await(parts.agents().start(agent.id(), ACTOR));
        }
        return "graph " + applied.name() + " is generation " + applied.generation() + ", as it was before";
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StratoswarmException known
                    ? known
                    : new StratoswarmException(Kind.SYSTEM, String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, "not done within " + PATIENCE_SECONDS + " s; it goes on", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before it was done", e);
        }
    }
}
