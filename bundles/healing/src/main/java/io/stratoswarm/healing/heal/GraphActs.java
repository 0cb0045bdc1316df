package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.healing.strategy.Act;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to the graph of an agent. */
final class GraphActs {
    private static final Logger LOG = LoggerFactory.getLogger(GraphActs.class);
    /** More than this often what its manifest declares, nothing is given to a node by healing. */
    static final int MOST = 2;
    /** Kind of the transform that has an agent followed by a fresh one. */
    static final String RENEWAL = "replace";

    private final HealingParts parts;

    GraphActs(HealingParts parts) {
        this.parts = parts;
    }

    boolean possible(Act act, Sight sight) {
        return switch (act) {
            case ROLLBACK ->
                sight.situation().changed()
                        && standing(sight)
                                .filter(graph -> graph.generation() > 1)
                                .isPresent();
            case REPLACE ->
                sight.agent().phase().running() && renewal(sight.agent()).isPresent();
            case SCALE_OUT ->
                standing(sight)
                        .flatMap(graph -> node(graph, sight.agent().node())
                                .filter(node -> node.replicas()
                                        < MOST
                                                * written(graph, node)
                                                        .map(NodeSpec::replicas)
                                                        .orElse(0)))
                        .filter(node -> allowed(wider(sight.agent(), node)))
                        .isPresent();
            case RAISE_LIMITS ->
                standing(sight)
                        .flatMap(graph -> raised(graph, sight, Act.FACTOR.usual()))
                        .isPresent();
            default -> false;
        };
    }

    /** The agent's graph, unless it is being deleted. To find it costs more than most that is asked beside it. */
    private Optional<Graphs.Declaration> standing(Sight sight) {
        return graph(sight.agent().graph()).filter(graph -> !graph.deleting());
    }

    /** @param generation that the agent's graph had when this was decided; what was changed since is not taken back */
    String perform(Act act, Sight sight, OptionalLong generation, Map<String, Double> with) {
        AgentStatus agent = sight.agent();
        return switch (act) {
            case ROLLBACK -> rollback(agent, generation);
            case REPLACE ->
                transformed(renewal(agent)
                        .orElseThrow(() -> new StratoswarmException(
                                Kind.CONFLICT, agent.id() + " cannot be replaced while records flow")));
            case SCALE_OUT ->
                transformed(wider(
                        agent,
                        node(declared(agent.graph()), agent.node())
                                .orElseThrow(() -> new StratoswarmException(
                                        Kind.NOT_FOUND, "node " + agent.node() + " is gone"))));
            case RAISE_LIMITS -> raise(sight, Act.FACTOR.in(with));
            default -> throw new IllegalArgumentException(act.word());
        };
    }

    Optional<Graphs.Declaration> graph(String name) {
        return parts.graphs().get().flatMap(it -> it.declaration(name));
    }

