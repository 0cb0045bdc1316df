package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads OTLP/JSON by the field names and types of opentelemetry-proto 1.x, as a collector does, but refuses what a collector would
 * pass over: unknown fields, and 64-bit numbers that are not strings.
 */
final class OtlpReader {
    private OtlpReader() {}

    private static void fields(JsonNode node, String... known) {
        node.fieldNames().forEachRemaining(name -> assertTrue(Set.of(known).contains(name), "unknown field " + name));
    }

    private static void number64(JsonNode node) {
        assertTrue(node.isTextual() && node.textValue().matches("[0-9]+"), "64-bit numbers are strings: " + node);
    }

    static void metrics(JsonNode request) {
        fields(request, "resourceMetrics");
        for (JsonNode resource : request.get("resourceMetrics")) {
            fields(resource, "resource", "scopeMetrics", "schemaUrl");
            attributes(resource.at("/resource/attributes"));
            assertTrue(resource.toString().contains("service.name"));
            for (JsonNode scope : resource.get("scopeMetrics")) {
                fields(scope, "scope", "metrics", "schemaUrl");
                assertTrue(scope.get("metrics").size() > 5);
                scope.get("metrics").forEach(OtlpReader::metric);
            }
        }
    }

    private static void metric(JsonNode metric) {
        fields(metric, "name", "description", "unit", "gauge", "sum");
        assertTrue(metric.has("gauge") != metric.has("sum"), "one kind of data: " + metric);
        JsonNode data = metric.has("sum") ? metric.get("sum") : metric.get("gauge");
        if (metric.has("sum")) {
            assertEquals(2, data.get("aggregationTemporality").intValue());
            assertTrue(data.get("isMonotonic").booleanValue());
        }
        for (JsonNode point : data.get("dataPoints")) {
            fields(point, "attributes", "startTimeUnixNano", "timeUnixNano", "asDouble");
            number64(point.get("timeUnixNano"));
            assertTrue(point.get("asDouble").isNumber());
            attributes(point.get("attributes"));
        }
    }

    static List<JsonNode> spans(JsonNode request) {
        fields(request, "resourceSpans");
        List<JsonNode> spans = new ArrayList<>();
        for (JsonNode resource : request.get("resourceSpans")) {
            fields(resource, "resource", "scopeSpans", "schemaUrl");
            for (JsonNode scope : resource.get("scopeSpans")) {
                fields(scope, "scope", "spans", "schemaUrl");
                scope.get("spans").forEach(spans::add);
            }
        }
        spans.forEach(OtlpReader::span);
        return spans;
    }

    private static void span(JsonNode span) {
        fields(
                span,
                "traceId",
                "spanId",
                "parentSpanId",
                "name",
                "kind",
                "startTimeUnixNano",
                "endTimeUnixNano",
                "attributes",
                "status");
        assertTrue(span.get("traceId").asText().matches("[0-9a-f]{32}"));
        assertTrue(span.get("spanId").asText().matches("[0-9a-f]{16}"));
        assertTrue(span.get("kind").isInt());
        number64(span.get("startTimeUnixNano"));
        number64(span.get("endTimeUnixNano"));
        assertTrue(Long.parseLong(span.get("startTimeUnixNano").asText())
                <= Long.parseLong(span.get("endTimeUnixNano").asText()));
        attributes(span.get("attributes"));
    }

    private static void attributes(JsonNode attributes) {
        for (JsonNode attribute : attributes) {
            fields(attribute, "key", "value");
            JsonNode value = attribute.get("value");
            assertEquals(1, value.size(), attribute.toString());
            fields(value, "stringValue", "boolValue", "intValue", "doubleValue");
            if (value.has("intValue")) {
                number64(value.get("intValue"));
            }
        }
    }
}
