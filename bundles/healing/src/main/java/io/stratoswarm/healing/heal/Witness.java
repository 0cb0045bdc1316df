package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.pattern.Window.Line;
import io.stratoswarm.healing.pattern.Window.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Brings together what is known of the time before a moment. */
final class Witness {
    /** What is read of the host and of other agents; of the agent itself everything is. */
    private static final List<String> OF_HOST = List.of(
            "cpu_seconds_total",
            "memory_available_bytes",
            "memory_total_bytes",
            "filesystem_avail_bytes",
            "filesystem_size_bytes",
            "pressure_stalled_seconds_total",
            "tcp_retransmitted_segments_total");

    private static final List<String> OF_NEIGHBOURS = List.of("cpu_seconds_total", "memory_resident_bytes");
    /** As many as a pinned window has of them. */
    private static final int MOST_NEIGHBOURS = 20;

    private static final int LOG_LINES = 20;
    private static final int EVENTS = 200;
    /** Within which what happened to another agent, or was changed, may have to do with a failure. */
    static final long NEAR_NANOS = 60_000_000_000L;

    private final Journal journal;
    private final Agents agents;
    private final Supplier<Optional<Graphs>> graphs;
    private final Supplier<Optional<Metrics>> metrics;

    Witness(Journal journal, Agents agents, Supplier<Optional<Graphs>> graphs, Supplier<Optional<Metrics>> metrics) {
        this.journal = journal;
        this.agents = agents;
        this.graphs = graphs;
        this.metrics = metrics;
    }

    Window before(Failure failure) {
        return window(failure.agent(), failure.millis() + 1, circumstance(failure));
    }

    /** The time up to now, of an agent that has not failed. */
    Window now(String agent, long nowMillis) {
        return window(agent, nowMillis, Circumstance.NONE);
    }

    private Window window(String agent, long to, Circumstance circumstance) {
        long from = Math.max(0, to - Window.MILLIS);
        List<Line> lines = metrics.get().map(it -> lines(it, agent, from, to)).orElse(List.of());
        return Window.begun(agent, from, to, lines, circumstance);
    }

    private List<Line> lines(Metrics metrics, String agent, long from, long to) {
        Set<String> counters = new HashSet<>();
        for (MetricInfo info : metrics.declared()) {
            if (info.kind() == MetricInfo.Kind.COUNTER) {
                counters.add(info.name());
            }
        }
        List<Line> all = new ArrayList<>();
        read(metrics, Role.SELF, agent, "*", from, to, counters, all);
        for (String name : OF_HOST) {
            read(metrics, Role.HOST, Series.HOST, name, from, to, counters, all);
        }
        String graph = agent.substring(0, agent.indexOf('/'));
        List<String> others = agents.list().stream()
                .filter(other -> other.graph().equals(graph) && !other.id().equals(agent))
                .map(AgentStatus::id)
                .limit(MOST_NEIGHBOURS)
                .toList();
        for (String other : others) {
            for (String name : OF_NEIGHBOURS) {
                read(metrics, Role.NEIGHBOUR, other, name, from, to, counters, all);
            }
        }
        return all;
    }

    private static void read(
            Metrics metrics,
            Role role,
            String subject,
            String name,
            long from,
            long to,
            Set<String> counters,
            List<Line> into) {
        MetricQuery query =
                new MetricQuery(subject, name, Collections.emptySortedMap(), from, to, 0, MetricQuery.Aggregate.LAST);
        for (Points points : metrics.query(query)) {
            Series series = points.series();
            into.add(new Line(
                    role,
                    series.subject(),
                    series.name(),
                    series.labels(),
                    counters.contains(series.name()),
                    points.timesMillis(),
                    points.values()));
        }
    }

