package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.core.manifest.GraphReader.Draft;
import io.stratoswarm.core.manifest.GraphReader.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between nodes: dependencies name nodes, their conditions can come true, and nothing waits for itself. */
final class GraphChecks {
    private final Problems problems;
    private final Map<String, Draft> nodes = new LinkedHashMap<>();

    GraphChecks(Problems problems, List<Draft> drafts) {
        this.problems = problems;
        drafts.forEach(draft -> nodes.put(draft.id(), draft));
    }

    List<NodeSpec> resolve() {
        List<NodeSpec> resolved = new ArrayList<>();
        for (Draft node : nodes.values()) {
            List<NodeSpec.Dependency> dependencies = new ArrayList<>();
            Set<String> named = new HashSet<>();
            for (Link link : node.links()) {
                if (!named.add(link.node())) {
                    problems.error(
                            link.place(), "'" + Problems.clip(link.node(), 63) + "' is named twice in 'dependsOn'");
                } else if (known(node, link)) {
                    AgentSpec target = target(link).agent();
                    Condition condition = link.condition().orElse(GraphReader.usual(target));
                    possible(link, target, condition);
                    dependencies.add(new NodeSpec.Dependency(link.node(), condition));
                }
            }
            resolved.add(new NodeSpec(node.id(), node.agent(), node.replicas(), dependencies));
        }
        cycles();
        return resolved;
    }

    private boolean known(Draft node, Link link) {
        if (link.node().equals(node.id())) {
            problems.error(link.place(), "node '" + node.id() + "' depends on itself");
            return false;
        }
        if (nodes.containsKey(link.node())) {
            return true;
        }
        problems.error(
                link.place(),
                "node '" + Problems.clip(node.id(), 63) + "' depends on '" + Problems.clip(link.node(), 63)
                        + "', which is no node of this graph"
                        + (problems.listing() ? Nearest.hint(link.node(), nodes.keySet()) : ""));
        return false;
    }

    private Draft target(Link link) {
        Draft draft = nodes.get(link.node());
        if (draft == null) {
            throw new IllegalStateException("checked before: " + link.node());
        }
        return draft;
    }

    private void possible(Link link, AgentSpec target, Condition condition) {
        String name = "'" + link.node() + "'";
        if (target.lifecycle() == Lifecycle.CRON) {
            problems.error(
                    link.place(), "the cron node " + name + " runs by its schedule only; nothing can wait for it");
        } else if (condition == Condition.COMPLETED && target.lifecycle() != Lifecycle.ONESHOT) {
            problems.error(
                    link.place(),
                    "the service " + name + " never completes; use \"ready\", or give it \"lifecycle\": \"oneshot\"");
        } else if (condition == Condition.HEALTHY && target.liveness().isEmpty()) {
            problems.error(
                    link.place(),
                    "node " + name + " has no liveness probe and is never healthy; use \"ready\" or add one");
        }
    }

    /** Depth-first and without recursion, since a chain may be ten thousand nodes long. Each node is in at most one report. */
    private void cycles() {
        Map<String, Integer> state = new HashMap<>();
        for (String start : nodes.keySet()) {
            if (!state.containsKey(start)) {
                walk(start, state);
            }
        }
    }

    private static final int OPEN = 1;
    private static final int DONE = 2;

    private void walk(String start, Map<String, Integer> state) {
        List<String> path = new ArrayList<>();
        List<Integer> next = new ArrayList<>();
        path.add(start);
        next.add(0);
        state.put(start, OPEN);
        while (!path.isEmpty()) {
            int top = path.size() - 1;
            List<Link> links = links(path.get(top));
            int index = next.get(top);
            if (index == links.size()) {
                state.put(path.get(top), DONE);
                path.removeLast();
                next.removeLast();
                continue;
            }
            next.set(top, index + 1);
            Link link = links.get(index);
            if (!nodes.containsKey(link.node()) || link.node().equals(path.get(top))) {
                continue;
            }
            Integer seen = state.get(link.node());
            if (seen == null) {
                path.add(link.node());
                next.add(0);
                state.put(link.node(), OPEN);
            } else if (seen == OPEN
                    && links.subList(0, index).stream().noneMatch(l -> l.node().equals(link.node()))) {
                report(link, path.subList(path.indexOf(link.node()), path.size()));
            }
        }
    }

    private List<Link> links(String node) {
        Draft draft = nodes.get(node);
        return draft == null ? List.of() : draft.links();
    }

    private void report(Link link, List<String> cycle) {
        List<String> shown = new ArrayList<>(cycle.size() > 12 ? cycle.subList(0, 6) : cycle);
        if (cycle.size() > 12) {
            shown.add("… " + (cycle.size() - 12) + " more …");
            shown.addAll(cycle.subList(cycle.size() - 6, cycle.size()));
        }
        shown.add(link.node());
        problems.error(
                link.place(),
                "dependency cycle: " + String.join(" -> ", shown)
                        + "; none of them could ever start, remove one of these");
    }
}
