package io.stratoswarm.console.telemetry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;

/**
 * The JSON encoding of OTLP 1.x ("JSON Protobuf Encoding" of the protocol's specification): lowerCamelCase names, 64-bit numbers as
 * strings, ids in hexadecimal, enums as numbers. The SDK that would write it is ten times the size of this whole bundle.
 */
final class OtlpJson {
    private static final String SCOPE = "io.stratoswarm.console";
    /** AGGREGATION_TEMPORALITY_CUMULATIVE. */
    private static final int CUMULATIVE = 2;
    /** STATUS_CODE_ERROR. */
    private static final int ERROR = 2;

    private OtlpJson() {}

    /** An ExportMetricsServiceRequest. */
    static ObjectNode metrics(
            Map<String, Object> resource, Collection<Family> families, long startNanos, long nowNanos) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        ObjectNode scope = scoped(request, "resourceMetrics", "scopeMetrics", resource);
        ArrayNode metrics = scope.putArray("metrics");
        for (Family family : families) {
            if (!family.points().isEmpty()) {
                metric(metrics.addObject(), family, startNanos, nowNanos);
            }
        }
        return request;
    }

    private static void metric(ObjectNode node, Family family, long startNanos, long nowNanos) {
        boolean counter = family.kind() == Family.Kind.COUNTER;
        node.put("name", family.name()).put("description", family.help()).put("unit", unit(family.unit()));
        ObjectNode data = node.putObject(counter ? "sum" : "gauge");
        if (counter) {
            data.put("aggregationTemporality", CUMULATIVE).put("isMonotonic", true);
        }
        ArrayNode points = data.putArray("dataPoints");
        for (Family.Point point : family.points()) {
            ObjectNode one = points.addObject();
            attributes(one, point.labels());
            if (counter) {
                one.put("startTimeUnixNano", String.valueOf(startNanos));
            }
            one.put("timeUnixNano", String.valueOf(nowNanos)).put("asDouble", point.value());
        }
    }

    /** UCUM, as the conventions of OpenTelemetry ask for. */
    private static String unit(String unit) {
        return switch (unit) {
            case "seconds" -> "s";
            case "bytes" -> "By";
            case "ratio" -> "1";
            case "celsius" -> "Cel";
            default -> unit;
        };
    }

    /** An ExportTraceServiceRequest. */
    static ObjectNode traces(Map<String, Object> resource, Collection<Span> spans) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        ArrayNode array =
                scoped(request, "resourceSpans", "scopeSpans", resource).putArray("spans");
        for (Span span : spans) {
            ObjectNode node = array.addObject().put("traceId", span.trace()).put("spanId", span.id());
            if (!span.parent().isEmpty()) {
                node.put("parentSpanId", span.parent());
            }
            node.put("name", span.name())
                    .put("kind", span.kind())
                    .put("startTimeUnixNano", String.valueOf(span.startNanos()))
                    .put("endTimeUnixNano", String.valueOf(span.endNanos()));
            attributes(node, span.attributes());
            if (span.failed()) {
                node.putObject("status").put("code", ERROR);
            }
        }
        return request;
    }

    private static ObjectNode scoped(ObjectNode request, String outer, String inner, Map<String, Object> resource) {
        ObjectNode first = request.putArray(outer).addObject();
        attributes(first.putObject("resource"), resource);
        ObjectNode scope = first.putArray(inner).addObject();
        scope.putObject("scope").put("name", SCOPE);
        return scope;
    }

    private static void attributes(ObjectNode node, Map<String, ?> attributes) {
        ArrayNode array = node.putArray("attributes");
        attributes.forEach((key, value) -> {
            ObjectNode typed = array.addObject().put("key", key).putObject("value");
            switch (value) {
                case Long number -> typed.put("intValue", String.valueOf(number));
                case Double number -> typed.put("doubleValue", number);
                case Boolean flag -> typed.put("boolValue", flag);
                default -> typed.put("stringValue", String.valueOf(value));
            }
        });
    }
}
