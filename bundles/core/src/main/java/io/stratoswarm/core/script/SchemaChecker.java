package io.stratoswarm.core.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.core.manifest.Nearest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks values against a subset of JSON Schema (2020-12), the one that {@code docs/script-api.md} names, and says of the first
 * thing that does not fit where it stands and what would. A schema that uses anything else is refused as a whole, so that
 * nothing passes only because it was not looked at. A library for all of the standard takes 0.6 MiB and two hundred milliseconds
 * at its first use for keywords that no kind has; the tests compare with it.
 */
public final class SchemaChecker {
    private static final Set<String> KNOWN = Set.of(
            "$schema",
            "$id",
            "$comment",
            "$defs",
            "$ref",
            "title",
            "description",
            "default",
            "examples",
            "format",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "anyOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "minProperties");
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");
    private static final int MAX_SHOWN = 60;

    /** What says nothing of the value. */
    private static final Set<String> REMARKS =
            Set.of("$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "format");

    private final JsonNode root;
    private final boolean all;

    private SchemaChecker(JsonNode root) {
        this.root = root;
        verify(root);
        boolean nothing = root.isObject() || root.asBoolean();
        for (Iterator<String> keys = root.fieldNames(); keys.hasNext(); ) {
            nothing &= REMARKS.contains(keys.next());
        }
        all = nothing;
    }

    /** Whether every value fits, so that none has to be looked at. */
    boolean acceptsAll() {
        return all;
    }

    /** @throws IllegalArgumentException where the schema is none, or uses a keyword that is not checked here */
    public static SchemaChecker of(String schema) {
        return new SchemaChecker(JsonNodes.known(schema));
    }

    /** What is wrong, {@code actions[0].agent: must be a string, not 5}; empty where all fits. */
    public Optional<String> wrong(JsonNode value) {
        return new Check(true).wrong("", root, value);
    }

    /** The same where required members may be missing: inputs of examples name only what matters. */
    public Optional<String> wrongInPart(JsonNode value) {
        return new Check(false).wrong("", root, value);
    }

    private void verify(JsonNode schema) {
        if (schema.isBoolean()) {
            return;
        }
        if (!(schema instanceof ObjectNode object)) {
            throw new IllegalArgumentException("a schema is an object, not " + schema);
        }
        object.fieldNames().forEachRemaining(key -> {
            if (!KNOWN.contains(key)) {
                throw new IllegalArgumentException("the keyword '" + key + "' is not checked here; known are "
                        + KNOWN.stream().sorted().toList());
            }
        });
        types(schema).forEach(type -> {
            if (!TYPES.contains(type)) {
                throw new IllegalArgumentException("there is no type '" + type + "'");
            }
        });
        if (schema.has("pattern")) {
            Pattern.compile(schema.path("pattern").asText());
        }
        if (schema.has("$ref")) {
            resolve(schema);
        }
        schema.path("properties").forEach(this::verify);
        schema.path("$defs").forEach(this::verify);
        schema.path("anyOf").forEach(this::verify);
        for (String key : List.of("items", "additionalProperties")) {
            if (schema.has(key)) {
                verify(schema.path(key));
            }
        }
    }

    private JsonNode resolve(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        JsonNode target = reference.startsWith("#/") ? root.at(reference.substring(1)) : root.path("");
        if (target.isMissingNode()) {
            throw new IllegalArgumentException("'" + reference + "' names nothing; only #/$defs/... is followed");
        }
        return target;
    }

    private static List<String> types(JsonNode schema) {
        List<String> types = new ArrayList<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.asText());
        }
        if (type.isArray()) {
            type.forEach(each -> types.add(each.asText()));
        }
        return types;
    }

    private final class Check {
        private final boolean whole;

        Check(boolean whole) {
            this.whole = whole;
        }

