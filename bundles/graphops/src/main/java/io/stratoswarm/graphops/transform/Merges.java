package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Several agents or nodes become fewer. */
final class Merges {
    private static final int MOST = 1_000;

    private Merges() {}

    static Target merge(Asked asked) {
        List<String> ids = asked.list("nodes");
        List<NodeSpec> nodes =
                ids.stream().map(id -> Refusal.node(asked.graph(), id)).toList();
        if (nodes.size() == 1 && !asked.hasFragment()) {
            return replicas(asked, nodes.getFirst());
        }
        nodes.forEach(node -> Contracts.stateless(node, "merge"));
        return asked.hasFragment() ? chained(asked, nodes) : equal(asked, nodes);
    }

    private static Target replicas(Asked asked, NodeSpec node) {
        Contracts.movable(node, "merge");
        int count = asked.text("replicas").isPresent() ? asked.count("replicas", 1, MOST) : 1;
        if (count >= node.replicas()) {
            throw Refusal.invalid("node " + node.id() + " has " + node.replicas()
                    + (node.replicas() == 1 ? " replica" : " replicas") + " already; to have more, split it");
        }
        Target.Draft draft = asked.draft();
        draft.nodes.put(node.id(), node.withReplicas(count));
        // Keys of those that go must not be overtaken by what comes after them.
        draft.ordered = draft.into(node.id()).stream().anyMatch(flow -> flow.routing() instanceof Routing.KeyHash);
        return draft.target(count + (count == 1 ? " replica" : " replicas") + " of " + node.id() + " instead of "
                + node.replicas());
    }

    /** Nodes that do the same become one of them, which takes all that came to any. */
    private static Target equal(Asked asked, List<NodeSpec> nodes) {
        Target.Draft draft = asked.draft();
        String kept = asked.text("into").orElse(nodes.getFirst().id());
        NodeSpec first = nodes.getFirst();
        Set<String> gone = new LinkedHashSet<>();
        for (NodeSpec node : nodes) {
            gone.add(node.id());
            if (!node.agent()
                            .with(List.of(), node.agent().builtin())
                            .equals(first.agent().with(List.of(), first.agent().builtin()))
                    || !node.kind().equals(first.kind())) {
                throw Refusal.conflict("nodes " + first.id() + " and " + node.id()
                        + " are not declared alike; declare the node" + " that takes their place in a file");
            }
        }
        gone.remove(kept);
        gone.forEach(id -> Kinds.dependants(draft, id));
        if (!draft.nodes.containsKey(kept)) {
            draft.nodes.put(kept, first.withId(kept));
        }
        for (FlowSpec flow : List.copyOf(draft.flows.values())) {
            Set<End> ends = new LinkedHashSet<>();
            flow.to().forEach(end -> ends.add(gone.contains(end.node()) ? new End(kept, end.channel()) : end));
            if (!ends.equals(new LinkedHashSet<>(flow.to()))) {
                boolean one = ends.size() == 1;
                if (!one && flow.routing() instanceof Routing.Predicate) {
                    throw Refusal.conflict(
                            "flow " + flow.id() + " chooses among these nodes and others by conditions; apply the"
                                    + " graph with the conditions that it shall have");
                }
                draft.put(flow.withTo(
                        List.copyOf(ends), one && first.replicas() == 1 ? new Routing.Copy() : flow.routing()));
            }
        }
        outputs(draft, gone, kept);
        gone.forEach(draft.nodes::remove);
        return draft.target(kept + " takes what came to " + String.join(", ", gone) + " as well");
    }

    /** Flows from those that go begin at the one that is kept, unless one like them does already. */
    private static void outputs(Target.Draft draft, Set<String> gone, String kept) {
        for (String id : gone) {
            for (FlowSpec flow : draft.from(id)) {
                draft.flows.remove(flow.id());
                boolean there = draft.from(kept).stream()
                        .anyMatch(other -> other.to().equals(flow.to())
                                && other.from().channel().equals(flow.from().channel())
                                && other.transforms().equals(flow.transforms()));
                if (!there) {
                    draft.put(flow.withFrom(
                            Kinds.unused(draft, flow.id() + "-" + kept),
                            new End(kept, flow.from().channel())));
                }
            }
        }
    }

    /** Nodes that stand one behind the other become one, which a file declares. */
    private static Target chained(Asked asked, List<NodeSpec> nodes) {
        NodeSpec next = asked.fresh(asked.fragmentNode());
        Target.Draft draft = asked.draft();
        draft.nodes.put(next.id(), next);
        for (int i = 0; i + 1 < nodes.size(); i++) {
            String id = nodes.get(i).id();
            String after = nodes.get(i + 1).id();
            List<FlowSpec> between = draft.from(id);
            if (between.size() != 1
                    || between.getFirst().to().size() != 1
                    || !between.getFirst().to().getFirst().node().equals(after)
                    || draft.into(after).size() != 1) {
                throw Refusal.conflict("nodes " + id + " and " + after
                        + " are no chain: all that leaves the one, and nothing" + " else, must come to the other");
            }
            draft.removeFlows(between);
        }
        String head = nodes.getFirst().id();
        String tail = nodes.getLast().id();
        for (FlowSpec flow : draft.into(head)) {
            draft.put(flow.withTo(
                    flow.to().stream()
                            .map(end -> end.node().equals(head) ? new End(next.id(), end.channel()) : end)
                            .toList(),
                    cases(flow.routing(), head, next.id())));
        }
        for (FlowSpec flow : draft.from(tail)) {
            draft.flows.remove(flow.id());
            draft.put(flow.withFrom(
                    Kinds.unused(draft, flow.id() + "-" + next.id()),
                    new End(next.id(), flow.from().channel())));
        }
        for (NodeSpec node : nodes) {
            Kinds.dependants(draft, node.id());
            draft.nodes.remove(node.id());
        }
        return draft.target(next.id() + " does what "
                + String.join(" and ", nodes.stream().map(NodeSpec::id).toList()) + " did one after the other");
    }

    private static Routing cases(Routing routing, String old, String next) {
        return routing instanceof Routing.Predicate(List<FlowSpec.Case> cases)
                ? new Routing.Predicate(cases.stream()
                        .map(each -> each.to().node().equals(old)
                                ? new FlowSpec.Case(new End(next, each.to().channel()), each.when())
                                : each)
                        .toList())
                : routing;
    }
}
