package io.stratoswarm.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.Condition.Comparison;
import io.stratoswarm.api.graph.Condition.Value;
import java.util.ArrayList;
import java.util.List;

/** A condition on records as canonical JSON and back. */
final class ConditionCodec {
    private ConditionCodec() {}

    static ObjectNode write(Condition condition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (condition) {
            case Condition.Compare(String field, Comparison comparison, Value value) ->
                json.put("compare", field).put("by", comparison.name()).set("value", value(value));
            case Condition.Matches(String field, String regex) ->
                json.put("matches", field).put("regex", regex);
            case Condition.OneOf(String field, List<Value> values) -> {
                ArrayNode array = json.put("oneOf", field).putArray("values");
                values.forEach(value -> array.add(value(value)));
            }
            case Condition.Exists(String field) -> json.put("exists", field);
            case Condition.All(List<Condition> conditions) -> list(json, "all", conditions);
            case Condition.Any(List<Condition> conditions) -> list(json, "any", conditions);
            case Condition.Not(Condition inner) -> json.set("not", write(inner));
        }
        return json;
    }

    private static void list(ObjectNode json, String key, List<Condition> conditions) {
        ArrayNode array = json.putArray(key);
        conditions.forEach(condition -> array.add(write(condition)));
    }

    /** A number stays text, so that none is rounded. */
    private static ObjectNode value(Value value) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        return switch (value) {
            case Value.Text(String text) -> json.put("text", text);
            case Value.Number(String text) -> json.put("number", text);
            case Value.Flag(boolean flag) -> json.put("flag", flag);
        };
    }

    static Condition read(JsonNode json) {
        String kind = json.properties().iterator().next().getKey();
        String field = json.path(kind).asText();
        return switch (kind) {
            case "compare" ->
                new Condition.Compare(
                        field, Comparison.valueOf(json.path("by").textValue()), value(json.path("value")));
            case "matches" -> new Condition.Matches(field, json.path("regex").textValue());
            case "oneOf" -> {
                List<Value> values = new ArrayList<>();
                json.path("values").forEach(value -> values.add(value(value)));
                yield new Condition.OneOf(field, values);
            }
            case "exists" -> new Condition.Exists(field);
            case "all" -> new Condition.All(list(json.path(kind)));
            case "any" -> new Condition.Any(list(json.path(kind)));
            case "not" -> new Condition.Not(read(json.path(kind)));
            default -> throw new IllegalArgumentException("unknown kind of condition in a stored flow: " + kind);
        };
    }

    private static List<Condition> list(JsonNode array) {
        List<Condition> conditions = new ArrayList<>();
        array.forEach(condition -> conditions.add(read(condition)));
        return conditions;
    }

    private static Value value(JsonNode json) {
        if (json.has("text")) {
            return new Value.Text(json.path("text").textValue());
        }
        return json.has("number")
                ? new Value.Number(json.path("number").textValue())
                : new Value.Flag(json.path("flag").booleanValue());
    }
}
