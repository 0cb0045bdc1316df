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
 */
public record NodeSpec(String id, AgentSpec agent, int replicas, List<Dependency> dependsOn) {
    public NodeSpec {
        dependsOn = List.copyOf(dependsOn);
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
