package io.stratoswarm.console.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Our JSON, read by the official classes of the protocol and the official reader of protobuf's JSON. */
class OtlpJsonTest {
    private static final Pattern ID = Pattern.compile("\"(traceId|spanId|parentSpanId)\":\"([0-9a-f]*)\"");
    private static final long START = 1_700_000_000_000_000_001L;
    private static final long NOW = START + 5_000_000_000L;
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    /** Fails for a name that the protocol does not have and for a value of another type. */
    private static <B extends Message.Builder> B read(String json, B into) throws InvalidProtocolBufferException {
        // The only point in which OTLP differs from protobuf's JSON: ids are hexadecimal, and not base64.
        Matcher ids = ID.matcher(json);
        String plain = ids.replaceAll(found -> "\"" + found.group(1) + "\":\""
                + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(found.group(2))) + "\"");
        JsonFormat.parser().merge(plain, into);
        return into;
    }

    private static AnyValue attribute(List<KeyValue> list, String key) {
        return list.stream()
                .filter(each -> each.getKey().equals(key))
                .map(KeyValue::getValue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldWriteMetricsAsTheProtocolHasThem() throws InvalidProtocolBufferException {
        Family counter = Family.of("cpu_seconds", Family.Kind.COUNTER, "seconds", "CPU \"time\"\n")
                .add(Map.of("subject", "shop/\"a\\b\u2028"), 12.5)
                .add(1e18);
        Family gauge = Family.of("load1", Family.Kind.GAUGE, "", "load")
                .add(Double.NaN)
                .add(Double.NEGATIVE_INFINITY)
                .add(-0.25);
        Family info = Family.of("build", Family.Kind.INFO, "", "").add(Map.of("version", "0.1"), 1);
        Family empty = Family.of("unseen", Family.Kind.GAUGE, "bytes", "never measured");
        String json = OtlpJson.metrics(
                        Map.of("service.name", "stratoswarm", "process.pid", 7L),
                        List.of(counter, gauge, info, empty),
                        START,
                        NOW)
                .toString();

        ExportMetricsServiceRequest request =
                read(json, ExportMetricsServiceRequest.newBuilder()).build();
        var resource = request.getResourceMetrics(0);
        List<KeyValue> about = resource.getResource().getAttributesList();
        assertEquals("stratoswarm", attribute(about, "service.name").getStringValue());
        assertEquals(7, attribute(about, "process.pid").getIntValue());
        List<Metric> metrics = resource.getScopeMetrics(0).getMetricsList();
        assertEquals(
                List.of("cpu_seconds", "load1", "build"),
                metrics.stream().map(Metric::getName).toList());
        Metric sum = metrics.getFirst();
        assertEquals("s", sum.getUnit());
        assertEquals("CPU \"time\"\n", sum.getDescription());
        assertTrue(sum.getSum().getIsMonotonic());
        assertEquals(
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
                sum.getSum().getAggregationTemporality());
        NumberDataPoint point = sum.getSum().getDataPoints(0);
        assertEquals(START, point.getStartTimeUnixNano());
        assertEquals(NOW, point.getTimeUnixNano());
        assertEquals(12.5, point.getAsDouble());
        assertEquals(
                "shop/\"a\\b\u2028",
                attribute(point.getAttributesList(), "subject").getStringValue());
        assertEquals(1e18, sum.getSum().getDataPoints(1).getAsDouble());
        List<Double> values = metrics.get(1).getGauge().getDataPointsList().stream()
                .map(NumberDataPoint::getAsDouble)
                .toList();
        assertEquals(List.of(Double.NaN, Double.NEGATIVE_INFINITY, -0.25), values);
        assertEquals(1, metrics.get(2).getGauge().getDataPointsCount());
    }

    @Test
    void shouldWriteSpansAsTheProtocolHasThem() throws InvalidProtocolBufferException {
        Span parent = new Span("GET /agents", Span.SERVER, TRACE, SPAN, "", START, NOW, Map.of("ok", true), false);
        Span child = new Span(
                "append",
                Span.INTERNAL,
                TRACE,
                "00000000000000ff",
                SPAN,
                START + 1,
                NOW - 1,
                Map.of("events", 3L, "ratio", 0.5),
                true);
        String json = OtlpJson.traces(Map.of("service.name", "stratoswarm"), List.of(parent, child))
                .toString();

        ResourceSpans spans =
                read(json, ExportTraceServiceRequest.newBuilder()).build().getResourceSpans(0);
        var first = spans.getScopeSpans(0).getSpans(0);
        var second = spans.getScopeSpans(0).getSpans(1);
        assertEquals(ByteString.fromHex(TRACE), first.getTraceId());
        assertEquals(ByteString.fromHex(SPAN), first.getSpanId());
        assertTrue(first.getParentSpanId().isEmpty());
        assertEquals(io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER, first.getKind());
        assertTrue(attribute(first.getAttributesList(), "ok").getBoolValue());
        assertEquals(Status.StatusCode.STATUS_CODE_UNSET, first.getStatus().getCode());
        assertEquals(first.getSpanId(), second.getParentSpanId());
        assertEquals(START + 1, second.getStartTimeUnixNano());
        assertEquals(NOW - 1, second.getEndTimeUnixNano());
        assertEquals(3, attribute(second.getAttributesList(), "events").getIntValue());
        assertEquals(0.5, attribute(second.getAttributesList(), "ratio").getDoubleValue());
        assertEquals(Status.StatusCode.STATUS_CODE_ERROR, second.getStatus().getCode());
    }

    @Test
    void shouldHaveAReaderThatFindsFaults() {
        for (String wrong : List.of(
                "{\"resource_spans_\":[]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":\"soon\"}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"statusCode\":2}]}]}]}")) {
            assertThrows(
                    InvalidProtocolBufferException.class,
                    () -> read(wrong, ExportTraceServiceRequest.newBuilder()),
                    wrong);
        }
    }
}
