package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A declared node.
 *
 * @param node as it is declared now, with the wires and the program that its agents get
 * @param version of the spec that new incarnations get; raised by each change that needs a restart
 * @param born the generation of its graph that first declared it; with the id it names the node for good, since one that was
 *     removed and is declared again is another
 * @param specs by version: the declared one, and those that agents still run with
 * @param members by number
 * @param removed gone from the declaration; stays until its agents are gone
 */
record NodeState(
        NodeSpec node,
        int version,
        long born,
        Map<Integer, AgentSpec> specs,
        SortedMap<Integer, MemberState> members,
        boolean removed) {
    NodeState {
        specs = Map.copyOf(specs);
    }

    String id() {
        return node.id();
    }

    int replicas() {
        return node.replicas();
    }

    List<NodeSpec.Dependency> dependsOn() {
        return node.dependsOn();
    }

    /** Version of the spec that the next incarnation of a member gets. */
    int versionOf(int member) {
        MemberState state = members.get(member);
        return state == null || state.version() == 0 ? version : state.version();
    }

    AgentSpec declared() {
        return spec(version);
    }

    /** The spec of a version; the declared one before the first start. */
    AgentSpec spec(int ofVersion) {
        AgentSpec spec = specs.get(ofVersion == 0 ? version : ofVersion);
        return Objects.requireNonNull(spec, () -> "node " + id() + " keeps no spec of version " + ofVersion);
    }

    /** The version that has this spec, if one is kept; else the next one. */
    int versionOf(AgentSpec spec) {
        return specs.entrySet().stream()
                .filter(kept -> kept.getValue().equals(spec))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> Math.max(version, Collections.max(specs.keySet())) + 1);
    }

    NodeState withSpecs(Map<Integer, AgentSpec> kept) {
        return new NodeState(node, version, born, new TreeMap<>(kept), members, removed);
    }

    NodeState gone() {
        return new NodeState(node, version, born, specs, members, true);
    }

    NodeState with(SortedMap<Integer, MemberState> changed) {
        return new NodeState(node, version, born, specs, changed, removed);
    }
}
