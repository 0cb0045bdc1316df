package io.stratoswarm.api.flow;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What is known of the flows that run. */
@ProviderType
public interface Flows {
    /**
     * The flows of a graph, in the order in which they are declared; one that was just declared may lack for a moment.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND for an unknown graph
     */
    List<FlowStatus> status(String graph);
}
