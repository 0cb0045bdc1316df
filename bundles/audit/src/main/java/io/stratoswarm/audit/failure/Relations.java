package io.stratoswarm.audit.failure;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.PastGraphs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How other agents stand to the one that failed: along dependencies and flows, in the graph, or merely on the same host. */
final class Relations {
    private static final double EACH_STEP = 0.9;

    /**
     * One relation.
     *
     * @param weight how likely what happens there is felt here, 0 to 1
     * @param leads whether it lies upstream: on a path of dependencies or flows that leads here
     */
    record Relation(String words, double weight, boolean leads, int steps) {}

    static final Relation ITSELF = new Relation("itself", 1, true, 0);
    static final Relation HOST = new Relation("the host", 0.5, false, 9);
    private static final Relation NEIGHBOUR = new Relation("on the same host", 0.45, false, 9);

    private final Map<String, Relation> byAgent = new HashMap<>();

    Relations(PastGraphs.View view, String failed) {
        List<AgentStatus> agents = view.agents();
        Optional<AgentStatus> self =
                agents.stream().filter(a -> a.id().equals(failed)).findFirst();
        self.flatMap(agent -> view.declaration(agent.graph())).ifPresent(graph -> {
            Map<String, Relation> byNode = byNode(graph, self.get().node());
            agents.stream()
                    .filter(agent -> agent.graph().equals(graph.name()))
                    .forEach(agent -> byAgent.put(
                            agent.id(),
                            byNode.getOrDefault(agent.node(), new Relation("in the same graph", 0.5, false, 8))));
        });
        byAgent.put(failed, ITSELF);
    }

    /** Agents that lie upstream. */
    List<String> upstream() {
        return byAgent.entrySet().stream()
                .filter(entry -> entry.getValue().leads() && entry.getValue().steps() > 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    Relation of(String subject) {
        return subject.equals("host") ? HOST : byAgent.getOrDefault(subject, NEIGHBOUR);
    }

    private static Map<String, Relation> byNode(Graphs.Declaration graph, String self) {
        Map<String, List<String>> upstream = new LinkedHashMap<>();
        Map<String, List<String>> downstream = new LinkedHashMap<>();
        for (NodeSpec node : graph.nodes()) {
            node.dependsOn().forEach(on -> edge(on.node(), node.id(), upstream, downstream));
        }
        for (FlowSpec flow : graph.flows()) {
            flow.to().forEach(end -> edge(flow.from().node(), end.node(), upstream, downstream));
        }
        Map<String, Relation> found = new HashMap<>();
        found.put(self, new Relation("another replica", 0.6, false, 1));
        // A receiver that does not take what it is given is felt as well: its sender waits.
        walk(self, downstream, found, "flows or dependencies lead there", 0.6, false);
        walk(self, upstream, found, "leads there", 0.95, true);
        return found;
    }

    private static void edge(
            String from, String to, Map<String, List<String>> upstream, Map<String, List<String>> downstream) {
        upstream.computeIfAbsent(to, any -> new ArrayList<>()).add(from);
        downstream.computeIfAbsent(from, any -> new ArrayList<>()).add(to);
    }

    private static void walk(
            String self,
            Map<String, List<String>> edges,
            Map<String, Relation> found,
            String words,
            double weight,
            boolean leads) {
        Deque<String> next = new ArrayDeque<>(List.of(self));
        Map<String, Integer> steps = new HashMap<>(Map.of(self, 0));
        while (!next.isEmpty()) {
            String at = next.removeFirst();
            int step = steps.getOrDefault(at, 0) + 1;
            for (String node : edges.getOrDefault(at, List.of())) {
                if (steps.putIfAbsent(node, step) == null) {
                    String how = leads
                            ? (step == 1 ? "it depends on it or is fed by it" : "upstream, " + step + " steps away")
                            : words;
                    found.put(node, new Relation(how, weight * Math.pow(EACH_STEP, step - 1), leads, step));
                    next.addLast(node);
                }
            }
        }
    }
}