    private Graphs.Declaration declared(String name) {
        return graph(name)
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "graph " + name + " is not there"));
    }

    private Graphs graphs() {
        return parts.graphs()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there"));
    }

    private static Optional<NodeSpec> node(Graphs.Declaration graph, String id) {
        return graph.nodes().stream().filter(node -> node.id().equals(id)).findFirst();
    }

    private static boolean flows(Graphs.Declaration graph, String node) {
        return graph.flows().stream()
                .anyMatch(flow -> flow.from().node().equals(node)
                        || flow.to().stream().anyMatch(end -> end.node().equals(node)));
    }

    /**
     * Make-before-break: the transform by which an agent is followed by another one that is ready before it goes. Empty where it cannot be done, or
     * no flow leads to or from it: what takes no records may hold a port, or a lock, that a second one cannot have beside it.
     */
    Optional<Transforms.Request> renewal(AgentStatus agent) {
        Transforms.Request request = request(RENEWAL, agent, Map.of("node", agent.node(), "renew", "true"));
        return graph(agent.graph())
                .filter(graph -> !graph.deleting() && flows(graph, agent.node()))
                .filter(graph -> allowed(request))
                .map(graph -> request);
    }

    private static Transforms.Request wider(AgentStatus agent, NodeSpec node) {
        return request("split", agent, Map.of("node", node.id(), "into", String.valueOf(node.replicas() + 1)));
    }

    private static Transforms.Request request(String kind, AgentStatus agent, Map<String, String> arguments) {
        return new Transforms.Request(kind, agent.graph(), arguments, Optional.empty(), Transforms.Options.DEFAULT);
    }

    private boolean allowed(Transforms.Request request) {
        Optional<Transforms> transforms = parts.transforms().get();
        if (transforms.isEmpty()) {
            return false;
        }
        try {
            transforms.get().plan(request);
            return true;
        } catch (StratoswarmException e) {
            LOG.debug("{} of {} is not possible: {}", request.kind(), request.graph(), e.getMessage());
            return false;
        }
    }

    private String transformed(Transforms.Request request) {
        Transforms transforms = parts.transforms()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "transforms are not there"));
        long number = Wait.on(transforms.start(request, Acts.ACTOR)).number();
        boolean ended = Wait.until(() -> switch (transforms.get(number).state()) {
            case RUNNING, GOING_BACK -> false;
            case DONE, ROLLED_BACK, DONE_WITH_LOSS -> true;
        });
        Transforms.Transform transform = transforms.get(number);
        if (transform.state() == Transforms.State.ROLLED_BACK) {
            throw new StratoswarmException(Kind.CONFLICT, "transform " + number + " went back: " + transform.reason());
        }
        return "transform " + number + (ended ? " is done" : " goes on") + ": " + transform.reason();
    }

    private String rollback(AgentStatus agent, OptionalLong generation) {
        Graphs.Applied applied =
                Wait.on(graphs().rollback(agent.graph(), OptionalLong.empty(), generation, Acts.ACTOR));
        started(agent);
        return "graph " + applied.name() + " is generation " + applied.generation() + ", as it was before";
    }

    /** What gave up is started; all else the change itself starts anew. */
    private void started(AgentStatus agent) {
        AgentStatus now = parts.agents().get(agent.id()).orElse(agent);
        if (now.phase() == AgentPhase.QUARANTINED || now.phase() == AgentPhase.FAILED) {
            Wait.on(parts.agents().start(agent.selector(), Acts.ACTOR));
        }
    }

    /** The node as the manifest that was applied last has it, where that can be read. */
    private Optional<NodeSpec> written(Graphs.Declaration graph, NodeSpec node) {
        try {
            return graphs()
                    .parse(graphs().source(graph.name(), OptionalLong.empty()))
                    .manifest()
                    .map(GraphManifest::nodes)
                    .orElse(List.of())
                    .stream()
                    .filter(each -> each.id().equals(node.id()))
                    .findFirst();
        } catch (StratoswarmException e) {
            LOG.debug("what {} was applied from cannot be read", graph.name(), e);
            return Optional.empty();
        }
    }

    private Optional<Limits.Raised> raised(Graphs.Declaration graph, Sight sight, double by) {
        return node(graph, sight.agent().node())
                .flatMap(node -> written(graph, node)
                        .flatMap(source -> Limits.raised(node.agent(), source.agent(), by, MOST, sight.patterns())));
    }

    private String raise(Sight sight, double by) {
        AgentStatus agent = sight.agent();
        Graphs.Declaration graph = declared(agent.graph());
        Limits.Raised raised = raised(graph, sight, by)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.CONFLICT, "its limits are as high as healing may raise them: twice what is declared"));
        List<NodeSpec> nodes = graph.nodes().stream()
                .map(node -> node.id().equals(agent.node()) ? node.withAgent(raised.spec()) : node)
                .toList();
        Graphs.Applied applied = Wait.on(graphs().revise(
                        graph.name(),
                        new Graphs.Revision(
                                nodes,
                                graph.flows(),
                                graph.members(),
                                graph.held(),
                                OptionalLong.of(graph.generation()),
                                "healing: " + raised.what()),
                        Acts.ACTOR));
        started(agent);
        return raised.what() + "; graph " + applied.name() + " is generation " + applied.generation();
    }
}
