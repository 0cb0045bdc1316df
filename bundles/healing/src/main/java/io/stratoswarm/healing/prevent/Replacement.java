package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.graph.Transforms.Transform;
import io.stratoswarm.healing.heal.Means;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Make-before-break: an agent that flows lead to or from is followed by another one that is ready before it takes over. It is a transform,
 * so that no record is lost, it outlives the daemon, and it goes back by itself where the new agent does not get ready.
 */
final class Replacement {
    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
    private static final int MOST = 50;

    private final PredictionParts parts;
    private final Means means;

    Replacement(PredictionParts parts, Means means) {
        this.parts = parts;
        this.means = means;
    }

    /** Begins it; empty where it cannot be done so. */
    Optional<Transform> begin(AgentStatus agent) {
        // Of several replicas the others go on meanwhile, and one alone can be restarted.
        boolean alone = declaration(agent.graph())
                .filter(graph ->
                        graph.members().getOrDefault(agent.node(), List.of()).size() == 1)
                .isPresent();
        Optional<Transforms> transforms = parts.healing().transforms().get();
        Optional<Transforms.Request> renewal = alone ? means.renewal(agent) : Optional.empty();
        if (transforms.isEmpty() || renewal.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Means.await(transforms.get().start(renewal.get(), Means.ACTOR)));
        } catch (StratoswarmException e) {
            LOG.info(
                    "{} is restarted in place; it cannot be replaced while records flow: {}",
                    agent.id(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Graphs.Declaration> declaration(String graph) {
        return parts.healing().graphs().get().flatMap(it -> it.declaration(graph));
    }

    /** The newest one that was begun for an agent since then. */
    Optional<Transform> begun(String agent, long sinceNanos) {
        String graph = agent.substring(0, agent.indexOf('/'));
        return parts
                .healing()
                .transforms()
                .get()
                .map(it -> it.list(Optional.of(graph), MOST))
                .orElse(List.of())
                .stream()
                .filter(each -> each.actor().equals(Means.ACTOR)
                        && each.plan().kind().equals(Means.RENEWAL)
                        && each.beginNanos() >= sinceNanos
                        && each.plan().drains().contains(agent))
                .findFirst();
    }

    /** The agent that stands for a node now; empty where there is not exactly one. */
    Optional<String> successor(String agent) {
        String graph = agent.substring(0, agent.indexOf('/'));
        String local = agent.substring(graph.length() + 1);
        int dot = local.indexOf('.');
        String node = dot < 0 ? local : local.substring(0, dot);
        return declaration(graph)
                .map(it -> it.members().getOrDefault(node, List.of()))
                .filter(members -> members.size() == 1)
                .map(members -> members.getFirst().agent());
    }
}
