package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A step of a transform: what it touches becomes so, and then something is waited for. Doing it twice is like doing it once.
 *
 * @param name one or two words
 * @param nodes by id, those that are touched; absent where they are not there
 * @param flows by id, those that are touched; absent where they are not there
 * @param members of the touched nodes that are there
 * @param held touched flows that take nothing
 */
record Stage(
        String name,
        Map<String, Optional<NodeSpec>> nodes,
        Map<String, Optional<FlowSpec>> flows,
        Map<String, List<Member>> members,
        Set<String> held,
        Wait until) {
    Stage {
        nodes = Map.copyOf(nodes);
        flows = Map.copyOf(flows);
        members = Map.copyOf(members);
        held = Set.copyOf(held);
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

        /** These have read to the end and completed, all that they gave is delivered, and nothing is on its way in these flows. */
        record Drained(List<Who> agents, List<String> flows) implements Wait {
            public Drained {
                agents = List.copyOf(agents);
                flows = List.copyOf(flows);
            }
        }
    }
}
