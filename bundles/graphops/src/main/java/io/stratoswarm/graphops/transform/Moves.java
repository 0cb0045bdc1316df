package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.place.Relocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Agents that go on at other places: each is followed by one there. */
public final class Moves {
    private static final String TO = "to.";

    private Moves() {}

    /** What a request for these moves says. */
    public static Map<String, String> arguments(Relocation relocation) {
        Map<String, String> arguments = new TreeMap<>();
        relocation
                .moves()
                .forEach(move -> arguments.put(
                        TO + move.agent().substring(relocation.graph().length() + 1), move.to()));
        return arguments;
    }

    static Target move(Asked asked) {
        Map<String, String> places = asked.all(TO);
        if (places.isEmpty()) {
            throw Refusal.invalid("move needs a place for at least one agent, for example 'to.parse.2' = 'cpu1'");
        }
        Target.Draft draft = asked.draft();
        List<String> effect = new ArrayList<>();
        places.forEach((name, place) -> {
            if (place.isBlank()) {
                throw Refusal.invalid("'" + TO + name + "' must be the id of a place, for example cpu1");
            }
            NodeSpec node = node(asked.graph(), name);
            if (!(node.kind() instanceof NodeKind.Process)) {
                throw Refusal.conflict("node " + node.id() + " runs inside of the daemon and cannot be moved");
            }
            Contracts.movable(node, "move");
            draft.renewed.add(node.id());
            draft.places
                    .computeIfAbsent(node.id(), any -> new TreeMap<>())
                    .put(member(asked.graph(), node, name), place);
            effect.add(name + " is followed by an agent on " + place + " that is ready before it takes over");
        });
        return draft.target(effect.toArray(String[]::new));
    }

    private static NodeSpec node(Graphs.Declaration graph, String agent) {
        return Refusal.node(graph, agent.replaceFirst("\\.[0-9]+$", ""));
    }

    /** An agent's name is that of its node with its number behind, which the first one of a single replica lacks. */
    private static int member(Graphs.Declaration graph, NodeSpec node, String agent) {
        List<Integer> numbers = graph.members().getOrDefault(node.id(), List.of()).stream()
                .map(Member::number)
                .toList();
        String number =
                agent.equals(node.id()) ? "0" : agent.substring(node.id().length() + 1);
        return numbers.stream()
                .filter(each -> String.valueOf(each).equals(number))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("node " + node.id() + " has no agent " + agent + "; it has "
                        + String.join(
                                ", ",
                                numbers.stream()
                                        .map(each -> node.id() + "." + each)
                                        .toList())));
    }
}
