package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.DataType.Format;
import io.stratoswarm.api.graph.DataType.Schema;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.PlaceRequest;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the whole graph and gives it to {@link GraphChecks} once every node is known. */
final class GraphReader {
    static final int MAX_NODES = 10_000;
    static final int MAX_AGENTS = 10_000;
    private static final int MAX_DESCRIPTION = 4_096;

    /** A dependency as written: the condition may be left to the kind of node it names. */
    record Link(GraphTree.Place place, String node, Optional<Condition> condition) {}

    /** A node as read, with places for the checks between nodes. */
    record Draft(
            GraphTree.Place place,
            String id,
            AgentSpec agent,
            int replicas,
            List<Link> links,
            NodeKind kind,
            List<Channel> channels,
            PlaceRequest request,
            List<String> policies) {}

    private final Problems problems;
    private final AgentReader agents;
    private final KindReader kinds;

    GraphReader(Problems problems, HostFacts host, Extensions extensions) {
        this.problems = problems;
        this.agents = new AgentReader(problems, new HostChecks(problems, host));
        this.kinds = new KindReader(problems, extensions);
    }

    /** The graph; meaningful only where no error was reported. */
    Optional<GraphManifest> read(GraphTree root, String source) {
        if (!(root instanceof GraphTree.Obj object)) {
            problems.error(root.place(), "a manifest is an object with \"name\" and \"nodes\", not " + root.kind());
            return Optional.empty();
        }
        Fields graph = new Fields(problems, object, "a graph", Keys.GRAPH);
        graph.require("name", "\"shop\"");
        graph.require("nodes", "[{\"id\": \"web\", \"command\": [\"/usr/bin/sleep\", \"60\"]}]");
        graph.text("$schema");
        String name = graph.text("name").orElse("");
        if (graph.text("name").isPresent()) {
            Names.check(problems, graph.place("name"), "name", name);
        }
        String description = graph.text("description").orElse("");
        if (description.length() > MAX_DESCRIPTION) {
            problems.error(graph.place("description"), "'description' has at most " + MAX_DESCRIPTION + " characters");
        }
        List<Draft> drafts = nodes(graph);
        List<NodeSpec> nodes = new GraphChecks(problems, drafts).resolve();
        Map<String, NodeSpec> byId = new LinkedHashMap<>();
        nodes.forEach(node -> byId.put(node.id(), node));
        Map<String, DataType> types = types(graph);
        drafts.forEach(draft -> draft.channels()
                .forEach(channel -> channel.data()
                        .filter(data -> !types.containsKey(data))
                        .ifPresent(data -> problems.error(
                                draft.place(),
                                "the channel '" + channel.name() + "' of node '" + draft.id() + "' carries '"
                                        + Problems.clip(data, 63) + "', which is no data type"
                                        + Nearest.of(data, types.keySet())
                                                .map(near -> "; did you mean '" + near + "'?")
                                                .orElse("; declare it in 'types', or use text, json or bytes")))));
        List<FlowSpec> flows = new FlowChecks(problems, byId, types).resolve(new FlowReader(problems).read(graph));
        PlacementReader placement = new PlacementReader(problems, byId);
        List<Constraint> constraints = placement.constraints(graph);
        List<Objective> objectives = placement.objectives(graph);
        Map<String, String> labels = Names.labels(problems, graph);
        return problems.failed()
                ? Optional.empty()
                : Optional.of(
                        new GraphManifest(name, description, labels, nodes, flows, constraints, objectives, source));
    }

    private Map<String, DataType> types(Fields graph) {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (DataType built : List.of(DataType.TEXT, DataType.JSON, DataType.BYTES)) {
            types.put(built.name(), built);
        }
        graph.object("types")
                .ifPresent(object -> object.members().forEach(member -> {
                    if (types.containsKey(member.key())) {
                        problems.error(
                                member.place(),
                                "the data type '" + member.key() + "' is there already; use another name");
                    } else if (Names.check(problems, member.place(), "types", member.key())) {
                        types.put(member.key(), type(member));
                    }
                }));
        return types;
    }

