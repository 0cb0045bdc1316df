package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.graphops.transform.Stage.Wait;
import io.stratoswarm.graphops.transform.Stage.Who;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks whether what a stage waits for has happened. */
final class Watcher {
    /** More refused records a read one than before, at which a share is taken for unwell. */
    private static final double MORE_REFUSED = 0.01;
    /** Part of a flow's buffer that is full all the time. */
    private static final double FULL = 0.8;
    /** Of so many looks at agents that have yet to end, one is at the flows too. */
    private static final int FULL_LOOK = 20;

    private final Graphs graphs;
    private final Agents agents;
    private final Flows flows;
    private final String graph;
    private final String by;
    private final Set<String> touched;
    private final Map<String, Long> incarnations = new HashMap<>();
    private final Map<String, FlowLedger> ledgers = new HashMap<>();
    private final Set<String> stopped = new HashSet<>();
    private final Map<Who, String> known = new HashMap<>();
    /** What was seen last of a stage that drains, and how often nothing new was since. */
    private Seen last = Seen.DONE;

    private int same;

    Watcher(Graphs graphs, Agents agents, Flows flows, String graph, String by, Set<String> touched) {
        this.graphs = graphs;
        this.agents = agents;
        this.flows = flows;
        this.graph = graph;
        this.by = by;
        this.touched = touched;
    }

    /** What was seen: it has happened, or not yet, or it will not. */
    record Seen(boolean done, boolean failed, String why) {
        static final Seen DONE = new Seen(true, false, "");

        static Seen waiting(String why) {
            return new Seen(false, false, why);
        }

        static Seen failed(String why) {
            return new Seen(false, true, why);
        }
    }

    /** Remembers how everything is when a stage begins. */
    void begin(Wait wait) {
        same = 0;
        known.clear();
        incarnations.clear();
        ledgers.clear();
        if (wait instanceof Wait.Well(List<Who> who, long millis)) {
            ids(who).values()
                    .forEach(id -> agents.get(id).ifPresent(agent -> incarnations.put(id, agent.incarnation())));
            status().forEach(flow -> ledgers.put(flow.flow(), flow.ledger()));
        }
    }

    /** @param over whether the time of a stage that watches is over */
    Seen look(Wait wait, boolean over) {
        return switch (wait) {
            case Wait.Nothing nothing -> Seen.DONE;
            case Wait.Ready(List<Who> who) -> ready(who);
            case Wait.Well(List<Who> who, long millis) -> well(who, over);
            case Wait.Drained drained -> drained(drained);
        };
    }

    /** They do not change while a stage goes on. */
    private Map<Who, String> ids(List<Who> who) {
        if (!known.keySet().equals(Set.copyOf(who))) {
            known.clear();
            known.putAll(find(who));
        }
        return known;
    }

    private Map<Who, String> find(List<Who> who) {
        Map<String, List<Member>> members =
                graphs.declaration(graph).map(Graphs.Declaration::members).orElse(Map.of());
        Map<Who, String> ids = new HashMap<>();
        for (Who one : who) {
            members.getOrDefault(one.node(), List.of()).stream()
                    .filter(member -> member.number() == one.number())
                    .forEach(member -> ids.put(one, member.agent()));
        }
        return ids;
    }

    private Seen ready(List<Who> who) {
        Map<Who, String> ids = ids(who);
        for (Who one : who) {
            String id = ids.getOrDefault(one, "");
            Optional<AgentStatus> agent = agents.get(id);
            if (agent.isEmpty()) {
                return Seen.waiting("agent " + one.node() + " " + one.number() + " to be there");
            }
            AgentPhase phase = agent.get().phase();
            switch (phase) {
                case FAILED, QUARANTINED, STOPPED ->
                    throw new StratoswarmException(
                            StratoswarmException.Kind.CONFLICT,
                            id + " is " + word(phase) + ": " + agent.get().reason());
                case READY, COMPLETED -> {}
                case WAITING, STARTING, RUNNING, UNHEALTHY, STOPPING, BACKOFF -> {
                    return Seen.waiting(id + " to be ready; it is " + word(phase)
                            + (phase == AgentPhase.BACKOFF ? ": " + agent.get().reason() : ""));
                }
            }
        }
        return Seen.DONE;
    }

    private static String word(AgentPhase phase) {
        return phase.name().toLowerCase(java.util.Locale.ROOT);
    }

