package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the whole graph and gives it to {@link GraphChecks} once every node is known. */
final class GraphReader {
    static final int MAX_NODES = 10_000;
    static final int MAX_AGENTS = 10_000;
    private static final int MAX_DESCRIPTION = 4_096;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final String NAME_RULE =
            "must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end";

    /** A dependency as written: the condition may be left to the kind of node it names. */
    record Link(Json.Place place, String node, Optional<Condition> condition) {}

    /** A node as read, with places for the checks between nodes. */
    record Draft(Json.Place place, String id, AgentSpec agent, int replicas, List<Link> links) {}

    private final Problems problems;
    private final AgentReader agents;

    GraphReader(Problems problems, HostFacts host) {
        this.problems = problems;
        this.agents = new AgentReader(problems, new HostChecks(problems, host));
    }

    /** The graph; meaningful only where no error was reported. */
    Optional<GraphManifest> read(Json root, String source) {
        if (!(root instanceof Json.Obj object)) {
            problems.error(root.place(), "a manifest is an object with \"name\" and \"nodes\", not " + root.kind());
            return Optional.empty();
        }
        Fields graph = new Fields(problems, object, "a graph", Keys.GRAPH);
        graph.require("name", "\"shop\"");
        graph.require("nodes", "[{\"id\": \"web\", \"command\": [\"/usr/bin/sleep\", \"60\"]}]");
        graph.text("$schema");
        String name = graph.text("name").orElse("");
        if (graph.text("name").isPresent()) {
            checkName(graph.place("name"), "name", name);
        }
        String description = graph.text("description").orElse("");
        if (description.length() > MAX_DESCRIPTION) {
            problems.error(graph.place("description"), "'description' has at most " + MAX_DESCRIPTION + " characters");
        }
        List<Draft> drafts = nodes(graph);
        List<NodeSpec> nodes = new GraphChecks(problems, drafts).resolve();
        return problems.failed() ? Optional.empty() : Optional.of(new GraphManifest(name, description, nodes, source));
    }

    private List<Draft> nodes(Fields graph) {
        List<Json> items = graph.array("nodes").orElse(List.of());
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
        Map<String, Json.Place> ids = new HashMap<>();
        long replicas = 0;
        for (Json item : items) {
            if (!(item instanceof Json.Obj object)) {
                problems.error(item.place(), "a node is an object with \"id\" and \"command\", not " + item.kind());
                continue;
            }
            Draft draft = node(object);
            replicas += draft.replicas();
            if (draft.id().isEmpty()) {
                continue;
            }
            Json.Place first = ids.putIfAbsent(draft.id(), draft.place());
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

    private Draft node(Json.Obj object) {
        Fields node = new Fields(problems, object, "a node", Keys.NODE);
        node.require("id", "\"web\"");
        String id = node.text("id").orElse("");
        if (node.text("id").isPresent()) {
            checkName(node.place("id"), "id", id);
        }
        node.text("type").ifPresent(type -> {
            if (!type.equals("process")) {
                problems.error(
                        node.place("type"),
                        "unknown type of node '" + Problems.clip(type, 60) + "'; the only one is \"process\"");
            }
        });
        return new Draft(
                node.place("id"),
                id,
                agents.read(node),
                node.small("replicas", 1, MAX_AGENTS).orElse(1),
                links(node));
    }

    private void checkName(Json.Place place, String key, String name) {
        if (!NAME.matcher(name).matches()) {
            problems.error(place, "'" + key + "' " + NAME_RULE + ", not '" + Problems.clip(name, 63) + "'");
        }
    }

    private List<Link> links(Fields node) {
        List<Link> links = new ArrayList<>();
        for (Json item : node.array("dependsOn").orElse(List.of())) {
            switch (item) {
                case Json.Text text -> links.add(new Link(text.place(), text.value(), Optional.empty()));
                case Json.Obj object -> {
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
