package io.stratoswarm.core.graph;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.PlaceRequest;
import io.stratoswarm.core.agent.CronSchedule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        notRunYet(manifest);
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

    /** What is parsed and checked but has no effect yet must not look as if it had. */
    private static void notRunYet(GraphManifest manifest) {
        if (!manifest.flows().isEmpty()) {
            throw invalid("flows are not run yet: graph " + manifest.name() + " has "
                    + manifest.flows().size() + ", the first is '"
                    + manifest.flows().getFirst().id() + "'; they are only checked so far, so nothing was applied");
        }
        if (!manifest.constraints().isEmpty() || !manifest.objectives().isEmpty()) {
            throw invalid("constraints and objectives have no effect yet: graph " + manifest.name()
                    + " has some; they are only checked so far, so nothing was applied");
        }
        for (NodeSpec node : manifest.nodes()) {
            String what = !(node.kind() instanceof NodeKind.Process)
                    ? "nodes of type " + node.kind().type() + " are not run yet"
                    : !node.channels().isEmpty()
                            ? "channels are not opened yet"
                            : !node.request().equals(PlaceRequest.NONE)
                                    ? "requests have no effect yet"
                                    : node.policies().isEmpty() ? "" : "policies have no effect yet";
            if (!what.isEmpty()) {
                throw invalid(what + ": node " + node.id() + " of graph " + manifest.name()
                        + "; they are only checked so far, so nothing was applied");
            }
        }
    }

    private static void agent(NodeSpec node) {
        String where = "node " + node.id() + ": ";
        AgentSpec spec = node.agent();
        if (node.replicas() < 1 || node.replicas() > MAX_REPLICAS) {
            throw invalid(where + "replicas must be 1.." + MAX_REPLICAS + ", not " + node.replicas());
        }
        if (spec.command().isEmpty() || spec.command().getFirst().isEmpty()) {
            throw invalid(where + "its command is empty");
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
