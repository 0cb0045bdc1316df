package io.stratoswarm.api.place;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be placed, where, and by what rules.
 *
 * @param nodes whose agents are to be placed
 * @param flows between nodes; each agent of one speaks to each of the other
 * @param constraints that must be kept
 * @param objectives what is good, and how much it counts; balance alone where there are none
 * @param movingWeight how much it counts, beside the objectives, that agents leave their present places
 */
public record PlacementProblem(
        List<Place> places,
        List<Link> links,
        List<Group> nodes,
        List<Traffic> flows,
        List<Constraint> constraints,
        List<Objective> objectives,
        double movingWeight) {
    public PlacementProblem {
        places = List.copyOf(places);
        links = List.copyOf(links);
        nodes = List.copyOf(nodes);
        flows = List.copyOf(flows);
        constraints = List.copyOf(constraints);
        objectives = List.copyOf(objectives);
    }

    /**
     * A node and its agents, which all ask the same.
     *
     * @param request by resource, see {@link Place#capacity}
     * @param candidates ids of the only places that come into question, those for which a tie is to go first; empty means all
     */
    public record Group(String id, List<Agent> agents, Map<String, Double> request, List<String> candidates) {
        public Group {
            agents = List.copyOf(agents);
            request = Map.copyOf(request);
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * One agent.
     *
     * @param present the place where it is now
     * @param movingCost of taking it from there, beside the others'
     */
    public record Agent(String id, Optional<String> present, double movingCost) {
        public static Agent of(String id) {
            return new Agent(id, Optional.empty(), 1);
        }
    }

    /**
     * What two nodes send each other.
     *
     * @param weight how much it counts beside the other flows
     * @param bytesPerSecond expected at most, shared equally by the pairs of agents; 0 where it is not known
     */
    public record Traffic(String from, String to, double weight, double bytesPerSecond) {}
}
