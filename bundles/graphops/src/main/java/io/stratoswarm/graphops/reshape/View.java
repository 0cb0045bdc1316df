package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.script.ScriptTriggers.Trigger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One graph at one moment, as a script is given it. */
final class View {
    private static final int PAST = 20;

    private final Graphs.Declaration graph;
    private final Map<String, FlowStatus> statuses;
    private final Map<String, List<AgentStatus>> agents;
    private final List<Transforms.Transform> transforms;

    private View(
            Graphs.Declaration graph,
            Map<String, FlowStatus> statuses,
            Map<String, List<AgentStatus>> agents,
            List<Transforms.Transform> transforms) {
        this.graph = graph;
        this.statuses = statuses;
        this.agents = agents;
        this.transforms = transforms;
    }

    static View of(Graphs.Declaration graph, Flows flows, Agents agents, Transforms transforms) {
        List<AgentStatus> own = agents.list().stream()
                .filter(agent -> agent.graph().equals(graph.name()))
                .toList();
        Map<String, List<AgentStatus>> byNode = new HashMap<>();
        graph.nodes()
                .forEach(node -> byNode.put(
                        node.id(),
                        own.stream()
                                .filter(agent -> agent.node().equals(node.id()))
                                .toList()));
        return new View(
                graph,
                flows.status(graph.name()).stream()
                        .collect(Collectors.toMap(FlowStatus::flow, Function.identity(), (a, b) -> b)),
                byNode,
                transforms.list(Optional.of(graph.name()), PAST));
    }

    long generation() {
        return graph.generation();
    }

    /** Remembers what is seen. */
    void into(History history, long now) {
        history.look(List.copyOf(statuses.values()), agents, now);
    }

    ObjectNode input(Trigger trigger, History history, long now) {
        ObjectNode input = Json.object()
                .put("trigger", trigger.event().isPresent() ? "event" : "timer")
                .put("now", Json.time(now));
        trigger.event().ifPresent(event -> input.set("event", Json.event(event)));
        input.put("graph", graph.name()).put("generation", graph.generation());
        ArrayNode nodes = input.putArray("nodes");
        graph.nodes().forEach(node -> node(node, nodes.addObject(), history, now));
        ArrayNode flows = input.putArray("flows");
        for (FlowSpec flow : graph.flows()) {
            FlowStatus status = statuses.get(flow.id());
            // One that was just declared may lack for a moment.
            if (status != null) {
                flow(flow, status, flows.addObject(), history, now);
            }
        }
        ArrayNode past = input.putArray("transforms");
        transforms.forEach(each -> transform(each, past.addObject()));
        return input;
    }

    private void node(NodeSpec node, ObjectNode into, History history, long now) {
        into.put("id", node.id()).put("type", node.kind().type()).put("replicas", node.replicas());
        ObjectNode labels = into.putObject("labels");
        node.agent().labels().forEach(labels::put);
        ArrayNode array = into.putArray("agents");
        agents.getOrDefault(node.id(), List.of())
                .forEach(agent -> array.addObject()
                        .put("id", agent.id())
                        .put("replica", agent.replica())
                        .put("phase", word(agent.phase()))
                        .put("since", Json.time(agent.sinceNanos()))
                        .put("restarts", agent.restarts())
                        .put("reason", agent.reason()));
        List<String> inputs = graph.flows().stream()
                .filter(flow -> flow.to().stream().anyMatch(end -> end.node().equals(node.id())))
                .map(FlowSpec::id)
                .toList();
        history.putNode(node.id(), inputs, into, now);
    }

    private static void flow(FlowSpec flow, FlowStatus status, ObjectNode into, History history, long now) {
        into.put("id", flow.id()).put("from", flow.from().toString());
        ArrayNode to = into.putArray("to");
        flow.to().forEach(end -> to.add(end.toString()));
        ObjectNode labels = into.putObject("labels");
        flow.labels().forEach(labels::put);
        into.put("framing", word(flow.framing()))
                .put("routing", routing(flow.routing()))
                .put("delivery", flow.delivery() instanceof Delivery.AtLeastOnce ? "at-least-once" : "at-most-once")
                .put("state", word(status.state()))
                .put("reason", status.reason())
                .put("lagRecords", status.lagRecords())
                .put("lagBytes", status.lagBytes())
                .put("read", status.ledger().read())
                .put("delivered", status.ledger().delivered())
                .put("refused", status.ledger().refused());
        history.put(flow.id(), into, now);
    }

    /** As {@code split} takes it. */
    private static String routing(Routing routing) {
        return switch (routing) {
            case Routing.Copy() -> "copy";
            case Routing.RoundRobin() -> "round-robin";
            case Routing.LeastLoaded() -> "least-loaded";
            case Routing.KeyHash(String field) -> "key:" + field;
            case Routing.Predicate predicate -> "cases";
        };
    }

    private static void transform(Transforms.Transform transform, ObjectNode into) {
        into.put("number", transform.number())
                .put("kind", transform.plan().kind())
                .put("state", word(transform.state()))
                .put("reason", transform.reason())
                .put("actor", transform.actor())
                .put("begin", Json.time(transform.beginNanos()));
        if (transform.endNanos() != 0) {
            into.put("end", Json.time(transform.endNanos()));
        }
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
