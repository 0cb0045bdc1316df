package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts what a graph declares together with how far its agents are. */
final class Declared {
    private final Graphs.Declaration graph;
    private final Map<String, NodeSpec> nodes;
    private final Function<String, Optional<AgentStatus>> agents;
    private final Map<String, GraphNow.Agent> found = new HashMap<>();

    private Declared(Graphs.Declaration graph, Function<String, Optional<AgentStatus>> agents) {
        this.graph = graph;
        this.agents = agents;
        this.nodes = graph.nodes().stream().collect(Collectors.toMap(NodeSpec::id, Function.identity()));
    }

    static GraphNow now(Graphs.Declaration graph, Function<String, Optional<AgentStatus>> agents) {
        return new Declared(graph, agents).now();
    }

    private GraphNow now() {
        List<Wired> flows = new ArrayList<>();
        for (FlowSpec flow : graph.flows()) {
            flows.add(wired(flow));
        }
        return new GraphNow(graph.name(), flows, found);
    }

    private Wired wired(FlowSpec flow) {
        List<Port> receivers = new ArrayList<>();
        List<FlowSpec.End> ends = new ArrayList<>();
        for (FlowSpec.End to : flow.to()) {
            for (Port port : ports(to)) {
                receivers.add(port);
                ends.add(to);
            }
        }
        return new Wired(flow, ports(flow.from()), receivers, ends);
    }

    private List<Port> ports(FlowSpec.End end) {
        NodeSpec node = nodes.get(end.node());
        if (node == null) {
            return List.of();
        }
        boolean fresh =
                node.agent().wires().stream().anyMatch(it -> it.channel().equals(end.channel()) && it.fresh());
        return IntStream.range(0, node.replicas())
                .mapToObj(replica -> {
                    String agent = graph.name() + "/" + node.id() + (node.replicas() == 1 ? "" : "." + replica);
                    agent(agent, node.agent());
                    return new Port(agent, end.channel(), fresh);
                })
                .toList();
    }

    private GraphNow.Agent agent(String id, AgentSpec spec) {
        return found.computeIfAbsent(
                id,
                any -> agents.apply(id)
                        .map(it -> new GraphNow.Agent(
                                it.phase(), it.incarnation(), spec.lifecycle() == AgentSpec.Lifecycle.CRON))
                        .orElse(GraphNow.UNKNOWN));
    }
}
