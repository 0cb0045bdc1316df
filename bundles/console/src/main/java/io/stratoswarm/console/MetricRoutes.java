package io.stratoswarm.console;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.MetricQuery.Aggregate;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Metrics: what series there are, their values over time, and the windows that were kept. */
final class MetricRoutes {
    private static final String LABEL = "label.";
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final double EXACT = 1L << 53;

    private final Services services;

    MetricRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("metrics")
                .on("GET", "metrics/series", Role.VIEWER, this::series)
                .on("GET", "metrics/query", Role.VIEWER, this::query)
                .on("GET", "metrics/latest", Role.VIEWER, this::latest)
                .on("GET", "metrics/verify", Role.VIEWER, this::verify)
                .on("GET", "metrics/pins", Role.VIEWER, this::pins)
                .on("GET", "metrics/pins/*", Role.VIEWER, this::pin);
    }

    private long now() {
        return services.clock().millis();
    }

    private Metrics metrics() {
        return Services.need(services.metrics(), "metrics");
    }

    /** What writes the body of an answer. */
    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    /** Arrays of numbers go straight to bytes; a tree of nodes for them would be many times as large. */
    private static Reply json(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartObject();
            body.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return new Reply.Whole(200, Reply.JSON, bytes.toByteArray());
    }

    private Reply series(Request request) {
        request.only("subject", "name", "from", "to");
        long to = time(request, "to", now() + 1);
        Metrics metrics = metrics();
        List<Series> found = valid(() -> metrics.series(
                request.text("subject").orElse("*"),
                request.text("name").orElse("*"),
                time(request, "from", Math.max(0, to - DAY)),
                to));
        Map<String, MetricInfo> infos = infos(metrics);
        return json(out -> {
            out.writeArrayFieldStart("series");
            for (Series each : found) {
                out.writeStartObject();
                name(out, each);
                MetricInfo info = infos.get(each.name());
                meaning(out, info);
                out.writeStringField("help", info == null ? "" : info.help());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    private Reply query(Request request) {
        checkNames(request);
        long to = time(request, "to", now() + 1);
        long from = time(request, "from", Math.max(0, to - HOUR));
        if (from > to) {
            throw Request.invalid("'from' lies after 'to'");
        }
        MetricQuery query = new MetricQuery(
                request.need("subject"),
                request.need("name"),
                labels(request),
                from,
                to,
                request.number("step", 0, 0, Long.MAX_VALUE),
                aggregate(request));
        Metrics metrics = metrics();
        List<Points> found = valid(() -> metrics.query(query));
        Map<String, MetricInfo> infos = infos(metrics);
        return json(out -> {
            out.writeArrayFieldStart("series");
            for (Points each : found) {
                out.writeStartObject();
                name(out, each.series());
                meaning(out, infos.get(each.series().name()));
                out.writeFieldName("times");
                long[] times = each.timesMillis();
                out.writeArray(times, 0, times.length);
                out.writeArrayFieldStart("values");
                for (double value : each.values()) {
                    number(out, value);
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    /** Labels are parameters of any name, so the others are checked here. */
    private static void checkNames(Request request) {
        List<String> known = List.of("subject", "name", "from", "to", "step", "aggregate");
        for (String name : request.query().keySet()) {
            if (!known.contains(name) && !(name.startsWith(LABEL) && name.length() > LABEL.length())) {
                throw Request.invalid("unknown parameter '" + name + "'; " + request.path() + " takes "
                        + String.join(", ", known) + ", label.NAME");
            }
        }
    }

    private static SortedMap<String, String> labels(Request request) {
        SortedMap<String, String> labels = new TreeMap<>();
        request.query().forEach((name, value) -> {
            if (name.startsWith(LABEL)) {
                labels.put(name.substring(LABEL.length()), value);
            }
        });
        return labels;
    }

    private static Aggregate aggregate(Request request) {
        String given = request.text("aggregate").orElse("avg");
        for (Aggregate each : Aggregate.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(given)) {
                return each;
            }
        }
        throw Request.invalid("'aggregate' must be one of "
                + Arrays.stream(Aggregate.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))
                + ", not '" + given + "'");
    }

    /** RFC 3339 or milliseconds since 1970. */
    private static long time(Request request, String name, long fallback) {
        Optional<String> text = request.text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long millis = text.get().matches("[0-9]{1,15}")
                    ? Long.parseLong(text.get())
                    : Instant.parse(text.get()).toEpochMilli();
            if (millis >= 0) {
                return millis;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // Reported below together with times before 1970.
        }
        throw Request.invalid("'" + name
                + "' must be a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970, not '" + text.get()
                + "'");
    }

    /** What the store refuses of a pattern or a range is the caller's doing. */
    private static <T> T valid(java.util.function.Supplier<T> question) {
        try {
            return question.get();
        } catch (IllegalArgumentException e) {
            throw new StratoswarmException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private Reply latest(Request request) {
        request.only("subject");
        return samples(metrics().latest(request.text("subject").orElse("*")));
    }

    static Reply samples(List<Sample> found) {
        return json(out -> {
            out.writeArrayFieldStart("samples");
            for (Sample each : found) {
                out.writeStartObject();
                name(out, each.series());
                out.writeNumberField("time", each.timeMillis());
                out.writeFieldName("value");
                number(out, each.value());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    private Reply verify(Request request) {
        request.only("from", "to");
        long to = time(request, "to", now() + 1);
        long from = time(request, "from", Math.max(0, to - HOUR));
        MetricProofs proofs = Services.need(services.metricProofs(), "metrics");
        ObjectNode answer = Json.object();
        answer.set("closings", Json.array(proofs.verify(from, to), MetricRoutes::closing));
        return Reply.ok(answer);
    }

    private static ObjectNode closing(MetricProofs.Closing closing) {
        return Json.object()
                .put("firstBlock", closing.firstBlock())
                .put("blocks", closing.blocks())
                .put("closed", Instant.ofEpochMilli(closing.closedMillis()).toString())
                .put("sequence", closing.sequence())
                .put("root", closing.root())
                .put("state", closing.state().name().toLowerCase(Locale.ROOT))
                .put("detail", closing.detail());
    }

    private Reply pins(Request request) {
        request.only("limit");
        ObjectNode answer = Json.object();
        answer.set(
                "pins",
                Json.array(metrics().windows((int) request.number("limit", 100, 1, 10_000)), MetricRoutes::pinned));
        return Reply.ok(answer);
    }

    private static ObjectNode pinned(PinnedWindow window) {
        return Json.object()
                .put("sequence", window.sequence())
                .put("subject", window.subject())
                .put("from", Instant.ofEpochMilli(window.fromMillis()).toString())
                .put("to", Instant.ofEpochMilli(window.toMillis()).toString())
                .put("hash", window.hash());
    }

    private Reply pin(Request request) {
        request.only();
        if (!request.rest().matches("[0-9]{1,18}")) {
            throw Request.invalid("a window is named by the sequence of its event, not '" + request.rest() + "'");
        }
        String text = metrics()
                .window(Long.parseLong(request.rest()))
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "no window was kept for event " + request.rest()
                                + "; 'stratoswarm metrics pins' lists those that were"));
        return new Reply.Whole(200, Reply.JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, MetricInfo> infos(Metrics metrics) {
        return metrics.declared().stream().collect(Collectors.toMap(MetricInfo::name, Function.identity()));
    }

    private static void name(JsonGenerator out, Series series) throws IOException {
        out.writeStringField("subject", series.subject());
        out.writeStringField("name", series.name());
        out.writeObjectFieldStart("labels");
        for (Map.Entry<String, String> label : series.labels().entrySet()) {
            out.writeStringField(label.getKey(), label.getValue());
        }
        out.writeEndObject();
    }

    private static void meaning(JsonGenerator out, @org.jspecify.annotations.Nullable MetricInfo info)
            throws IOException {
        out.writeStringField("kind", info == null ? "gauge" : info.kind().name().toLowerCase(Locale.ROOT));
        out.writeStringField("unit", info == null ? "" : info.unit());
    }

    /** Whole numbers without a point; what JSON cannot say as null. */
    private static void number(JsonGenerator out, double value) throws IOException {
        if (!Double.isFinite(value)) {
            out.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) < EXACT) {
            out.writeNumber((long) value);
        } else {
            out.writeNumber(value);
        }
    }
}
