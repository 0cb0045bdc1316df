package io.stratoswarm.api.graph;

import io.stratoswarm.api.agent.AgentSpec;
import java.util.List;

/**
 * A node of a graph.
 *
 * @param id unique in the graph; same form as a graph's name
 * @param agent what each replica runs
 * @param replicas 1..10,000
 * @param dependsOn nodes that must have reached a condition before this one starts
 * @param kind what it is; the command of an agent is empty for all but a process
 * @param channels those that it declares, beside {@code stdin} and {@code stdout}
 * @param request what each agent asks of its place
 * @param policies names of the scripts that may decide for it; any may where there are none
 */
public record NodeSpec(
        String id,
        AgentSpec agent,
        int replicas,
        List<Dependency> dependsOn,
        NodeKind kind,
        List<Channel> channels,
        PlaceRequest request,
        List<String> policies) {
    public NodeSpec {
        dependsOn = List.copyOf(dependsOn);
        channels = List.copyOf(channels);
        policies = List.copyOf(policies);
    }

    /** A process that says nothing of flows and places. */
    public NodeSpec(String id, AgentSpec agent, int replicas, List<Dependency> dependsOn) {
        this(id, agent, replicas, dependsOn, NodeKind.PROCESS, List.of(), PlaceRequest.NONE, List.of());
    }

    public NodeSpec withId(String other) {
        return new NodeSpec(other, agent, replicas, dependsOn, kind, channels, request, policies);
    }

    public NodeSpec withAgent(AgentSpec other) {
        return new NodeSpec(id, other, replicas, dependsOn, kind, channels, request, policies);
    }

    public NodeSpec withReplicas(int count) {
        return new NodeSpec(id, agent, count, dependsOn, kind, channels, request, policies);
    }

    public NodeSpec withDependsOn(List<Dependency> others) {
        return new NodeSpec(id, agent, replicas, others, kind, channels, request, policies);
    }

    /** Whether a script of this name may decide for it. */
    public boolean decidedBy(String script) {
        return policies.isEmpty() || policies.contains(script);
    }

    /** What a dependency must have reached, in all its replicas. */
    public enum Condition {
        /** Its process runs. */
        STARTED,
        /** It is ready. */
        READY,
        /** It is ready and its liveness probe has succeeded. */
        HEALTHY,
        /** It ended with status 0. */
        COMPLETED
    }

    public record Dependency(String node, Condition condition) {}
}
