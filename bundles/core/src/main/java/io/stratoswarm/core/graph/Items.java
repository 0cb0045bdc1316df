package io.stratoswarm.core.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.agent.SpecCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A graph's declaration as the items that {@link Merge} works on, and back. Wires are no property: they follow from flows. */
public final class Items {
    public static final String GRAPH = "graph";
    public static final String NODE = "node ";
    public static final String FLOW = "flow ";

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<String> OF_NODE = Set.of("replicas", "dependsOn", "channels", "request", "policies");

    private Items() {}

    /** A graph as declared. Nodes may have their wires or not. */
    public record Declared(String description, GraphRules rules, List<NodeSpec> nodes, List<FlowSpec> flows) {
        public Declared {
            nodes = List.copyOf(nodes);
            flows = List.copyOf(flows);
        }

        /** The same with the wires and programs of its nodes. */
        public Declared wired() {
            return new Declared(description, rules, Wiring.derive(nodes, flows), flows);
        }
    }

    public static Merge.State of(Declared declared) {
        Map<String, Map<String, String>> items = new TreeMap<>();
        items.put(GRAPH, graph(declared));
        for (NodeSpec node : Wiring.derive(declared.nodes(), List.of())) {
            items.put(NODE + node.id(), node(node));
        }
        for (FlowSpec flow : declared.flows()) {
            items.put(FLOW + flow.id(), flow(flow));
        }
        return Merge.State.of(items);
    }

    private static SortedMap<String, String> graph(Declared declared) {
        SortedMap<String, String> properties = texts(declared.rules().write());
        properties.put(
                "description",
                JsonNodeFactory.instance.textNode(declared.description()).toString());
        return properties;
    }

    private static SortedMap<String, String> node(NodeSpec node) {
        ObjectNode json = SpecCodec.write(node.agent());
        NodeCodec.write(json, node);
        return texts(json);
    }

    private static SortedMap<String, String> flow(FlowSpec flow) {
        ObjectNode json = FlowCodec.write(flow);
        json.remove("id");
        return texts(json);
    }

    private static SortedMap<String, String> texts(ObjectNode json) {
        SortedMap<String, String> properties = new TreeMap<>();
        json.properties()
                .forEach(property ->
                        properties.put(property.getKey(), property.getValue().toString()));
        return properties;
    }

    /** The graph of what {@link #of} gave, with the wires that its flows need. */
    public static Declared read(Merge.State state) {
        List<NodeSpec> nodes = new ArrayList<>();
        List<FlowSpec> flows = new ArrayList<>();
        state.items().forEach((item, properties) -> {
            if (item.startsWith(NODE)) {
                nodes.add(node(item.substring(NODE.length()), properties));
            } else if (item.startsWith(FLOW)) {
                flows.add(FlowCodec.read(json(properties).put("id", item.substring(FLOW.length()))));
            }
        });
        ObjectNode graph = json(state.items().getOrDefault(GRAPH, new TreeMap<>()));
        return new Declared(graph.path("description").asText(), GraphRules.read(graph), nodes, flows).wired();
    }

    private static NodeSpec node(String id, Map<String, String> properties) {
        ObjectNode json = json(properties);
        ObjectNode spec = json.deepCopy();
        spec.remove(OF_NODE);
        AgentSpec agent = SpecCodec.read(spec);
        return new NodeSpec(
                id,
                agent,
                json.path("replicas").intValue(),
                NodeCodec.dependsOn(json),
                BuiltinCodec.read(agent),
                NodeCodec.channels(json),
                NodeCodec.request(json),
                NodeCodec.policies(json));
    }

    private static ObjectNode json(Map<String, String> properties) {
        ObjectNode json = MAPPER.createObjectNode();
        properties.forEach((name, text) -> json.set(name, tree(text)));
        return json;
    }

    private static JsonNode tree(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a property of a declaration is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Names of the properties in which two items differ. */
    static List<String> changed(Map<String, String> old, Map<String, String> now) {
        Collection<String> names = new java.util.TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !java.util.Objects.equals(old.get(name), now.get(name)))
                .toList();
    }

    /** A property as a manifest calls it. */
    public static String word(String property) {
        return switch (property) {
            case "bufferBytes" -> "buffer";
            case "maxRecordBytes" -> "maxRecord";
            case "atLeastOnce" -> "delivery";
            case "routing" -> "route";
            case "request" -> "requests";
            case "watchdogMillis" -> "watchdog";
            case "builtin" -> "type";
            default -> property;
        };
    }
}
