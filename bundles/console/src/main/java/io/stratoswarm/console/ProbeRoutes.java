package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.console.telemetry.OpenMetrics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What monitoring asks: whether the daemon lives, whether it can do its work, and its numbers. */
final class ProbeRoutes {
    private final Services services;
    private final Tokens tokens;
    private final Telemetry telemetry;

    ProbeRoutes(Services services, Tokens tokens, Telemetry telemetry) {
        this.services = services;
        this.tokens = tokens;
        this.telemetry = telemetry;
    }

    void add(Routes routes) {
        routes.describedBy("probe")
                .at("GET", "/healthz", Role.ANYONE, this::lives)
                .at("GET", "/readyz", Role.ANYONE, this::ready)
                .at("GET", Gate.METRICS, Role.VIEWER, this::metrics);
    }

    private Reply lives(Request request) {
        request.only();
        return text("text/plain; charset=utf-8", "ok\n");
    }

    private Reply ready(Request request) {
        request.only();
        List<String> missing = new ArrayList<>(services.missing());
        if (!tokens.ready()) {
            missing.add("tokens");
        }
        return missing.isEmpty()
                ? text("text/plain; charset=utf-8", "ok\n")
                : Problem.reply(Kind.UNAVAILABLE, "not there yet: " + String.join(", ", missing));
    }

    private Reply metrics(Request request) {
        request.only();
        return text(OpenMetrics.MEDIA_TYPE, OpenMetrics.text(telemetry.collect()));
    }

    private static Reply text(String mediaType, String text) {
        return new Reply.Whole(200, mediaType, text.getBytes(StandardCharsets.UTF_8));
    }
}
