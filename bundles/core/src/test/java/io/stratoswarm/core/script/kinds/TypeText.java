package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.core.script.JsonNodes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes declarations for editors of the schemas of the kinds. */
final class TypeText {
    private static final String MADE = "Made of the schemas of the kinds by TypesTest; do not edit.";

    private final Map<String, JsonNode> types = new TreeMap<>();

    TypeText add(String schema) {
        JsonNode root = JsonNodes.known(schema);
        types.put(root.path("title").asText(), root);
        root.path("$defs").fields().forEachRemaining(each -> types.put(each.getKey(), each.getValue()));
        return this;
    }

    String typescript() {
        StringBuilder text = new StringBuilder();
        text.append("// ").append(MADE).append('\n');
        text.append("// At the head of a script: /// <reference path=\"types/stratoswarm.d.ts\" />\n\n");
        text.append("declare namespace stratoswarm {\n");
        types.forEach((name, schema) -> {
            comment(text, "  ", schema);
            if (!schema.has("properties")) {
                text.append("  type ")
                        .append(name)
                        .append(" = ")
                        .append(ts(schema))
                        .append(";\n\n");
                return;
            }
            text.append("  interface ").append(name).append(" {\n");
            members(schema).forEach((key, member) -> {
                comment(text, "    ", member);
                text.append("    readonly ")
                        .append(key)
                        .append(required(schema).contains(key) ? "" : "?")
                        .append(": ")
                        .append(ts(member))
                        .append(";\n");
            });
            text.append("  }\n\n");
        });
        return text.toString().stripTrailing() + "\n}\n";
    }

    private static void comment(StringBuilder text, String indent, JsonNode schema) {
        if (schema.has("description")) {
            text.append(indent)
                    .append("/** ")
                    .append(schema.path("description").asText())
                    .append(" */\n");
        }
    }

    private static Map<String, JsonNode> members(JsonNode schema) {
        Map<String, JsonNode> members = new java.util.LinkedHashMap<>();
        schema.path("properties").fields().forEachRemaining(each -> members.put(each.getKey(), each.getValue()));
        return members;
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> names = new TreeSet<>();
        schema.path("required").forEach(each -> names.add(each.asText()));
        return names;
    }

    private static String ts(JsonNode schema) {
        if (schema.has("$ref")) {
            return reference(schema);
        }
        if (schema.has("anyOf")) {
            return joined(schema.path("anyOf"), " | ", TypeText::ts);
        }
        if (!schema.has("type") && !schema.has("enum") && !schema.has("const")) {
            return "any";
        }
        if (schema.has("enum")) {
            return joined(schema.path("enum"), " | ", JsonNode::toString);
        }
        if (schema.has("const")) {
            return schema.path("const").toString();
        }
        return switch (schema.path("type").asText()) {
            case "string" -> "string";
            case "integer", "number" -> "number";
            case "boolean" -> "boolean";
            case "array" -> "ReadonlyArray<" + ts(schema.path("items")) + ">";
            case "object" ->
                "Readonly<Record<string, "
                        + (schema.has("additionalProperties") ? ts(schema.path("additionalProperties")) : "any") + ">>";
            default -> throw new IllegalArgumentException(schema.toString());
        };
    }

    private static String reference(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private interface Shown {
        String of(JsonNode node);
    }

    private static String joined(JsonNode nodes, String between, Shown shown) {
        List<String> parts = new ArrayList<>();
        for (Iterator<JsonNode> it = nodes.elements(); it.hasNext(); ) {
            parts.add(shown.of(it.next()));
        }
        return String.join(between, parts);
    }

    String python() {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(MADE).append('\n');
        text.append("from typing import Any, Literal, Mapping, NotRequired, Sequence, TypedDict, Union\n\n");
        List<String> unions = new ArrayList<>();
        types.forEach((name, schema) -> {
            if (schema.has("anyOf")) {
                unions.add(name + " = Union["
                        + joined(schema.path("anyOf"), ", ", each -> "\"" + reference(each) + "\"") + "]");
                return;
            }
            if (!schema.has("properties")) {
                unions.add("# " + schema.path("description").asText() + "\n" + name + " = Any");
                return;
            }
            // A word of the language can be a key, but no name in a class.
            boolean reserved = members(schema).containsKey("from");
            if (reserved) {
                text.append("_")
                        .append(name)
                        .append(" = TypedDict(\"_")
                        .append(name)
                        .append("\", {\"from\": str})\n");
            }
            text.append("class ").append(name).append(reserved ? "(_" + name + "):\n" : "(TypedDict):\n");
            text.append("    \"\"\"")
                    .append(schema.path("description").asText())
                    .append("\"\"\"\n");
            members(schema).forEach((key, member) -> {
                if (key.equals("from")) {
                    return;
                }
                if (member.has("description")) {
                    text.append("    # ")
                            .append(member.path("description").asText())
                            .append('\n');
                }
                String type = py(member);
                text.append("    ")
                        .append(key)
                        .append(": ")
                        .append(required(schema).contains(key) ? type : "NotRequired[" + type + "]")
                        .append('\n');
            });
            text.append('\n');
        });
        unions.forEach(union -> text.append(union).append('\n'));
        return text.toString();
    }

    private static String py(JsonNode schema) {
        if (schema.has("$ref")) {
            return "\"" + reference(schema) + "\"";
        }
        if (schema.has("anyOf")) {
            return "Union[" + joined(schema.path("anyOf"), ", ", TypeText::py) + "]";
        }
        if (schema.has("enum")) {
            return "Literal[" + joined(schema.path("enum"), ", ", JsonNode::toString) + "]";
        }
        if (schema.has("const")) {
            return "Literal[" + schema.path("const") + "]";
        }
        return switch (schema.path("type").asText()) {
            case "string" -> "str";
            case "integer" -> "int";
            case "number" -> "float";
            case "boolean" -> "bool";
            case "array" -> "Sequence[" + py(schema.path("items")) + "]";
            case "object" ->
                "Mapping[str, " + (schema.has("additionalProperties") ? py(schema.path("additionalProperties")) : "Any")
                        + "]";
            default -> throw new IllegalArgumentException(schema.toString());
        };
    }
}
