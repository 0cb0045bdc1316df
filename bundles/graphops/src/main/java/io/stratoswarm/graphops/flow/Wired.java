package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import java.util.List;

/**
 * A flow with the replicas that it connects.
 *
 * @param ends target of each receiver
 */
record Wired(FlowSpec spec, List<Port> sources, List<Port> receivers, List<FlowSpec.End> ends) {
    Wired {
        sources = List.copyOf(sources);
        receivers = List.copyOf(receivers);
        ends = List.copyOf(ends);
    }

    /** Whether there is a durable queue between its sources and its receivers. */
    boolean durable() {
        return spec.delivery() instanceof FlowSpec.Delivery.AtLeastOnce;
    }

    /** Whether bytes can go from pipe to pipe as they are, between whole records. */
    boolean plain() {
        return !durable()
                && receivers.size() == 1
                && spec.transforms().isEmpty()
                && spec.data().schema().isEmpty()
                && spec.result().schema().isEmpty()
                && !(spec.routing() instanceof FlowSpec.Routing.Predicate)
                && !(spec.routing() instanceof FlowSpec.Routing.KeyHash);
    }
}
