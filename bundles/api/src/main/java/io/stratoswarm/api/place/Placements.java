package io.stratoswarm.api.place;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The placements of the graphs that run here. */
@ProviderType
public interface Placements {
    /** The places of this host, with what agents of graphs have taken of them already counted as theirs. */
    Site places();

    /**
     * Why each agent of a node is where it is, in the order of the replicas. Kind NOT_FOUND for an unknown graph or node, CONFLICT
     * where the graph asks for no placement, UNAVAILABLE where there is no solver.
     */
    List<Explanation> explain(String graph, String node);

    /**
     * Looks for a better placement, beginning with the present one. Agents whose nodes do not declare what they keep stay where they
     * are. Fails as {@link #explain} does; may take seconds.
     *
     * @param movingWeight what it counts, in the unit of the objectives' total, that all agents of the graph move
     */
    Relocation relocation(String graph, double movingWeight);
}