        Optional<String> wrong(String path, JsonNode schema, JsonNode value) {
            if (schema.isBoolean()) {
                return schema.booleanValue() ? Optional.empty() : says(path, "must not be there");
            }
            if (schema.has("$ref")) {
                Optional<String> wrong = wrong(path, resolve(schema), value);
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
            List<String> types = types(schema);
            if (!types.isEmpty() && types.stream().noneMatch(type -> isOf(type, value))) {
                return says(path, "must be " + String.join(" or ", types) + ", not " + shown(value));
            }
            Optional<String> wrong = constants(path, schema, value);
            if (wrong.isEmpty() && value.isNumber()) {
                wrong = number(path, schema, value);
            }
            if (wrong.isEmpty() && value.isTextual()) {
                wrong = text(path, schema, value.textValue());
            }
            if (wrong.isEmpty() && value.isArray()) {
                wrong = array(path, schema, value);
            }
            if (wrong.isEmpty() && value instanceof ObjectNode object) {
                wrong = object(path, schema, object);
            }
            return wrong.isEmpty() && schema.has("anyOf") ? any(path, schema.path("anyOf"), value) : wrong;
        }

        private Optional<String> constants(String path, JsonNode schema, JsonNode value) {
            if (schema.has("const") && !equal(schema.path("const"), value)) {
                return says(path, "must be " + shown(schema.path("const")) + ", not " + shown(value));
            }
            if (!schema.has("enum")) {
                return Optional.empty();
            }
            List<String> words = new ArrayList<>();
            for (JsonNode each : schema.path("enum")) {
                if (equal(each, value)) {
                    return Optional.empty();
                }
                words.add(each.isTextual() ? each.textValue() : shown(each));
            }
            return says(
                    path,
                    "must be one of " + String.join(", ", words) + ", not " + shown(value)
                            + (value.isTextual() ? Nearest.hint(value.textValue(), words) : ""));
        }

        private Optional<String> number(String path, JsonNode schema, JsonNode value) {
            double number = value.doubleValue();
            if (schema.has("minimum") && number < schema.path("minimum").doubleValue()) {
                return says(path, "must be at least " + schema.path("minimum") + ", not " + value);
            }
            if (schema.has("exclusiveMinimum")
                    && number <= schema.path("exclusiveMinimum").doubleValue()) {
                return says(path, "must be more than " + schema.path("exclusiveMinimum") + ", not " + value);
            }
            if (schema.has("maximum") && number > schema.path("maximum").doubleValue()) {
                return says(path, "must be at most " + schema.path("maximum") + ", not " + value);
            }
            return Optional.empty();
        }

        private Optional<String> text(String path, JsonNode schema, String value) {
            int length = value.codePointCount(0, value.length());
            if (schema.has("minLength") && length < schema.path("minLength").intValue()) {
                return says(
                        path,
                        length == 0
                                ? "must not be empty"
                                : "must have at least " + schema.path("minLength") + " characters, not " + length);
            }
            if (schema.has("maxLength") && length > schema.path("maxLength").intValue()) {
                return says(path, "must have at most " + schema.path("maxLength") + " characters, not " + length);
            }
            if (schema.has("pattern")
                    && !Pattern.compile(schema.path("pattern").asText())
                            .matcher(value)
                            .find()) {
                return says(
                        path,
                        "must match " + schema.path("pattern").asText() + ", which "
                                + shown(JsonNodes.MAPPER.getNodeFactory().textNode(value)) + " does not");
            }
            return Optional.empty();
        }

        private Optional<String> array(String path, JsonNode schema, JsonNode value) {
            if (schema.has("minItems") && value.size() < schema.path("minItems").intValue()) {
                return says(path, "must have at least " + schema.path("minItems") + " items, not " + value.size());
            }
            if (schema.has("maxItems") && value.size() > schema.path("maxItems").intValue()) {
                return says(path, "must have at most " + schema.path("maxItems") + " items, not " + value.size());
            }
            for (int i = 0; schema.has("items") && i < value.size(); i++) {
                Optional<String> wrong = wrong(path + "[" + i + "]", schema.path("items"), value.path(i));
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
            return Optional.empty();
        }

        private Optional<String> object(String path, JsonNode schema, ObjectNode value) {
            JsonNode properties = schema.path("properties");
            for (JsonNode key : schema.path("required")) {
                if (whole && !value.has(key.asText())) {
                    return says(below(path, key.asText()), "is missing");
                }
            }
            if (schema.has("minProperties")
                    && value.size() < schema.path("minProperties").intValue()) {
                return says(path, "must have at least " + schema.path("minProperties") + " members");
            }
            JsonNode others = schema.path("additionalProperties");
            for (Iterator<Map.Entry<String, JsonNode>> it = value.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> each = it.next();
                String at = below(path, each.getKey());
                JsonNode declared = properties.path(each.getKey());
                Optional<String> wrong = Optional.empty();
                if (!declared.isMissingNode()) {
                    wrong = wrong(at, declared, each.getValue());
                } else if (others.isBoolean() && !others.booleanValue()) {
                    wrong = says(at, "is not known here" + known(each.getKey(), properties));
                } else if (!others.isMissingNode()) {
                    wrong = wrong(at, others, each.getValue());
                }
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
            return Optional.empty();
        }

        private static String known(String key, JsonNode properties) {
            List<String> names = new ArrayList<>();
            properties.fieldNames().forEachRemaining(names::add);
            return Nearest.of(key, names)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(names.isEmpty() ? "" : "; known are " + String.join(", ", names));
        }

        /** Of the forms that a value may have, the one whose constants it has is the one that was meant. */
        private Optional<String> any(String path, JsonNode forms, JsonNode value) {
            Optional<String> first = Optional.empty();
            Optional<String> meant = Optional.empty();
            for (JsonNode form : forms) {
                Optional<String> wrong = wrong(path, form, value);
                if (wrong.isEmpty()) {
                    return wrong;
                }
                if (first.isEmpty()) {
                    first = wrong;
                }
                if (meant.isEmpty() && fitsConstants(form, value)) {
                    meant = wrong;
                }
            }
            return meant.isPresent() ? meant : first;
        }

        private boolean fitsConstants(JsonNode given, JsonNode value) {
            JsonNode form = given.has("$ref") ? resolve(given) : given;
            boolean some = false;
            for (Iterator<Map.Entry<String, JsonNode>> it =
                            form.path("properties").fields();
                    it.hasNext(); ) {
                Map.Entry<String, JsonNode> each = it.next();
                if (each.getValue().has("const") || each.getValue().has("enum")) {
                    some = true;
                    if (!value.has(each.getKey())
                            || constants("", each.getValue(), value.path(each.getKey()))
                                    .isPresent()) {
                        return false;
                    }
                }
            }
            return some;
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "integer" ->
                value.isIntegralNumber() || value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
            default ->
                value.isNumber() && !Double.isNaN(value.doubleValue()) && !Double.isInfinite(value.doubleValue());
        };
    }

    private static boolean equal(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Optional<String> says(String path, String what) {
        return Optional.of((path.isEmpty() ? "the value" : path) + ": " + what);
    }

    private static String shown(JsonNode value) {
        String text = JsonNodes.write(value);
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
