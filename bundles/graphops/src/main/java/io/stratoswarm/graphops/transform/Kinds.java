package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What each kind of transform makes of a graph. Pure. */
final class Kinds {
    private static final int MOST = 1_000;

    /** By name, in the order in which messages list them. */
    private static final Map<String, Function<Asked, Target>> ALL = new TreeMap<>(Map.of(
            "split", Splits::split,
            "merge", Merges::merge,
            "parallelize", Kinds::parallelize,
            "insert", Kinds::insert,
            "remove", Kinds::remove,
            "reroute", Kinds::reroute,
            "replace", Kinds::replace,
            "move", Moves::move,
            "apply", Kinds::apply));

    private Kinds() {}

    static Target target(String kind, Asked asked) {
        Function<Asked, Target> make = ALL.get(kind);
        if (make == null) {
            throw Refusal.invalid("there is no transform '" + kind + "'; there are " + String.join(", ", ALL.keySet()));
        }
        Target target = make.apply(asked);
        asked.done();
        return target;
    }

    /** Records with one key stay in order, so all lanes begin anew when everything before them is through. */
    private static Target parallelize(Asked asked) {
        List<String> path = asked.list("path");
        int lanes = asked.count("lanes", 1, MOST);
        String key = asked.need("key");
        Target.Draft draft = asked.draft();
        for (String id : path) {
            NodeSpec node = Refusal.node(asked.graph(), id);
            Contracts.movable(node, "parallelize");
            draft.nodes.put(id, node.withReplicas(lanes));
            draft.renewed.add(id);
            List<FlowSpec> into = draft.into(id);
            if (into.isEmpty()) {
                throw Refusal.conflict("nothing flows into node " + id + ", so there is nothing to spread over lanes");
            }
            for (FlowSpec flow : into) {
                if (flow.to().size() > 1) {
                    throw Refusal.conflict(
                            "flow " + flow.id() + " leads to " + flow.to().size()
                                    + " nodes, and one route cannot both choose among them and among lanes; reroute it first");
                }
                draft.put(flow.withTo(flow.to(), new Routing.KeyHash(key)));
            }
        }
        return draft.target(
                lanes + " lanes of " + String.join(" -> ", path) + ", chosen by '" + key
                        + "'; records of one key stay in order",
                "the flows into it wait while the old lane is drained");
    }

    private static Target insert(Asked asked) {
        FlowSpec flow = Refusal.flow(asked.graph(), asked.need("flow"));
        NodeSpec node = asked.fresh(asked.fragmentNode());
        Target.Draft draft = asked.draft();
        draft.nodes.put(node.id(), node);
        chain(draft, flow, List.of(node.id()));
        return draft.target("what " + flow.id() + " delivers passes through " + node.id() + " first");
    }

    /** Leads a flow through these nodes, one after the other, to where it led. */
    private static void chain(Target.Draft draft, FlowSpec flow, List<String> through) {
        draft.put(flow.withTo(List.of(new End(through.getFirst(), "stdin")), new Routing.Copy()));
        for (int i = 0; i < through.size(); i++) {
            String id = through.get(i);
            boolean last = i == through.size() - 1;
            String name = unused(draft, flow.id() + "-" + id);
            List<End> ends = last ? flow.to() : List.of(new End(through.get(i + 1), "stdin"));
            draft.put(flow.onward(name, new End(id, "stdout"), ends, last ? flow.routing() : new Routing.Copy()));
        }
    }

    static String unused(Target.Draft draft, String wanted) {
        String name = wanted.length() > 60 ? wanted.substring(0, 60) : wanted;
        for (int i = 2; draft.flows.containsKey(name); i++) {
            name = wanted.substring(0, Math.min(56, wanted.length())) + "-" + i;
        }
        return name;
    }

    private static Target remove(Asked asked) {
        NodeSpec node = Refusal.node(asked.graph(), asked.need("node"));
        Target.Draft draft = asked.draft();
        bridge(draft, node.id());
        return draft.target("what came to " + node.id() + " goes on where that sent it");
    }

    /** Takes a node out: what led to it leads to where it led. */
    private static void bridge(Target.Draft draft, String id) {
        List<FlowSpec> into = draft.into(id);
        List<FlowSpec> from = draft.from(id);
        dependants(draft, id);
        if (from.size() > 1) {
            throw Refusal.conflict(from.size() + " flows begin at node " + id
                    + ", so what comes to it has no one way on;" + " remove or reroute all but one of them first");
        }
        for (FlowSpec flow : into) {
            List<End> ends = new ArrayList<>();
            flow.to().stream().filter(end -> !end.node().equals(id)).forEach(ends::add);
            if (from.isEmpty() || !ends.isEmpty()) {
                if (ends.isEmpty()) {
                    throw Refusal.conflict("flow " + flow.id() + " leads to node " + id
                            + " alone, so its records would go nowhere; reroute it first");
                }
                if (!from.isEmpty()) {
                    throw Refusal.conflict("flow " + flow.id() + " leads to other nodes beside " + id
                            + ", and from there " + from.getFirst().id() + " goes on; reroute one of them first");
                }
                draft.put(flow.withTo(ends, without(flow.routing(), id)));
            } else {
                draft.put(flow.withTo(from.getFirst().to(), from.getFirst().routing()));
            }
        }
        draft.removeFlows(from);
        draft.nodes.remove(id);
    }

