package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All graphs and agents. Owned and changed by one fold; its maps may be read by other threads, and hold values that never
 * change.
 */
public final class AgentsState {
    private static final Comparator<AgentState> ORDER = Comparator.<AgentState, String>comparing(a -> a.graph)
            .thenComparing(a -> a.node)
            .thenComparingInt(a -> a.replica)
            .thenComparing(a -> a.id);

    final Map<String, GraphState> graphs = new ConcurrentHashMap<>();
    final Map<String, AgentState> agents = new ConcurrentHashMap<>();
    /** Ids of all agents in the order in which they are told; null where that must be found anew. */
    private volatile @Nullable List<String> inOrder;
    /** Agent ids by {@code graph/node}, sorted by replica. */
    final Map<String, List<String>> members = new ConcurrentHashMap<>();
    /** The last generation of graphs that were deleted; one of the same name goes on from there, so that none comes twice. */
    final Map<String, Long> retired = new ConcurrentHashMap<>();
    /** No agent that was removed had an incarnation above this; new agents count on from here. */
    long incarnationFloor;

    String bootId = "";
    long daemonStarts;

    AgentsState() {}

    @Nullable
    AgentState agent(String id) {
        return agents.get(id);
    }

    @Nullable
    NodeState node(AgentState agent) {
        GraphState graph = graphs.get(agent.graph);
        return graph == null ? null : graph.node(agent.node);
    }

    /** The spec that the agent's last incarnation was started with, or would be started with. */
    AgentSpec spec(AgentState agent) {
        return nodeOf(agent).spec(agent.specVersion);
    }

    NodeState nodeOf(AgentState agent) {
        NodeState node = node(agent);
        if (node == null) {
            throw new IllegalStateException("agent " + agent.id + " has no node in the state");
        }
        return node;
    }

    List<String> membersOf(String graph, String node) {
        return members.getOrDefault(graph + "/" + node, List.of());
    }

    Stream<AgentState> agentsOf(String graph, String node) {
        return membersOf(graph, node).stream().map(agents::get).filter(java.util.Objects::nonNull);
    }

    Stream<AgentState> agentsOf(GraphState graph) {
        return graph.nodes().keySet().stream().flatMap(node -> agentsOf(graph.name(), node));
    }

    /** All agents by graph, node and replica. While this is asked nothing may be put or removed. */
    Stream<AgentState> inOrder() {
        List<String> ids = inOrder;
        if (ids == null) {
            ids = agents.values().stream().sorted(ORDER).map(agent -> agent.id).toList();
            inOrder = ids;
        }
        return ids.stream().map(agents::get).filter(java.util.Objects::nonNull);
    }

    void put(AgentState agent) {
        if (agents.put(agent.id, agent) == null) {
            inOrder = null;
            members.merge(agent.graph + "/" + agent.node, List.of(agent.id), (old, one) -> {
                List<String> all = new ArrayList<>(old);
                all.addAll(one);
                all.sort(AgentsState::byReplica);
                return List.copyOf(all);
            });
        }
    }

    void remove(AgentState agent) {
        agents.remove(agent.id);
        inOrder = null;
        members.computeIfPresent(agent.graph + "/" + agent.node, (key, old) -> {
            List<String> rest = old.stream().filter(id -> !id.equals(agent.id)).toList();
            return rest.isEmpty() ? null : rest;
        });
    }

    /** Shares the values, which never change; the maps are its own. */
    AgentsState copy() {
        AgentsState copy = new AgentsState();
        copy.become(this);
        return copy;
    }

    void become(AgentsState other) {
        graphs.keySet().retainAll(other.graphs.keySet());
        graphs.putAll(other.graphs);
        retired.keySet().retainAll(other.retired.keySet());
        retired.putAll(other.retired);
        agents.keySet().retainAll(other.agents.keySet());
        agents.putAll(other.agents);
        inOrder = null;
        members.keySet().retainAll(other.members.keySet());
        members.putAll(other.members);
        incarnationFloor = other.incarnationFloor;
        bootId = other.bootId;
        daemonStarts = other.daemonStarts;
    }

    /**
     * Name of a member of a node, which it keeps for as long as it is there: {@code graph/node} of the first of a node that had one
     * replica then, else {@code graph/node.N}.
     */
    String idOf(String graph, String node, int number, int replicas) {
        return agentsOf(graph, node)
                .filter(agent -> agent.replica == number)
                .map(agent -> agent.id)
                .findFirst()
                .orElseGet(() -> graph + "/" + node + (number == 0 && replicas == 1 ? "" : "." + number));
    }

    /** Names of these members, by their number. */
    Map<Integer, String> idsOf(String graph, String node, Collection<Integer> numbers, int replicas) {
        Map<Integer, String> ids = new TreeMap<>();
        agentsOf(graph, node).forEach(agent -> ids.put(agent.replica, agent.id));
        ids.keySet().retainAll(numbers);
        numbers.forEach(number -> ids.computeIfAbsent(number, any -> idOf(graph, node, number, replicas)));
        return ids;
    }

    private static int byReplica(String a, String b) {
        int length = Integer.compare(a.length(), b.length());
        return length != 0 ? length : a.compareTo(b);
    }
}
