package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

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
        for (NodeSpec node : graph.nodes()) {
            boolean connected =
                    node.agent().wires().stream().anyMatch(it -> it.channel().equals(StateContract.OUT));
            if (connected && StateContract.of(node) instanceof StateContract.ByKey) {
                flows.add(HandOver.of(node, members(new FlowSpec.End(node.id(), StateContract.OUT)), this::port));
            }
        }
        return new GraphNow(graph.name(), flows, found);
    }

    private Wired wired(FlowSpec flow) {
        List<Port> sources =
                members(flow.from()).stream().map(it -> port(flow.from(), it)).toList();
        List<Target> targets = new ArrayList<>();
        for (FlowSpec.End to : flow.to()) {
            for (Member member : members(to)) {
                targets.add(Target.of(port(to, member), to, member));
            }
        }
        List<Member> from = members(flow.from());
        boolean leaving = !from.isEmpty() && from.stream().allMatch(Member::draining);
        return new Wired(flow, sources, targets, graph.held().contains(flow.id()), leaving, false);
    }

    /** Those that have an agent, in the order of their numbers. */
    private List<Member> members(FlowSpec.End end) {
        if (!nodes.containsKey(end.node())) {
            return List.of();
        }
        return graph.members().getOrDefault(end.node(), List.of()).stream()
                .filter(it -> !it.agent().isEmpty())
                .sorted(Comparator.comparingInt(Member::number))
                .toList();
    }

    private Port port(FlowSpec.End end, Member member) {
        AgentSpec spec = java.util.Objects.requireNonNull(nodes.get(end.node())).agent();
        boolean fresh = spec.wires().stream().anyMatch(it -> it.channel().equals(end.channel()) && it.fresh());
        agent(member.agent(), spec);
        return new Port(member.agent(), end.channel(), fresh);
    }

    private void agent(String id, AgentSpec spec) {
        found.computeIfAbsent(
                id,
                any -> agents.apply(id)
                        .map(it -> new GraphNow.Agent(
                                it.phase(), it.incarnation(), spec.lifecycle().waits()))
                        .orElse(GraphNow.UNKNOWN));
    }
}
