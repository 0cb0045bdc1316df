package io.stratoswarm.core.script;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.GraphTree;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Map;

/** JSON as trees: of headers, inputs and outputs. */
public final class JsonNodes {
    public static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(200)
                            .maxNumberLength(1_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonNodes() {}

    /** @throws JsonProcessingException where the text is no JSON */
    public static JsonNode parse(String text) throws JsonProcessingException {
        JsonNode node = MAPPER.readTree(text);
        return node == null || node.isMissingNode() ? NODES.nullNode() : node;
    }

    /** Of text that is known to be JSON: a schema of a kind, a header that was read. */
    public static JsonNode known(String text) {
        try {
            return parse(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + text, e);
        }
    }

    public static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes can always be written", e);
        }
    }

    static JsonNode of(GraphTree json) {
        return switch (json) {
            case GraphTree.Obj object -> {
                ObjectNode node = NODES.objectNode();
                object.members().forEach(member -> node.set(member.key(), of(member.value())));
                yield node;
            }
            case GraphTree.Arr array -> {
                ArrayNode node = NODES.arrayNode();
                array.items().forEach(item -> node.add(of(item)));
                yield node;
            }
            case GraphTree.Text text -> NODES.textNode(text.value());
            case GraphTree.Bool flag -> NODES.booleanNode(flag.value());
            case GraphTree.Null none -> NODES.nullNode();
            case GraphTree.Num number -> number(number);
        };
    }

    private static JsonNode number(GraphTree.Num number) {
        if (!number.integer()) {
            return NODES.numberNode(Double.parseDouble(number.text()));
        }
        BigInteger value = new BigInteger(number.text());
        return value.bitLength() < 64 ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }

    /** Where and how two values differ, {@code actions[0].agent: "a" and not "b"}; empty where they are equal. */
    static String difference(JsonNode expected, JsonNode found) {
        return difference("", expected, found);
    }

    private static String difference(String path, JsonNode expected, JsonNode found) {
        if (expected instanceof ObjectNode left && found instanceof ObjectNode right) {
            for (Iterator<Map.Entry<String, JsonNode>> it = left.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> each = it.next();
                JsonNode other = right.get(each.getKey());
                String at = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
                String differs = other == null
                        ? at + ": is missing; expected " + shown(each.getValue())
                        : difference(at, each.getValue(), other);
                if (!differs.isEmpty()) {
                    return differs;
                }
            }
            for (Iterator<String> it = right.fieldNames(); it.hasNext(); ) {
                String key = it.next();
                if (!left.has(key)) {
                    return (path.isEmpty() ? key : path + "." + key) + ": is " + shown(right.path(key))
                            + " and was not expected";
                }
            }
            return "";
        }
        if (expected instanceof ArrayNode left && found instanceof ArrayNode right) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                String differs = difference(path + "[" + i + "]", left.path(i), right.path(i));
                if (!differs.isEmpty()) {
                    return differs;
                }
            }
            return left.size() == right.size()
                    ? ""
                    : named(path) + ": has " + right.size() + " items; expected " + left.size();
        }
        boolean same = expected.isNumber() && found.isNumber()
                ? expected.decimalValue().compareTo(found.decimalValue()) == 0
                : expected.equals(found);
        return same ? "" : named(path) + ": is " + shown(found) + "; expected " + shown(expected);
    }

    private static String named(String path) {
        return path.isEmpty() ? "the output" : path;
    }

    private static String shown(JsonNode node) {
        String text = write(node);
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
