package io.stratoswarm.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Objective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** What is said of a graph as a whole: its labels, and what its placement must keep and be good at. */
public record GraphRules(Map<String, String> labels, List<Constraint> constraints, List<Objective> objectives) {
    public static final GraphRules NONE = new GraphRules(Map.of(), List.of(), List.of());

    public GraphRules {
        labels = Map.copyOf(labels);
        constraints = List.copyOf(constraints);
        objectives = List.copyOf(objectives);
    }

    public static GraphRules of(GraphManifest manifest) {
        return new GraphRules(manifest.labels(), manifest.constraints(), manifest.objectives());
    }

    /** Canonical JSON: labels by sorted key, all else in its order. */
    public ObjectNode write() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode names = json.putObject("labels");
        new TreeMap<>(labels).forEach(names::put);
        ArrayNode kept = json.putArray("constraints");
        constraints.forEach(constraint -> kept.add(write(constraint)));
        ArrayNode goals = json.putArray("objectives");
        objectives.forEach(objective ->
                goals.addObject().put("goal", objective.goal().name()).put("weight", objective.weight()));
        return json;
    }

    public static GraphRules read(JsonNode json) {
        Map<String, String> labels = new LinkedHashMap<>();
        json.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().textValue()));
        List<Objective> objectives = new ArrayList<>();
        json.path("objectives")
                .forEach(objective -> objectives.add(new Objective(
                        Objective.Goal.valueOf(objective.path("goal").textValue()),
                        objective.path("weight").doubleValue())));
        return new GraphRules(labels, constraints(json.path("constraints")), objectives);
    }

    /** With these constraints too. */
    public GraphRules and(List<Constraint> more) {
        List<Constraint> all = new ArrayList<>(constraints);
        all.addAll(more);
        return new GraphRules(labels, all, objectives);
    }

    public static List<Constraint> constraints(JsonNode array) {
        List<Constraint> constraints = new ArrayList<>();
        array.forEach(constraint -> constraints.add(constraint(constraint)));
        return constraints;
    }

    public static ObjectNode write(Constraint constraint) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (constraint) {
            case Constraint.Affinity it -> {
                json.put("kind", "affinity").put("label", it.label());
                ArrayNode values = json.putArray("values");
                it.values().forEach(values::add);
            }
            case Constraint.Spread it ->
                json.put("kind", "spread").put("by", it.by()).put("maxSkew", it.maxSkew());
            case Constraint.Pin it -> json.put("kind", "pin").put("place", it.place());
            case Constraint.Capacity it -> {
                json.put("kind", "capacity");
                it.agents().ifPresent(agents -> json.put("agents", agents));
                it.resource().ifPresent(resource -> json.put("resource", resource));
                it.share().ifPresent(share -> json.put("share", share));
            }
            case Constraint.CoLocation it -> json.put("kind", "coLocation").put("by", it.by());
            case Constraint.Forbidden it -> json.put("kind", "forbidden").put("by", it.by());
        }
        ArrayNode nodes = json.putArray("nodes");
        constraint.nodes().forEach(nodes::add);
        return json;
    }

    private static Constraint constraint(JsonNode json) {
        String kind = json.path("kind").asText();
        List<String> nodes = strings(json.path("nodes"));
        String by = json.path("by").asText();
        return switch (kind) {
            case "affinity" ->
                new Constraint.Affinity(nodes, json.path("label").textValue(), strings(json.path("values")));
            case "spread" ->
                new Constraint.Spread(nodes, by, json.path("maxSkew").intValue());
            case "pin" -> new Constraint.Pin(nodes, json.path("place").textValue());
            case "capacity" ->
                new Constraint.Capacity(
                        nodes,
                        json.has("agents") ? OptionalInt.of(json.path("agents").intValue()) : OptionalInt.empty(),
                        Optional.ofNullable(json.path("resource").textValue()),
                        json.has("share") ? Optional.of(json.path("share").doubleValue()) : Optional.empty());
            case "coLocation" -> new Constraint.CoLocation(nodes, by);
            case "forbidden" -> new Constraint.Forbidden(nodes, by);
            default -> throw new IllegalArgumentException("unknown kind of constraint in a stored graph: " + kind);
        };
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.textValue()));
        return values;
    }
}
