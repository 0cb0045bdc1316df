package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A declared node.
 *
 * @param version of the spec that new incarnations get; raised by each change that needs a restart
 * @param specs by version: the declared one, and those that agents still run with
 * @param removed gone from the declaration; stays until its agents are gone
 */
record NodeState(
        String id,
        int version,
        Map<Integer, AgentSpec> specs,
        int replicas,
        List<NodeSpec.Dependency> dependsOn,
        boolean removed) {
    NodeState {
        specs = Map.copyOf(specs);
        dependsOn = List.copyOf(dependsOn);
    }

    AgentSpec declared() {
        return spec(version);
    }

    /** The spec of a version; the declared one before the first start. */
    AgentSpec spec(int ofVersion) {
        AgentSpec spec = specs.get(ofVersion == 0 ? version : ofVersion);
        return Objects.requireNonNull(spec, () -> "node " + id + " keeps no spec of version " + ofVersion);
    }

    NodeSpec asSpec() {
        return new NodeSpec(id, declared(), replicas, dependsOn);
    }

    NodeState withSpecs(Map<Integer, AgentSpec> kept) {
        return new NodeState(id, version, new TreeMap<>(kept), replicas, dependsOn, removed);
    }

    NodeState gone() {
        return new NodeState(id, version, specs, replicas, dependsOn, true);
    }
}
