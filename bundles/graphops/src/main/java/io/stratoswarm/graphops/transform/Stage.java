package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.Graphs.Revision;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * A step of a transform: what it touches becomes so, and then something is waited for. Doing it twice is like doing it once.
 *
 * @param name one or two words
 * @param nodes by id, those that are touched; absent where they are not there
 * @param flows by id, those that are touched; absent where they are not there
 * @param members of the touched nodes that are there
 * @param held touched flows that take nothing
 * @param places by node and number, where members that come are to be
 */
record Stage(
        String name,
        Map<String, Optional<NodeSpec>> nodes,
        Map<String, Optional<FlowSpec>> flows,
        Map<String, List<Member>> members,
        Set<String> held,
        Map<String, Map<Integer, String>> places,
        Wait until) {
    Stage {
        nodes = Map.copyOf(nodes);
        flows = Map.copyOf(flows);
        members = Map.copyOf(members);
        held = Set.copyOf(held);
        places = Map.copyOf(places);
    }

    Stage with(Map<String, Map<Integer, String>> others) {
        return new Stage(name, nodes, flows, members, held, others, until);
    }

    /** What it says of what it touches, beside all else that is declared now. */
    Revision revision(Graphs.Declaration now, String note) {
        Map<String, NodeSpec> allNodes = new LinkedHashMap<>();
        now.nodes().forEach(node -> allNodes.put(node.id(), node));
        Map<String, List<Member>> allMembers = new HashMap<>(now.members());
        nodes.forEach((id, node) -> {
            node.ifPresentOrElse(spec -> allNodes.put(id, spec), () -> allNodes.remove(id));
            allMembers.remove(id);
        });
        allMembers.putAll(members);
        Map<String, FlowSpec> allFlows = new LinkedHashMap<>();
        now.flows().forEach(flow -> allFlows.put(flow.id(), flow));
        flows.forEach((id, flow) -> flow.ifPresentOrElse(spec -> allFlows.put(id, spec), () -> allFlows.remove(id)));
        Set<String> allHeld = new TreeSet<>(now.held());
        allHeld.removeAll(flows.keySet());
        allHeld.addAll(held);
        return new Revision(
                List.copyOf(allNodes.values()),
                List.copyOf(allFlows.values()),
                allMembers,
                allHeld,
                places,
                OptionalLong.of(now.generation()),
                note + name);
    }

    /** A member of a node. */
    record Who(String node, int number) {}

    /** What must have happened before the next one. */
    sealed interface Wait {
        /** Nothing but that it is declared. */
        record Nothing() implements Wait {}

        /** These are ready. */
        record Ready(List<Who> agents) implements Wait {
            public Ready {
                agents = List.copyOf(agents);
            }
        }

        /** These stay well for a time, and so do the flows that were touched. */
        record Well(List<Who> agents, long millis) implements Wait {
            public Well {
                agents = List.copyOf(agents);
            }
        }

        /**
         * These have read to the end and completed, all that they gave is delivered, and nothing is on its way in these flows.
         *
         * @param last those flows that will go
         * @param then how the others go on at once, by id; empty where another stage is to come before
         * @param members by id of their node, as they are then
         */
        record Drained(
                List<Who> agents,
                Set<String> flows,
                Set<String> last,
                Map<String, FlowSpec> then,
                Map<String, List<Member>> members)
                implements Wait {
            public Drained {
                agents = List.copyOf(agents);
                flows = Set.copyOf(flows);
                last = Set.copyOf(last);
                then = Map.copyOf(then);
                members = Map.copyOf(members);
            }
        }
    }
}