    private Seen well(List<Who> who, boolean over) {
        for (String id : ids(who).values()) {
            AgentStatus agent = agents.get(id).orElse(null);
            if (agent == null) {
                return Seen.failed(id + " is gone");
            }
            if (agent.phase() != AgentPhase.READY) {
                return Seen.failed(id + " is " + word(agent.phase()) + ": " + agent.reason());
            }
            if (agent.incarnation() != incarnations.getOrDefault(id, agent.incarnation())) {
                return Seen.failed(id + " was started again: " + agent.reason());
            }
        }
        Map<String, FlowSpec> specs = new HashMap<>();
        graphs.declaration(graph).ifPresent(now -> now.flows().forEach(flow -> specs.put(flow.id(), flow)));
        for (FlowStatus flow : status()) {
            if (flow.state() == FlowStatus.State.FAILED) {
                return Seen.failed("flow " + flow.flow() + " failed: " + flow.reason());
            }
            FlowLedger before = ledgers.get(flow.flow());
            FlowSpec spec = specs.get(flow.flow());
            if (before == null || spec == null || !over) {
                continue;
            }
            long read = flow.ledger().read() - before.read();
            long refused = flow.ledger().refused() - before.refused();
            double was = before.read() == 0 ? 0 : (double) before.refused() / before.read();
            if (read > 0 && (double) refused / read > was + MORE_REFUSED) {
                return Seen.failed(
                        "flow " + flow.flow() + " refused " + refused + " of " + read + " records, more than before");
            }
            if (flow.lagBytes() > FULL * spec.bufferBytes() && before.waitingBytes() + before.inFlight() == 0) {
                return Seen.failed("flow " + flow.flow() + " lags " + flow.lagBytes() + " bytes, and did not before");
            }
        }
        return over ? Seen.DONE : Seen.waiting("its share to be well");
    }

    private List<FlowStatus> status() {
        return flows.status(graph).stream()
                .filter(flow -> touched.contains(flow.flow()))
                .toList();
    }

    private Seen drained(Wait.Drained wait) {
        Map<Who, String> ids = ids(wait.agents());
        boolean going = ids.values().stream()
                .anyMatch(id -> agents.get(id).map(agent -> !ended(agent)).orElse(false));
        if (!going) {
            return flows.drain(
                            graph,
                            new Flows.Drain(
                                    by,
                                    wait.flows(),
                                    wait.last(),
                                    Set.copyOf(ids.values()),
                                    wait.then(),
                                    wait.members()))
                    .map(Seen::waiting)
                    .orElse(Seen.DONE);
        }
        // The flows have better to do than to answer each time.
        if (same++ % FULL_LOOK == 0) {
            last = ending(wait, ids);
        }
        return last;
    }

    /** What an agent that has not ended waits for; those to which nothing comes are stopped. */
    private Seen ending(Wait.Drained wait, Map<Who, String> ids) {
        Map<String, List<Flows.Waiting>> channels = new HashMap<>();
        List<Flows.Waiting> all;
        try {
            all = flows.waiting(graph);
        } catch (StratoswarmException e) {
            if (e.kind() != StratoswarmException.Kind.UNAVAILABLE) {
                throw e;
            }
            return Seen.waiting("the flows: " + e.getMessage());
        }
        all.forEach(each ->
                channels.computeIfAbsent(each.agent(), any -> new ArrayList<>()).add(each));
        for (Who one : wait.agents()) {
            String id = ids.get(one);
            AgentStatus agent = id == null ? null : agents.get(id).orElse(null);
            if (id == null || agent == null) {
                continue; // It is gone, which is all that is wanted of it.
            }
            List<Flows.Waiting> its = channels.getOrDefault(id, List.of());
            if (!ended(agent)) {
                if (its.stream().allMatch(Flows.Waiting::out) && stopped.add(id)) {
                    // Nothing comes to it that could end.
                    var unused = agents.stop(agent.selector(), "transforms");
                }
                long bytes = its.stream()
                        .filter(each -> !each.out())
                        .mapToLong(each -> each.unread() + each.onTheWay())
                        .sum();
                return Seen.waiting(
                        id + " to end; it is " + word(agent.phase()) + ", " + bytes + " bytes are before it");
            }
        }
        return Seen.waiting("the flows");
    }

    private static boolean ended(AgentStatus agent) {
        return agent.phase() == AgentPhase.COMPLETED || agent.phase() == AgentPhase.STOPPED;
    }

    /** Gives up waiting: what has not ended is stopped. What that loses, one line each; empty where it must not be done. */
    Optional<List<String>> giveUp(Wait.Drained wait, long graceMillis) {
        List<String> lost = new ArrayList<>();
        Map<Who, String> ids = ids(wait.agents());
        List<Flows.Waiting> all;
        try {
            all = flows.waiting(graph);
        } catch (StratoswarmException e) {
            if (e.kind() != StratoswarmException.Kind.UNAVAILABLE) {
                throw e;
            }
            return Optional.empty(); // What would be lost could not be said.
        }
        Set<String> durable = new HashSet<>();
        graphs.declaration(graph)
                .ifPresent(now -> now.flows().stream()
                        .filter(flow -> flow.delivery() instanceof FlowSpec.Delivery.AtLeastOnce)
                        .forEach(flow -> flow.to().forEach(end -> durable.add(end.node()))));
        for (Who one : wait.agents()) {
            if (durable.contains(one.node())) {
                return Optional.empty();
            }
        }
        ids.forEach((who, id) -> {
            long unread = 0;
            for (Flows.Waiting each : all) {
                unread += each.agent().equals(id) && !each.out() ? each.unread() + each.onTheWay() : 0;
            }
            AgentStatus agent = agents.get(id).orElse(null);
            if (agent != null && !ended(agent)) {
                lost.add(id + " did not end within " + graceMillis + " ms and was stopped; " + unread
                        + " bytes that were meant for it were not read");
                var unused = agents.stop(agent.selector(), "transforms");
            }
        });
        return Optional.of(lost);
    }
}
