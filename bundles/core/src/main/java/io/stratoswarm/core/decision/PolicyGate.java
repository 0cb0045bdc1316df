package io.stratoswarm.core.decision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The policies of nodes: where a node names scripts, those alone may decide for its agents. Looks at decisions that name the script
 * that made them, in {@code inputs.script}, and whom they touch, by a selector.
 */
final class PolicyGate implements DecisionGate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRANSFORM = "transform ";

    private final Supplier<Optional<Graphs>> graphs;
    private final Supplier<Optional<Agents>> agents;

    PolicyGate(Supplier<Optional<Graphs>> graphs, Supplier<Optional<Agents>> agents) {
        this.graphs = graphs;
        this.agents = agents;
    }

    @Override
    public List<Finding> judge(DecisionRecorded decision, DecisionOrigin origin) {
        String script = script(decision);
        // The nodes that a transform touches are known to whoever plans it, and it is judged there.
        if (script.isEmpty() || decision.decisionType().startsWith(TRANSFORM)) {
            return List.of();
        }
        return graphs.get().stream()
                .flatMap(all -> all.list().stream().flatMap(graph -> all.declaration(graph.name()).stream()))
                .flatMap(graph -> graph.nodes().stream()
                        .filter(node -> !node.decidedBy(script) && touches(decision.agent(), graph.name(), node.id()))
                        .map(node -> finding(script, graph.name(), node)))
                .toList();
    }

    private static String script(DecisionRecorded decision) {
        try {
            return JSON.readTree(decision.inputs().getOrDefault("script", "\"\""))
                    .asText();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the script of decision " + decision.id() + " is no JSON text", e);
        }
    }

    /** A selector is a graph, a node or an agent. */
    private boolean touches(String selector, String graph, String node) {
        String whole = graph + "/" + node;
        return selector.equals(graph)
                || selector.equals(whole)
                || selector.equals(whole + ".0")
                || selector.startsWith(whole)
                        && agents.get()
                                .flatMap(all -> all.get(selector))
                                .filter(agent -> isOf(agent, graph, node))
                                .isPresent();
    }

    private static boolean isOf(AgentStatus agent, String graph, String node) {
        return agent.graph().equals(graph) && agent.node().equals(node);
    }

    private static Finding finding(String script, String graph, NodeSpec node) {
        return new Finding(
                "policies/" + graph + "/" + node.id(),
                Ruling.DENY,
                "only " + String.join(", ", node.policies()) + " may decide for node " + node.id() + " of graph "
                        + graph + " (policies), not " + script);
    }
}
