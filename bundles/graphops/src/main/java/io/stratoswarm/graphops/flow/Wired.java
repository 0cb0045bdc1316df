package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow with the agents that it connects.
 *
 * @param held whether it takes nothing from its sources for now
 * @param leaving whether all of its sources are drained, so that their end is not the end of what it brings
 * @param over whether nothing will come to its receivers, whatever its sources do
 */
record Wired(FlowSpec spec, List<Port> sources, List<Target> targets, boolean held, boolean leaving, boolean over) {
    Wired {
        sources = List.copyOf(sources);
        targets = List.copyOf(targets);
    }

    /** Its sources are there to stay. */
    Wired(FlowSpec spec, List<Port> sources, List<Target> targets, boolean held) {
        this(spec, sources, targets, held, false, false);
    }

    List<Port> receivers() {
        return targets.stream().map(Target::port).toList();
    }

    boolean receives(Port port) {
        return target(port) != null;
    }

    @Nullable
    Target target(Port port) {
        for (Target target : targets) {
            if (target.port().equals(port)) {
                return target;
            }
        }
        return null;
    }

    /** Whether its end is one of what comes to the receiver: others may take the place of sources that are drained. */
    boolean endsFor(Port receiver) {
        Target target = target(receiver);
        return !leaving || target != null && target.draining();
    }

    boolean drains() {
        return targets.stream().anyMatch(Target::draining);
    }

    /** Whether there is a durable queue between its sources and its receivers. */
    boolean durable() {
        return spec.delivery() instanceof FlowSpec.Delivery.AtLeastOnce;
    }

    /** The one that gets everything, where bytes can go there from pipe to pipe as they are, between whole records. */
    @Nullable
    Port plainTo() {
        List<Target> open = targets.stream().filter(it -> it.share() > 0).toList();
        boolean plain = !durable()
                && open.size() == 1
                && open.getFirst().share() == Member.ALL
                && spec.transforms().isEmpty()
                && spec.data().schema().isEmpty()
                && spec.result().schema().isEmpty()
                && !(spec.routing() instanceof FlowSpec.Routing.Predicate)
                && !(spec.routing() instanceof FlowSpec.Routing.KeyHash);
        return plain ? open.getFirst().port() : null;
    }

    /** Whether each receiver is the same but for what it gets. */
    boolean sameTargets(Wired other) {
        if (targets.size() != other.targets.size()) {
            return false;
        }
        for (int i = 0; i < targets.size(); i++) {
            if (!targets.get(i).sameAs(other.targets.get(i))) {
                return false;
            }
        }
        return true;
    }
}
