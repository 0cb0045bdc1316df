package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.graph.GraphPlan;
import io.stratoswarm.core.graph.Items.Declared;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The members that the nodes of a graph have now, and are to have. */
final class Crew implements GraphPlan.Agents {
    private final String graph;
    private final @Nullable GraphState before;
    private final AgentsState state;
    private final Map<String, SortedMap<Integer, MemberState>> members = new TreeMap<>();
    private final Map<String, List<String>> ids = new TreeMap<>();
    private final Set<String> staying = new HashSet<>();

    /** @param asked by node, where others are asked for than follow from the replicas */
    Crew(
            String graph,
            @Nullable GraphState before,
            AgentsState state,
            Declared result,
            Map<String, List<Member>> asked) {
        this.graph = graph;
        this.before = before;
        this.state = state;
        for (NodeSpec node : result.nodes()) {
            NodeState old = old(node.id());
            List<Member> wanted = asked.get(node.id());
            SortedMap<Integer, MemberState> then = wanted != null
                    ? asked(node, old, wanted)
                    : old == null
                            ? MemberState.all(node.replicas())
                            : MemberState.scaled(old.members(), node.replicas());
            Map<Integer, String> names = state.idsOf(graph, node.id(), then.keySet(), node.replicas());
            members.put(node.id(), then);
            ids.put(node.id(), List.copyOf(names.values()));
            then.values().stream()
                    .filter(member -> member.version() != 0)
                    .forEach(member -> staying.add(names.getOrDefault(member.number(), "")));
        }
    }

    private @Nullable NodeState old(String node) {
        NodeState old = before == null ? null : before.node(node);
        return old == null || old.removed() ? null : old;
    }

    private SortedMap<Integer, MemberState> asked(NodeSpec declared, @Nullable NodeState old, List<Member> wanted) {
        String node = declared.id();
        List<MemberState> all = new ArrayList<>();
        Set<Integer> numbers = new HashSet<>();
        for (Member member : wanted) {
            if (!numbers.add(member.number())) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "node " + node + " of graph " + graph + " would have two members " + member.number());
            }
            MemberState there = old == null ? null : old.members().get(member.number());
            if (member.previous() && (old == null || there == null)) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "member " + member.number() + " of node " + node + " of graph " + graph
                                + " is to go on as before, and was not there");
            }
            int before = !member.previous() || old == null ? 0 : old.versionOf(member.number());
            // What it runs with may be what is declared again.
            int version = old == null || before == 0 || old.spec(before).equals(declared.agent()) ? 0 : before;
            all.add(new MemberState(member.number(), member.slot(), version, member.share(), member.draining()));
        }
        if (all.isEmpty()) {
            throw new StratoswarmException(
                    Kind.INVALID, "node " + node + " of graph " + graph + " would have no member");
        }
        return MemberState.sorted(all);
    }

    Map<String, SortedMap<Integer, MemberState>> members() {
        return members;
    }

    Map<String, List<String>> ids() {
        return ids;
    }

    /** By id of an agent, of what is asked by node and number; of those alone that are to be members. */
    Map<String, String> places(Map<String, Map<Integer, String>> asked) {
        Map<String, String> places = new TreeMap<>();
        asked.forEach((node, byNumber) -> {
            List<Integer> numbers =
                    List.copyOf(members.getOrDefault(node, new TreeMap<>()).keySet());
            List<String> names = ids.getOrDefault(node, List.of());
            for (int i = 0; i < numbers.size(); i++) {
                String place = byNumber.get(numbers.get(i));
                if (place != null) {
                    places.put(names.get(i), place);
                }
            }
        });
        return places;
    }

    /** Whether nothing changes. */
    boolean same() {
        return members.entrySet().stream().allMatch(node -> {
            NodeState old = old(node.getKey());
            return old != null && old.members().equals(node.getValue());
        });
    }

    private static boolean settled(SortedMap<Integer, MemberState> members) {
        return members.values().stream().allMatch(MemberState::settled);
    }

    @Override
    public List<GraphPlan.Agent> there(String node) {
        return state.agentsOf(graph, node)
                .map(agent -> new GraphPlan.Agent(agent.id, agent.phase))
                .toList();
    }

    @Override
    public List<String> wanted(String node) {
        return ids.getOrDefault(node, List.of());
    }

    @Override
    public boolean stays(String agent) {
        return staying.contains(agent);
    }

    @Override
    public String members(String node) {
        NodeState old = old(node);
        SortedMap<Integer, MemberState> then = members.getOrDefault(node, new TreeMap<>());
        if (old == null || old.members().equals(then)) {
            return "";
        }
        if (old.members().size() != then.size() && settled(old.members()) && settled(then)) {
            return ""; // The count of replicas says it.
        }
        return "members "
                + Texts.some(then.values().stream().map(MemberState::toString).toList(), 8);
    }
}
