package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.core.graph.FlowCodec;
import io.stratoswarm.core.graph.GraphPlan;
import io.stratoswarm.core.graph.GraphRules;
import io.stratoswarm.core.graph.Items.Declared;
import io.stratoswarm.core.graph.NodeCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The events that tell of a new generation of a graph: one for it, caused by that one for each step. */
final class GraphEvents {
    /** An event holds at most 65,535 bytes with everything around the payload. */
    private static final int MAX_SPEC_BYTES = 60_000;
    /** Changes that the event of a generation names, and how much of each. */
    private static final int NAMED = 50;

    private static final int SHOWN = 300;

    private final Ledger.Decision d;
    private final String graph;
    private final @Nullable GraphState before;
    private final GraphPlans.Prepared prepared;
    private final Map<String, ObjectNode> nodes = new TreeMap<>();
    private final Map<String, ObjectNode> flows = new TreeMap<>();

    /** Refuses, with kind INVALID, what would fit no event. */
    GraphEvents(Ledger.Decision d, String graph, @Nullable GraphState before, GraphPlans.Prepared prepared) {
        this.d = d;
        this.graph = graph;
        this.before = before;
        this.prepared = prepared;
        Declared result = prepared.result();
        // Of what stays there is no event, and a transform's flows may be held while this is made.
        Set<String> changed = prepared.plan().steps().stream()
                .filter(step -> !step.action().equals(GraphPlan.KEEP))
                .map(step -> step.kind() + " " + step.id())
                .collect(Collectors.toSet());
        for (NodeSpec node : result.nodes()) {
            if (!changed.contains(GraphPlan.NODE + " " + node.id())) {
                continue;
            }
            ObjectNode whole = Json.object();
            NodeCodec.write(whole, node);
            whole.set("spec", SpecCodec.write(node.agent()));
            nodes.put(node.id(), checkedSize("node " + graph + "/" + node.id(), whole));
        }
        for (FlowSpec flow : result.flows()) {
            if (changed.contains(GraphPlan.FLOW + " " + flow.id())) {
                flows.put(flow.id(), checkedSize("flow " + graph + "/" + flow.id(), FlowCodec.write(flow)));
            }
        }
    }

    /** @param fields of the event of the generation, which are added to */
    Cause generation(String type, long generation, ObjectNode fields) {
        Declared result = prepared.result();
        fields.put("generation", generation)
                .put("nodes", result.nodes().size())
                .put("flows", result.flows().size());
        if (!prepared.note().isEmpty()) {
            fields.put("note", prepared.note());
        }
        ArrayNode changes = fields.putArray("changes");
        List<Step> steps = prepared.plan().steps().stream()
                .filter(step -> !step.action().equals(GraphPlan.KEEP))
                .toList();
        for (Step step : steps.subList(0, Math.min(NAMED, steps.size()))) {
            String text = step.action() + " " + step.kind() + " " + step.id() + ": " + step.reason();
            changes.add(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
        }
        if (steps.size() > NAMED) {
            changes.add("and " + (steps.size() - NAMED) + " more");
        }
        Cause cause = new Cause.InSameAppend(d.add(type, Events.GRAPH + graph, fields, List.of()));
        if (!result.rules().equals(before == null ? GraphRules.NONE : before.rules())) {
            rules(result.rules(), cause);
        }
        prepared.diverged().forEach((item, manifest) -> diverged(item, manifest, cause));
        return cause;
    }

    /** Only what its members are changes of the node. */
    void members(String node, Cause cause) {
        ObjectNode fields = d.at().put("node", node);
        MemberState.write(fields.putArray("members"), members(node).values());
        d.add(Events.NODE_MEMBERS_CHANGED, Events.GRAPH + graph, fields, List.of(cause));
    }

    private SortedMap<Integer, MemberState> members(String node) {
        return prepared.members().getOrDefault(node, new TreeMap<>());
    }

    void held(Cause cause) {
        ObjectNode fields = d.at();
        ArrayNode flows = fields.putArray("flows");
        prepared.held().stream().sorted().forEach(flows::add);
        d.add(Events.FLOWS_HELD, Events.GRAPH + graph, fields, List.of(cause));
    }

    void node(NodeSpec node, int version, long born, Cause cause) {
        ObjectNode fields =
                d.at().put("node", node.id()).put("version", version).put("born", born);
        ObjectNode declared = nodes.get(node.id());
        if (declared != null) {
            fields.setAll(declared);
        }
        if (!members(node.id()).equals(MemberState.all(node.replicas()))) {
            MemberState.write(fields.putArray("members"), members(node.id()).values());
        }
        d.add(Events.NODE_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
    }

    void nodeRemoved(String node, Cause cause) {
        d.add(Events.NODE_REMOVED, Events.GRAPH + graph, d.at().put("node", node), List.of(cause));
    }

    void flow(Step step, Cause cause) {
        switch (step.action()) {
            case GraphPlan.REMOVE ->
                d.add(Events.FLOW_REMOVED, Events.GRAPH + graph, d.at().put("flow", step.id()), List.of(cause));
            case GraphPlan.KEEP -> {}
            default -> {
                ObjectNode fields = d.at();
                fields.set("flow", flows.get(step.id()));
                d.add(Events.FLOW_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
            }
        }
    }

    private void diverged(String item, SortedMap<String, String> manifest, Cause cause) {
        ObjectNode fields = d.at().put("item", item);
        manifest.forEach(fields.putObject("manifest")::put);
        d.add(
                Events.DECLARATION_DIVERGED,
                Events.GRAPH + graph,
                checkedSize("what the manifest says of " + item, fields),
                List.of(cause));
    }

    /** In as many events as its constraints need; the first takes the place of what was there. */
    private void rules(GraphRules rules, Cause cause) {
        GraphRules part = new GraphRules(rules.labels(), List.of(), rules.objectives());
        int bytes = size(checkedSize("graph " + graph, part.write()));
        int parts = 0;
        for (Constraint constraint : rules.constraints()) {
            int more = size(checkedSize("a constraint of graph " + graph, GraphRules.write(constraint)));
            if (bytes + more > MAX_SPEC_BYTES) {
                rules(part, parts++, cause);
                part = GraphRules.NONE;
                bytes = 0;
            }
            part = part.and(List.of(constraint));
            bytes += more + 1;
        }
        rules(part, parts, cause);
    }

    private void rules(GraphRules rules, int part, Cause cause) {
        ObjectNode fields = d.at().put("part", part);
        fields.set("rules", rules.write());
        d.add(Events.GRAPH_RULES_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
    }

    private static ObjectNode checkedSize(String what, ObjectNode declaration) {
        int bytes = size(declaration);
        if (bytes > MAX_SPEC_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    what + ": its declaration has " + bytes + " bytes, at most " + MAX_SPEC_BYTES
                            + " are possible; put long values into files");
        }
        return declaration;
    }

    private static int size(ObjectNode json) {
        return Json.text(json).getBytes(StandardCharsets.UTF_8).length;
    }
}
