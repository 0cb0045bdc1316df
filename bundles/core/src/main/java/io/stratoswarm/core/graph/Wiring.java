package io.stratoswarm.core.graph;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Builtin;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
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
import java.util.TreeMap;

/** What the agents of a node need for its flows and its kind, though the manifest does not say it of them. Pure. */
public final class Wiring {
    private Wiring() {}

    /**
     * The nodes with the wires that these flows need, and with the program of those that are no processes.
     *
     * <p>A channel is wired where a flow begins or ends at it. Of the receivers of an at-least-once flow the channel that they
     * acknowledge on is wired too; where each record out acknowledges one in and no flow begins at the node, that is
     * {@code stdout}. All wires of such a receiver are fresh, since its successor gets again what it had not acknowledged.
     *
     * <p>A node that keeps state by key has two more, by which it is handed over.
     */
    public static List<NodeSpec> derive(Collection<NodeSpec> nodes, Collection<FlowSpec> flows) {
        Map<String, Map<String, Boolean>> wired = new HashMap<>();
        Set<String> fresh = new HashSet<>();
        for (FlowSpec flow : flows) {
            wire(wired, flow.from().node(), flow.from().channel(), true);
            for (End to : flow.to()) {
                wire(wired, to.node(), to.channel(), false);
            }
        }
        for (FlowSpec flow : flows) {
            if (flow.delivery() instanceof Delivery.AtLeastOnce(Ack ack)) {
                for (End to : flow.to()) {
                    fresh.add(to.node());
                    acknowledges(wired, to.node(), ack);
                }
            }
        }
        List<NodeSpec> derived = new ArrayList<>();
        for (NodeSpec node : nodes) {
            boolean anew = fresh.contains(node.id());
            List<Wire> wires = new ArrayList<>();
            wired.getOrDefault(node.id(), Map.of()).forEach((channel, out) -> wires.add(new Wire(channel, out, anew)));
            if (!wires.isEmpty() && StateContract.of(node) instanceof StateContract.ByKey) {
                wires.add(new Wire(StateContract.IN, false, false));
                wires.add(new Wire(StateContract.OUT, true, false));
            }
            derived.add(node(node, program(node).with(wires, BuiltinCodec.write(node.kind()))));
        }
        return derived;
    }

    private static void acknowledges(Map<String, Map<String, Boolean>> wired, String node, Ack ack) {
        switch (ack) {
            case Ack.OnChannel(String channel) -> wire(wired, node, channel, true);
            case Ack.OneToOne oneToOne -> {
                if (!wired.getOrDefault(node, Map.of()).containsValue(true)) {
                    wire(wired, node, Channel.STDOUT, true);
                }
            }
            case Ack.OnEof atEnd -> {}
        }
    }

    private static void wire(Map<String, Map<String, Boolean>> wired, String node, String channel, boolean out) {
        wired.computeIfAbsent(node, id -> new TreeMap<>()).put(channel, out);
    }

    /**
     * What runs inside of the daemon says itself when it is ready, and has completed when it ends with status 0: it did all there
     * was to do.
     */
    private static AgentSpec program(NodeSpec node) {
        Optional<Builtin> builtin = BuiltinCodec.write(node.kind());
        if (builtin.isEmpty()) {
            return node.agent();
        }
        AgentSpec a = node.agent();
        return new AgentSpec(
                List.of(),
                a.environment(),
                a.secrets(),
                a.workingDirectory(),
                a.user(),
                a.group(),
                a.umask(),
                a.rlimits(),
                a.resources(),
                a.niceness(),
                a.affinity(),
                Lifecycle.ONESHOT,
                a.schedule(),
                a.hooks(),
                a.restart(),
                a.stop(),
                Optional.of(Probe.of(new ProbeAction.NotifySocket())),
                a.liveness(),
                a.watchdogMillis(),
                a.log(),
                a.labels(),
                a.metrics());
    }

    private static NodeSpec node(NodeSpec node, AgentSpec agent) {
        return new NodeSpec(
                node.id(),
                agent,
                node.replicas(),
                node.dependsOn(),
                node.kind(),
                node.channels(),
                node.request(),
                node.policies());
    }

    /**
     * The order in which flows would have nodes started: for each node those that its records go to, so that they find a reader.
     * No more than an order: nothing waits for it.
     */
    public static Map<String, Set<String>> receivers(Collection<FlowSpec> flows) {
        Map<String, Set<String>> receivers = new HashMap<>();
        for (FlowSpec flow : flows) {
            for (End to : flow.to()) {
                if (!to.node().equals(flow.from().node())) {
                    receivers
                            .computeIfAbsent(flow.from().node(), id -> new java.util.TreeSet<>())
                            .add(to.node());
                }
            }
        }
        return receivers;
    }
}
