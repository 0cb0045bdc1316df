package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Case;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One node becomes several agents, or several nodes. */
final class Splits {
    private static final int MOST = 1_000;

    private Splits() {}

    static Target split(Asked asked) {
        NodeSpec node = Refusal.node(asked.graph(), asked.need("node"));
        boolean cases = asked.text("cases").isPresent();
        boolean values = asked.text("by").isPresent();
        if (cases && values) {
            throw Refusal.invalid("split takes 'cases', or 'by' and 'values', and not both");
        }
        if (!cases && !values) {
            return byLoad(asked, node);
        }
        Contracts.stateless(node, "split");
        return cases ? byCases(asked, node) : byValues(asked, node);
    }

    private static Target byLoad(Asked asked, NodeSpec node) {
        Contracts.movable(node, "split");
        int into = asked.count("into", 2, MOST);
        if (into <= node.replicas()) {
            throw Refusal.invalid(
                    "node " + node.id() + " has " + node.replicas() + " replicas already; to have fewer, merge it");
        }
        Routing route = asked.text("route")
                .map(Splits::route)
                .orElseGet(() -> StateContract.of(node) instanceof StateContract.ByKey(String field)
                        ? new Routing.KeyHash(field)
                        : new Routing.LeastLoaded());
        Target.Draft draft = asked.draft();
        draft.nodes.put(node.id(), node.withReplicas(into));
        List<FlowSpec> inputs = draft.into(node.id());
        if (inputs.isEmpty()) {
            throw Refusal.conflict("nothing flows into node " + node.id() + ", so there is nothing to split");
        }
        boolean keyed = false;
        for (FlowSpec flow : inputs) {
            boolean spreads = !(flow.routing() instanceof Routing.Copy);
            if (!spreads && flow.to().size() > 1) {
                throw Refusal.conflict("flow " + flow.id() + " copies each record to "
                        + flow.to().size()
                        + " nodes, and one route cannot both do that and choose among replicas; reroute it first");
            }
            if (!spreads) {
                draft.put(flow.withTo(flow.to(), route));
            }
            keyed |= Objects.requireNonNull(draft.flows.get(flow.id())).routing() instanceof Routing.KeyHash;
        }
        // Keys that move must not overtake what the old agent still has of them.
        draft.ordered = keyed;
        if (keyed) {
            draft.renewed.add(node.id());
        }
        return draft.target(into + " replicas of " + node.id() + " share what one had"
                + (keyed ? "; records of one key stay in order" : ""));
    }

    private static Routing route(String text) {
        if (text.startsWith("key:") && text.length() > 4) {
            return new Routing.KeyHash(text.substring(4));
        }
        return switch (text) {
            case "least-loaded" -> new Routing.LeastLoaded();
            case "round-robin" -> new Routing.RoundRobin();
            default ->
                throw Refusal.invalid("'route' must be least-loaded, round-robin or key:FIELD, not '" + text + "'");
        };
    }

    /** By the words of the graph language: {@code b1: level >= 4; b2: otherwise}. */
    private static Target byCases(Asked asked, NodeSpec node) {
        Map<String, String> when = new LinkedHashMap<>();
        for (String one : asked.need("cases").split(";")) {
            int colon = one.indexOf(':');
            if (colon < 1) {
                throw Refusal.invalid("'cases' has the form 'NODE: CONDITION; NODE: otherwise', and '" + one.strip()
                        + "' has no colon");
            }
            if (when.put(
                            one.substring(0, colon).strip(),
                            one.substring(colon + 1).strip())
                    != null) {
                throw Refusal.invalid(
                        "'cases' names node " + one.substring(0, colon).strip() + " twice");
            }
        }
        return byNodes(asked, node, CaseText.parse(when, asked.parser()));
    }

    /** {@code values} has the form {@code eu=b-eu,us=b-us}; a node for all other values is named by {@code otherwise=}. */
    private static Target byValues(Asked asked, NodeSpec node) {
        String field = asked.need("by");
        Map<String, String> when = new LinkedHashMap<>();
        String rest = "";
        for (String one : asked.list("values")) {
            int equals = one.indexOf('=');
            if (equals < 1 || equals == one.length() - 1) {
                throw Refusal.invalid(
                        "'values' has the form 'VALUE=NODE,VALUE=NODE,otherwise=NODE', not '" + one + "'");
            }
            String value = one.substring(0, equals);
            String to = one.substring(equals + 1);
            if (value.equals("otherwise")) {
                rest = to;
            } else {
                when.merge(to, CaseText.equal(field, value), (a, b) -> a + " or " + b);
            }
        }
        if (!rest.isEmpty()) {
            if (when.containsKey(rest)) {
                throw Refusal.invalid("node " + rest + " is named for a value and for all others; one says it");
            }
            when.put(rest, CaseText.OTHERWISE);
        }
        return byNodes(asked, node, CaseText.parse(when, asked.parser()));
    }

    private static Target byNodes(Asked asked, NodeSpec node, List<Case> cases) {
        Target.Draft draft = asked.draft();
        Kinds.dependants(draft, node.id());
        List<FlowSpec> inputs = draft.into(node.id());
        if (inputs.isEmpty()) {
            throw Refusal.conflict("nothing flows into node " + node.id() + ", so there is nothing to split");
        }
        List<FlowSpec> outputs = draft.from(node.id());
        List<String> ids = cases.stream().map(each -> each.to().node()).toList();
        for (String id : ids) {
            if (draft.nodes.containsKey(id)) {
                throw Refusal.conflict("graph " + asked.graph().name() + " has a node '" + id + "' already");
            }
            draft.nodes.put(id, node.withId(id));
            for (FlowSpec flow : outputs) {
                draft.put(flow.withFrom(
                        Kinds.unused(draft, flow.id() + "-" + id),
                        new End(id, flow.from().channel())));
            }
        }
        for (FlowSpec flow : inputs) {
            if (flow.to().size() > 1) {
                throw Refusal.conflict(
                        "flow " + flow.id() + " leads to " + flow.to().size()
                                + " nodes, and one route cannot both choose among them and among those; reroute it first");
            }
            String channel = flow.to().getFirst().channel();
            List<End> ends = new ArrayList<>();
            ids.forEach(id -> ends.add(new End(id, channel)));
            draft.put(flow.withTo(
                    ends,
                    new Routing.Predicate(cases.stream()
                            .map(each -> new Case(new End(each.to().node(), channel), each.when()))
                            .toList())));
        }
        draft.removeFlows(outputs);
        draft.nodes.remove(node.id());
        return draft.target(String.join(", ", ids) + " take what " + node.id() + " had, each its part");
    }
}