    private static Routing without(Routing routing, String node) {
        return routing instanceof Routing.Predicate(List<FlowSpec.Case> cases)
                ? new Routing.Predicate(cases.stream()
                        .filter(each -> !each.to().node().equals(node))
                        .toList())
                : routing;
    }

    static void dependants(Target.Draft draft, String id) {
        for (NodeSpec other : List.copyOf(draft.nodes.values())) {
            if (other.dependsOn().stream().anyMatch(on -> on.node().equals(id))) {
                throw Refusal.conflict("node " + other.id() + " depends on node " + id + ", which would go");
            }
        }
    }

    private static Target reroute(Asked asked) {
        FlowSpec flow = Refusal.flow(asked.graph(), asked.need("flow"));
        Target.Draft draft = asked.draft();
        String via = asked.text("via").orElse("");
        if (via.isBlank()) {
            List<String> passed = direct(draft, flow);
            return draft.target(flow.id() + " goes past " + String.join(", ", passed));
        }
        Map<String, NodeSpec> fresh = new TreeMap<>();
        asked.fragment().nodes().forEach(node -> fresh.put(node.id(), asked.fresh(node)));
        List<String> through = asked.list("via");
        for (String id : through) {
            NodeSpec node = fresh.remove(id);
            if (node == null) {
                throw Refusal.invalid("the file declares no node '" + id
                        + "'; a new path leads through new nodes, which the file has to declare");
            }
            draft.nodes.put(id, node);
        }
        if (!fresh.isEmpty()) {
            throw Refusal.invalid("the file declares node '"
                    + fresh.keySet().iterator().next() + "', and the path does not" + " lead through it");
        }
        // Between the same ends: what the old path led through is taken out first.
        FlowSpec first = flow;
        if (flow.to().size() == 1 && passable(draft, flow.to().getFirst().node())) {
            direct(draft, flow);
            first = java.util.Objects.requireNonNull(draft.flows.get(flow.id()));
        }
        chain(draft, first, through);
        return draft.target(flow.id() + " leads through " + String.join(" -> ", through) + " to where its path ended");
    }

    /** Takes out all nodes that do nothing but pass on what this flow brings. */
    private static List<String> direct(Target.Draft draft, FlowSpec flow) {
        List<String> passed = new ArrayList<>();
        FlowSpec now = flow;
        while (now.to().size() == 1 && passable(draft, now.to().getFirst().node())) {
            String id = now.to().getFirst().node();
            bridge(draft, id);
            passed.add(id);
            now = java.util.Objects.requireNonNull(draft.flows.get(flow.id()));
        }
        if (passed.isEmpty()) {
            throw Refusal.conflict("flow " + flow.id()
                    + " leads to no node that only passes on what it brings; there is" + " nothing to go past");
        }
        return passed;
    }

    private static boolean passable(Target.Draft draft, String id) {
        return draft.into(id).size() == 1 && draft.from(id).size() == 1;
    }

    private static Target replace(Asked asked) {
        NodeSpec node = Refusal.node(asked.graph(), asked.need("node"));
        Map<String, String> environment = asked.all("env.");
        NodeSpec next = node;
        if (asked.hasFragment()) {
            next = asked.fragmentNode();
            if (!next.id().equals(node.id())) {
                throw Refusal.invalid(
                        "the file declares node '" + next.id() + "', and '" + node.id() + "' is to be replaced");
            }
        }
        if (!environment.isEmpty()) {
            next = new NodeSpec(
                    next.id(),
                    next.agent().withEnvironment(environment),
                    next.replicas(),
                    next.dependsOn(),
                    next.kind(),
                    next.channels(),
                    next.request(),
                    next.policies());
        } else if (!asked.hasFragment() && !asked.text("renew").equals(Optional.of("true"))) {
            throw Refusal.invalid("replace needs a file that declares the node as it shall be, a variable to set, or"
                    + " 'renew' = 'true' for fresh agents of what is declared now");
        }
        Target.Draft draft = asked.draft();
        draft.nodes.put(node.id(), next);
        draft.renewed.add(node.id());
        return draft.target("each agent of " + node.id() + " is followed by one that is ready before it takes over");
    }

    private static Target apply(Asked asked) {
        asked.text(Planner.ONLY);
        asked.text(Planner.FORCE);
        GraphManifest manifest = asked.fragment();
        if (!manifest.name().equals(asked.graph().name())) {
            throw Refusal.invalid("the file declares graph '" + manifest.name() + "', and '"
                    + asked.graph().name() + "' is to be changed");
        }
        Target.Draft draft = asked.draft();
        draft.nodes.clear();
        draft.flows.clear();
        manifest.nodes().forEach(node -> draft.nodes.put(node.id(), node));
        manifest.flows().forEach(draft::put);
        return draft.target("the graph is as the file declares it");
    }
}
