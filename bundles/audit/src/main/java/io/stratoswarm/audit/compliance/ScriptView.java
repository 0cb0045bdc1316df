package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.audit.rule.Rule;
import java.time.Instant;
import java.util.Map;

/** What rules look at as JSON, for those that are scripts. */
final class ScriptView {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ScriptView() {}

    /**
     * The input of a script. One on an agent or a graph is not given the state beside it: it is called for each, and all of the state for
     * each of many agents would cost the square of them.
     */
    static String input(Rule.On on, Map<String, ?> values) {
        ObjectNode input = JSON.objectNode().put("on", on.word());
        values.forEach((name, value) -> {
            if (!name.equals("state") || on == Rule.On.STATE || on == Rule.On.DECISION) {
                input.set(name, json(value));
            }
        });
        return input.toString();
    }

    private static JsonNode json(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                ObjectNode object = JSON.objectNode();
                map.forEach((key, each) -> object.set(String.valueOf(key), json(each)));
                yield object;
            }
            case Iterable<?> list -> {
                ArrayNode array = JSON.arrayNode();
                list.forEach(each -> array.add(json(each)));
                yield array;
            }
            case Boolean truth -> JSON.booleanNode(truth);
            case Double number -> JSON.numberNode(number);
            case Number whole -> JSON.numberNode(whole.longValue());
            case String text -> JSON.textNode(text);
            case Instant time -> JSON.textNode(time.toString());
            // What CEL has for null is the one value besides these.
            default -> JSON.nullNode();
        };
    }

    /** One line, for the trace. */
    static String trigger(Rule.On on, Map<String, ?> values) {
        Object about = values.get(on.word());
        Map<?, ?> view = about instanceof Map<?, ?> map ? map : Map.of();
        return switch (on) {
            case EVENT -> "event " + view.get("sequence") + " " + view.get("type") + " " + view.get("subject");
            case DECISION -> "decision " + view.get("id") + " " + view.get("type");
            case AGENT -> "agent " + view.get("id");
            case GRAPH -> "graph " + view.get("name");
            case STATE -> "state";
        };
    }
}
