package io.stratoswarm.core.graph;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.agent.CronSchedule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What every applied manifest must keep, wherever it comes from. The parser says the same things with line and column; here
 * they guard the supervisor.
 */
public final class ManifestRules {
    public static final int MAX_REPLICAS = 10_000;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    private ManifestRules() {}

    /** @throws StratoswarmException kind INVALID */
    public static void check(GraphManifest manifest) {
        name("graph", manifest.name());
        Set<String> ids = new HashSet<>();
        for (NodeSpec node : manifest.nodes()) {
            name("node", node.id());
            if (!ids.add(node.id())) {
                throw invalid("node " + node.id() + " is declared twice; give one of them another id");
            }
        }
        flows(manifest);
        Map<String, List<NodeSpec.Dependency>> dependsOn = new HashMap<>();
        for (NodeSpec node : manifest.nodes()) {
            for (NodeSpec.Dependency dependency : node.dependsOn()) {
                if (!ids.contains(dependency.node())) {
                    throw invalid("node " + node.id() + " depends on " + dependency.node()
                            + ", which the graph does not declare");
                }
            }
            dependsOn.put(node.id(), node.dependsOn());
            agent(node);
        }
        List<String> cycle = Topology.cycle(dependsOn);
        if (!cycle.isEmpty()) {
            throw invalid("the dependencies form a cycle: " + String.join(" -> ", cycle) + "; take one of them out");
        }
    }

    private static void flows(GraphManifest manifest) {
        Map<String, NodeSpec> nodes = new HashMap<>();
        manifest.nodes().forEach(node -> nodes.put(node.id(), node));
        Set<String> ids = new HashSet<>();
        for (FlowSpec flow : manifest.flows()) {
            name("flow", flow.id());
            if (!ids.add(flow.id())) {
                throw invalid("flow " + flow.id() + " is declared twice; give one of them another id");
            }
            if (flow.to().isEmpty()) {
                throw invalid("flow " + flow.id() + " leads nowhere; name a node in 'to'");
            }
            channel(flow, flow.from(), nodes, true);
            flow.to().forEach(end -> channel(flow, end, nodes, false));
            if (flow.delivery() instanceof Delivery.AtLeastOnce(Ack.OnChannel(String channel))) {
                for (FlowSpec.End to : flow.to()) {
                    NodeSpec node = nodes.get(to.node());
                    if (node != null && direction(node, channel).equals(Optional.of(false))) {
                        throw invalid("flow " + flow.id() + " is acknowledged on " + to.node() + "." + channel
                                + ", which that node reads; name a channel of direction out");
                    }
                }
            }
        }
    }

    private static void channel(FlowSpec flow, FlowSpec.End end, Map<String, NodeSpec> nodes, boolean out) {
        NodeSpec node = nodes.get(end.node());
        if (node == null) {
            throw invalid("flow " + flow.id() + (out ? " begins" : " ends") + " at " + end.node()
                    + ", which the graph does not declare");
        }
        if (!direction(node, end.channel()).equals(Optional.of(out))) {
            throw invalid(
                    "flow " + flow.id() + (out ? " begins" : " ends") + " at " + end + ", which is no channel that "
                            + "node " + end.node() + (out ? " writes to" : " reads") + "; declare it in 'channels'");
        }
    }

    /** Whether the node writes to the channel; empty where it has none of that name. */
    private static Optional<Boolean> direction(NodeSpec node, String channel) {
        return switch (channel) {
            case Channel.STDIN -> Optional.of(false);
            case Channel.STDOUT -> Optional.of(true);
            default ->
                node.channels().stream()
                        .filter(declared -> declared.name().equals(channel))
                        .map(Channel::out)
                        .findFirst();
        };
    }

    private static void agent(NodeSpec node) {
        String where = "node " + node.id() + ": ";
        AgentSpec spec = node.agent();
        if (node.replicas() < 1 || node.replicas() > MAX_REPLICAS) {
            throw invalid(where + "replicas must be 1.." + MAX_REPLICAS + ", not " + node.replicas());
        }
        boolean program = node.kind() instanceof NodeKind.Process;
        if (program && (spec.command().isEmpty() || spec.command().getFirst().isEmpty())) {
            throw invalid(where + "its command is empty");
        }
        if (!program && !spec.command().isEmpty()) {
            throw invalid(where + "a node of type " + node.kind().type() + " runs no command; take it out");
        }
        if (spec.lifecycle() == Lifecycle.CRON) {
            String expression = spec.schedule()
                    .orElseThrow(() -> invalid(where + "a cron agent needs a schedule, for example \"*/5 * * * *\""));
            CronSchedule.problem(expression).ifPresent(problem -> {
                throw invalid(where + "schedule \"" + expression + "\" is not valid: " + problem);
            });
        }
        spec.liveness().map(AgentSpec.Probe::action).ifPresent(action -> {
            switch (action) {
                case ProbeAction.NotifyFd a -> throw passive(where);
                case ProbeAction.NotifySocket a -> throw passive(where);
                case ProbeAction.LogPattern a -> throw passive(where);
                case ProbeAction.Tcp a -> {}
                case ProbeAction.Http a -> {}
                case ProbeAction.Exec a -> {}
            }
        });
        spec.readiness().map(AgentSpec.Probe::action).ifPresent(action -> {
            if (action instanceof ProbeAction.LogPattern(String regex)) {
                try {
                    Pattern.compile(regex);
                } catch (java.util.regex.PatternSyntaxException e) {
                    throw invalid(where + "readiness pattern \"" + regex + "\" is no regular expression: "
                            + e.getDescription());
                }
            }
        });
    }

    private static StratoswarmException passive(String where) {
        return invalid(
                where + "liveness must be asked for by tcp, http or exec; for messages of the agent use the watchdog");
    }

    private static void name(String what, String name) {
        if (name.length() > 63 || !NAME.matcher(name).matches()) {
            throw invalid(what + " name \"" + name
                    + "\" must be lower-case letters, digits and inner hyphens, at most 63 characters");
        }
    }

    private static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }
}
