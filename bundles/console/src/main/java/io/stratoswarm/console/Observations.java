package io.stratoswarm.console;

import io.stratoswarm.console.telemetry.Exporter;
import io.stratoswarm.console.telemetry.Span;
import io.vertx.core.http.HttpServerRequest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Counts each request, and where traces are exported makes its spans: one of the exchange, one of the command that it asked for. */
final class Observations {
    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}");

    private final Surroundings surroundings;
    private final Meters meters;
    private volatile @Nullable Exporter exporter;

    Observations(Surroundings surroundings, Meters meters) {
        this.surroundings = surroundings;
        this.meters = meters;
    }

    void exportTo(@Nullable Exporter wanted) {
        exporter = wanted;
    }

    Timed begin(HttpServerRequest request, Link link, String route) {
        String parent = exporter == null ? null : request.getHeader("traceparent");
        return new Timed(
                new Timed.Asked(request.method().name(), route, link, parent), surroundings.nanos(), this::ended);
    }

    private void ended(Timed timed) {
        meters.answered(timed.asked().link().local(), timed.status(), timed.tookNanos());
        Exporter wanted = exporter;
        if (wanted != null) {
            spans(timed, wanted);
        }
    }

    private void spans(Timed timed, Exporter wanted) {
        Timed.Asked asked = timed.asked();
        long now = surroundings.clock().millis() * 1_000_000;
        Matcher parent = TRACEPARENT.matcher(asked.traceparent() == null ? "" : asked.traceparent());
        boolean child = parent.matches();
        String trace = child ? parent.group(1) : hex(16);
        String id = hex(8);
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("http.request.method", asked.method());
        attributes.put("http.route", asked.route().substring(asked.route().indexOf(' ') + 1));
        attributes.put("http.response.status_code", (long) timed.status());
        attributes.put("url.scheme", asked.link().tls() ? "https" : "http");
        attributes.put("client.address", asked.link().from());
        Caller caller = timed.caller();
        if (caller != null) {
            attributes.put("enduser.id", caller.actor());
        }
        boolean failed = timed.status() >= 500;
        wanted.add(new Span(
                asked.route(),
                Span.SERVER,
                trace,
                id,
                child ? parent.group(2) : "",
                now - timed.tookNanos(),
                now,
                attributes,
                failed));
        if (timed.worked() && !asked.method().equals("GET") && !asked.method().equals("HEAD")) {
            wanted.add(new Span(
                    "command " + asked.route(),
                    Span.INTERNAL,
                    trace,
                    hex(8),
                    id,
                    now - timed.workBeganBefore(),
                    now - timed.workEndedBefore(),
                    Map.of(),
                    failed));
        }
    }

    private String hex(int bytes) {
        byte[] random = new byte[bytes];
        surroundings.random().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
