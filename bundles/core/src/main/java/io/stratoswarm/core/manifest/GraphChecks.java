package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.graph.StateContract;
import io.stratoswarm.core.manifest.GraphReader.Draft;
import io.stratoswarm.core.manifest.GraphReader.Link;
import java.util.ArrayList;
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
            NodeSpec spec = new NodeSpec(
                    node.id(),
                    node.agent(),
                    node.replicas(),
                    dependencies,
                    node.kind(),
                    node.channels(),
                    node.request(),
                    node.policies());
            state(node.place(), spec);
            resolved.add(spec);
        }
        cycles();
        return resolved;
    }

    /** State by key is kept by processes, under a key that is named, and handed over by channels of its own. */
    private void state(GraphTree.Place place, NodeSpec node) {
        if (!node.agent().labels().getOrDefault(StateContract.LABEL, "").equals(StateContract.BY_KEY)) {
            return;
        }
        if (!(StateContract.of(node) instanceof StateContract.ByKey)) {
            problems.error(
                    place,
                    "node '" + node.id() + "' keeps state by key and does not say by which; give it the label "
                            + StateContract.KEY_LABEL + " with the name of the records' field");
        }
        if (!(node.kind() instanceof NodeKind.Process)) {
            problems.error(
                    place,
                    "node '" + node.id() + "' is no process, so nothing could hand over its state; remove the label "
                            + StateContract.LABEL + "=" + StateContract.BY_KEY);
        }
        for (Channel channel : node.channels()) {
            if (channel.name().equals(StateContract.IN) || channel.name().equals(StateContract.OUT)) {
                problems.error(
                        place,
                        "the channel '" + channel.name() + "' of node '" + node.id()
                                + "' is there already, since it keeps state by key; give yours another name");
            }
        }
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
        if (target.lifecycle().waits()) {
            String by = target.lifecycle() == Lifecycle.CRON ? "its schedule" : "a command";
            problems.error(
                    link.place(),
                    "the " + target.lifecycle().name().toLowerCase(java.util.Locale.ROOT) + " node " + name
                            + " runs by " + by + " only; nothing can wait for it");
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

    private void cycles() {
        Cycles<String> cycles = new Cycles<>();
        for (Draft node : nodes.values()) {
            for (Link link : node.links()) {
                if (nodes.containsKey(link.node()) && !link.node().equals(node.id())) {
                    cycles.edge(node.id(), link.node(), link.place());
                }
            }
        }
        cycles.report((place, path) -> problems.error(
                place, "dependency cycle: " + path + "; none of them could ever start, remove one of these"));
    }
}
