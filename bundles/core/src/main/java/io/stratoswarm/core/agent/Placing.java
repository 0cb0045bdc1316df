package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.graph.Items.Declared;
import io.stratoswarm.core.place.PlacementRequests;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the agents of a graph are to be, found before the owner's thread decides.
 *
 * @param of what was declared when it was found; absent where nothing was asked for
 */
record Placing(Optional<Declared> of, Map<String, Spot> spots, String solver, long seed) {
    /** Nobody is to be anywhere else than now. */
    static final Placing NONE = new Placing(Optional.empty(), Map.of(), "", 0);

    Placing {
        spots = Map.copyOf(spots);
    }

    /**
     * Where one agent is to be.
     *
     * @param place empty where it is not placed any more
     * @param cpus processors that it is confined to; empty for none in particular
     * @param total score of the whole placement
     */
    record Spot(String place, List<Integer> cpus, List<Integer> memoryNodes, String why, double total) {
        Spot {
            cpus = List.copyOf(cpus);
            memoryNodes = List.copyOf(memoryNodes);
        }

        boolean same(AgentState agent) {
            return agent.place.equals(place) && agent.cpus.equals(cpus) && agent.memoryNodes.equals(memoryNodes);
        }
    }

    /** Kind CONFLICT where it was found for something else than what is declared now. */
    void check(String graph, Declared result) {
        boolean asked = PlacementRequests.asked(
                result.nodes(), result.rules().constraints(), result.rules().objectives());
        if (asked && !of.equals(Optional.of(result))) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "graph " + graph + " changed while places were looked for; nothing was done: try again");
        }
    }

    /** An event for each agent that is to be elsewhere; it takes effect with the agent's next start. */
    void decide(Ledger.Decision d, AgentsState state) {
        new TreeMap<>(spots).forEach((id, spot) -> {
            AgentState agent = state.agent(id);
            if (agent == null || spot.same(agent)) {
                return;
            }
            ObjectNode fields = d.at().put("place", spot.place())
                    .put("why", spot.why())
                    .put("score", spot.total())
                    .put("solver", solver)
                    .put("seed", seed);
            numbers(fields.putArray("cpus"), spot.cpus());
            numbers(fields.putArray("memoryNodes"), spot.memoryNodes());
            d.agent(Events.PLACED, id, fields);
        });
    }

    private static void numbers(ArrayNode array, List<Integer> numbers) {
        numbers.forEach(array::add);
    }
}