    Circumstance circumstance(Failure failure) {
        long at = failure.event().timeNanos();
        List<Event> own = journal.read(EventQuery.all()
                .subject(Failure.SUBJECT + failure.agent())
                .to(failure.event().sequence() + 1)
                .between(at - Window.MILLIS * 1_000_000, Long.MAX_VALUE)
                .newestFirst()
                .limit(EVENTS));
        long started = own.stream()
                .filter(event -> event.type().equals("AgentStarted"))
                .mapToLong(Event::timeNanos)
                .findFirst()
                .orElse(-1);
        int starts = (int) own.stream()
                .filter(event -> event.type().equals("AgentStarted"))
                .count();
        String exit = !failure.exit().isEmpty()
                ? failure.exit()
                : failure.event().type().equals("AgentUnhealthy") || failure.alarm()
                        ? ""
                        : agents.get(failure.agent())
                                .flatMap(status -> status.lastExit())
                                .orElse("");
        Set<String> failed = failedNear(failure, at);
        Set<String> needed = needed(failure.agent());
        return new Circumstance(
                failure.event().type(),
                exit,
                started < 0 ? -1 : (at - started) / 1_000_000,
                starts,
                !failed.isEmpty(),
                failed.stream().anyMatch(id -> needed.contains(node(id))),
                changed(failure, at),
                own.stream()
                        .anyMatch(event -> event.type().equals("AgentSignalRequested")
                                || event.type().equals("AgentKillRequested")),
                limits(failure.agent()),
                log(failure.agent()));
    }

    private static String node(String agent) {
        String local = agent.substring(agent.indexOf('/') + 1);
        int dot = local.indexOf('.');
        return dot < 0 ? local : local.substring(0, dot);
    }

    /** Other agents of the graph that failed or ended shortly before. */
    private Set<String> failedNear(Failure failure, long at) {
        Set<String> failed = new HashSet<>();
        for (Event event : journal.read(EventQuery.all()
                .subject(Failure.SUBJECT + failure.graph() + "/*")
                .to(failure.event().sequence())
                .between(at - NEAR_NANOS, Long.MAX_VALUE)
                .newestFirst()
                .limit(EVENTS))) {
            boolean ended = event.type().equals("AgentStopped")
                    || Failure.of(event, journal).isPresent();
            String agent = event.subject().substring(Failure.SUBJECT.length());
            if (ended && !agent.equals(failure.agent())) {
                failed.add(agent);
            }
        }
        return failed;
    }

    /** Nodes that the agent's node depends on, or gets records from. */
    Set<String> needed(String agent) {
        Set<String> needed = new HashSet<>();
        graphs.get()
                .flatMap(it -> it.declaration(agent.substring(0, agent.indexOf('/'))))
                .ifPresent(graph -> {
                    for (NodeSpec node : graph.nodes()) {
                        if (node.id().equals(node(agent))) {
                            node.dependsOn().forEach(on -> needed.add(on.node()));
                        }
                    }
                    graph.flows().stream()
                            .filter(flow -> flow.to().stream()
                                    .anyMatch(end -> end.node().equals(node(agent))))
                            .forEach(flow -> needed.add(flow.from().node()));
                });
        return needed;
    }

    /** Whether what is declared of it was changed shortly before, after it had run otherwise. */
    private boolean changed(Failure failure, long at) {
        List<Event> applied = journal.read(EventQuery.all()
                .subject("graph/" + failure.graph())
                .to(failure.event().sequence())
                .newestFirst()
                .limit(EVENTS));
        return applied.stream()
                .anyMatch(event ->
                        (event.type().equals("GraphApplied") || event.type().equals("GraphEdited"))
                                && event.timeNanos() > at - 5 * NEAR_NANOS
                                && Payload.of(event).path("generation").asLong() > 1);
    }

    Map<String, Double> limits(String agent) {
        Map<String, Double> limits = new HashMap<>();
        AgentSpec spec = agents.spec(agent).orElse(null);
        if (spec == null) {
            return limits;
        }
        limit(limits, "open_fds", spec.rlimits().get("nofile"));
        limit(limits, "memory_resident_bytes", spec.rlimits().get("as"));
        limit(limits, "threads", spec.rlimits().get("nproc"));
        spec.resources()
                .memoryBytes()
                .ifPresent(bytes -> limits.merge("memory_resident_bytes", (double) bytes, Math::min));
        spec.resources().pids().ifPresent(count -> limits.merge("threads", (double) count, Math::min));
        return limits;
    }

    private static void limit(
            Map<String, Double> limits, String metric, AgentSpec.@org.jspecify.annotations.Nullable Rlimit limit) {
        if (limit != null && limit.soft() > 0) {
            limits.put(metric, (double) limit.soft());
        }
    }

    private List<String> log(String agent) {
        return agents.log(agent, LOG_LINES).stream().map(LogLine::text).toList();
    }
}