    private DataType type(GraphTree.Member member) {
        if (!(member.value() instanceof GraphTree.Obj object)) {
            problems.error(
                    member.value().place(),
                    "a data type is an object such as {\"format\": \"json\"}, not "
                            + member.value().kind());
            return DataType.TEXT;
        }
        Fields fields = new Fields(problems, object, "a data type", Keys.TYPE);
        fields.require("format", "\"json\"");
        Format format = fields.word("format", Format.class).orElse(Format.JSON);
        Optional<Schema> schema = fields.value("schema").flatMap(value -> switch (value) {
            case GraphTree.Obj inline -> Optional.of(new Schema.Inline(Trees.json(inline)));
            case GraphTree.Text text -> fields.absolute("schema").map(Schema.InFile::new);
            default -> {
                fields.wrongType("schema", value, "a JSON Schema or the absolute path of one");
                yield Optional.empty();
            }
        });
        if (fields.has("schema") && format != Format.JSON) {
            problems.error(fields.keyPlace("schema"), "'schema' is only for the format json");
        }
        return new DataType(member.key(), format, schema);
    }

    private List<Draft> nodes(Fields graph) {
        List<GraphTree> items = graph.array("nodes").orElse(List.of());
        if (graph.has("nodes") && items.isEmpty() && !problems.failed()) {
            problems.error(graph.place("nodes"), "'nodes' must not be empty; remove the graph with 'delete' instead");
        }
        if (items.size() > MAX_NODES) {
            problems.error(
                    items.get(MAX_NODES).place(),
                    "a graph has at most " + MAX_NODES + " nodes; this one has " + items.size());
            return List.of();
        }
        List<Draft> drafts = new ArrayList<>();
        Map<String, GraphTree.Place> ids = new HashMap<>();
        long replicas = 0;
        for (GraphTree item : items) {
            if (!(item instanceof GraphTree.Obj object)) {
                problems.error(item.place(), "a node is an object with \"id\" and \"command\", not " + item.kind());
                continue;
            }
            Draft draft = node(object);
            replicas += draft.replicas();
            if (draft.id().isEmpty()) {
                continue;
            }
            GraphTree.Place first = ids.putIfAbsent(draft.id(), draft.place());
            if (first == null) {
                drafts.add(draft);
            } else {
                problems.error(
                        draft.place(),
                        "duplicate id '" + Problems.clip(draft.id(), 63) + "'; the first stands in line "
                                + first.line());
            }
        }
        if (replicas > MAX_AGENTS) {
            problems.error(
                    graph.place("nodes"),
                    "a graph has at most " + MAX_AGENTS + " agents; the replicas of this one add up to " + replicas);
        }
        return drafts;
    }

    private Draft node(GraphTree.Obj object) {
        Fields node = new Fields(problems, object, "a node", Keys.NODE);
        node.require("id", "\"web\"");
        String id = node.text("id").orElse("");
        if (node.text("id").isPresent()) {
            Names.check(problems, node.place("id"), "id", id);
        }
        NodeKind kind = kinds.kind(node);
        boolean program = node.text("type").orElse("process").equals("process");
        return new Draft(
                node.place("id"),
                id,
                program ? agents.read(node) : agents.readWithoutProgram(node),
                node.small("replicas", 1, MAX_AGENTS).orElse(1),
                links(node),
                kind,
                kinds.channels(node),
                kinds.request(node),
                kinds.policies(node));
    }

    private List<Link> links(Fields node) {
        List<Link> links = new ArrayList<>();
        for (GraphTree item : node.array("dependsOn").orElse(List.of())) {
            switch (item) {
                case GraphTree.Text text -> links.add(new Link(text.place(), text.value(), Optional.empty()));
                case GraphTree.Obj object -> {
                    Fields fields = new Fields(problems, object, "a dependency", Keys.DEPENDENCY);
                    fields.require("node", "\"db\"");
                    Optional<Condition> condition = fields.word("condition", Condition.class);
                    fields.text("node").ifPresent(name -> links.add(new Link(fields.place("node"), name, condition)));
                }
                default ->
                    problems.error(
                            item.place(),
                            "a dependency is the id of a node or {\"node\": \"db\", \"condition\": \"ready\"}, not "
                                    + item.kind());
            }
        }
        return links;
    }

    /** The condition that is meant where none is written. */
    static Condition usual(AgentSpec target) {
        return target.lifecycle() == Lifecycle.ONESHOT ? Condition.COMPLETED : Condition.READY;
    }
}
