package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a transform must not break. */
final class Invariants {
    private Invariants() {}

    static void check(Graphs.Declaration before, Target target, String kind) {
        acyclic(before.flows(), target.flows().values());
        types(target);
        keys(target);
        if (!kind.equals("apply")) {
            // Who applies a file says what is promised; every other kind keeps it.
            promises(before, target);
            orphans(before, target);
        }
    }

    private static void acyclic(Collection<FlowSpec> before, Collection<FlowSpec> after) {
        List<String> cycle = cycle(after);
        if (!cycle.isEmpty() && cycle(before).isEmpty()) {
            throw Refusal.conflict("records would go round in a circle: " + String.join(" -> ", cycle));
        }
    }

    private static List<String> cycle(Collection<FlowSpec> flows) {
        Map<String, Set<String>> next = new HashMap<>();
        flows.forEach(flow -> flow.to()
                .forEach(end -> next.computeIfAbsent(flow.from().node(), any -> new HashSet<>())
                        .add(end.node())));
        Set<String> done = new HashSet<>();
        for (String start : next.keySet()) {
            List<String> found = search(start, next, new ArrayList<>(), done);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static List<String> search(
            String node, Map<String, Set<String>> next, List<String> path, Set<String> done) {
        int at = path.indexOf(node);
        if (at >= 0) {
            List<String> circle = new ArrayList<>(path.subList(at, path.size()));
            circle.add(node);
            return circle;
        }
        if (done.contains(node)) {
            return List.of();
        }
        path.add(node);
        for (String after : next.getOrDefault(node, Set.of())) {
            List<String> found = search(after, next, path, done);
            if (!found.isEmpty()) {
                return found;
            }
        }
        path.removeLast();
        done.add(node);
        return List.of();
    }

    /** Where a channel says what it carries, a flow brings or takes just that. */
    private static void types(Target target) {
        for (FlowSpec flow : target.flows().values()) {
            fits(target, flow, flow.from(), flow.data().name());
            flow.to().forEach(end -> fits(target, flow, end, flow.result().name()));
        }
    }

    private static void fits(Target target, FlowSpec flow, End end, String data) {
        NodeSpec node = target.nodes().get(end.node());
        if (node == null) {
            throw Refusal.conflict(
                    "flow " + flow.id() + " would be connected to " + end + ", and there would be no such node");
        }
        Optional<String> says = node.channels().stream()
                .filter(channel -> channel.name().equals(end.channel()))
                .findFirst()
                .flatMap(Channel::data);
        if (says.isPresent() && !says.get().equals(data)) {
            throw Refusal.conflict("flow " + flow.id() + " carries " + data + ", and " + end + " is for " + says.get());
        }
    }

    /** Where several agents keep state by key, a record comes to the one that keeps that of its key. */
    private static void keys(Target target) {
        for (FlowSpec flow : target.flows().values()) {
            for (End end : flow.to()) {
                NodeSpec node = target.nodes().get(end.node());
                if (node != null
                        && node.replicas() > 1
                        && StateContract.of(node) instanceof StateContract.ByKey(String field)
                        && !flow.routing().equals(new FlowSpec.Routing.KeyHash(field))) {
                    throw Refusal.conflict("the agents of node " + node.id() + " keep state by '" + field
                            + "', so flow " + flow.id() + " must choose among them by the key '" + field + "'");
                }
                if (node != null
                        && node.replicas() > 1
                        && StateContract.of(node) instanceof StateContract.ByKey
                        && !end.channel().equals(Channel.STDIN)) {
                    throw Refusal.conflict("flow " + flow.id() + " leads to the channel " + end
                            + "; several agents that keep state by key take records by stdin alone");
                }
            }
        }
    }

    /** What was delivered at least once still is, on every way that takes its place. */
    private static void promises(Graphs.Declaration before, Target target) {
        for (FlowSpec flow : before.flows()) {
            if (!(flow.delivery() instanceof Delivery.AtLeastOnce)
                    || !target.nodes().containsKey(flow.from().node())) {
                continue;
            }
            boolean kept = target.flows().values().stream()
                    .filter(other -> other.from().equals(flow.from()))
                    .anyMatch(other -> other.delivery() instanceof Delivery.AtLeastOnce);
            if (!kept) {
                throw Refusal.conflict(
                        "flow " + flow.id() + " delivers at least once, and what would take its place does not");
            }
        }
    }

    /** A node to which something flowed, or from which, is not left without. */
    private static void orphans(Graphs.Declaration before, Target target) {
        Set<String> had = connected(before.flows());
        Set<String> has = connected(target.flows().values());
        Set<String> there = new HashSet<>();
        before.nodes().forEach(node -> there.add(node.id()));
        for (String node : target.nodes().keySet()) {
            if (!has.contains(node) && (had.contains(node) || !there.contains(node))) {
                throw Refusal.conflict("node " + node + " would have no flow to it or from it");
            }
        }
    }

    private static Set<String> connected(Collection<FlowSpec> flows) {
        Set<String> nodes = new HashSet<>();
        flows.forEach(flow -> {
            nodes.add(flow.from().node());
            flow.to().forEach(end -> nodes.add(end.node()));
        });
        return nodes;
    }
}
