package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.failure.Failures.Diagnosis;
import io.stratoswarm.api.failure.Failures.Evidence;
import io.stratoswarm.api.failure.Failures.Factor;
import io.stratoswarm.api.metric.Points;
import java.util.Locale;

/** Why an agent failed. */
final class FailureRoutes {
    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;

    private final Services services;

    FailureRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("failures").on("GET", "failures/diagnosis", Role.VIEWER, this::diagnosis);
    }

    private Reply diagnosis(Request request) {
        request.only("target", "window", "form");
        String form = request.text("form").orElse("json");
        if (!form.equals("json") && !form.equals("html")) {
            throw Request.invalid("'form' must be json or html, not '" + Gate.shown(form) + "'");
        }
        Failures failures = Services.need(services.failures(), "failures");
        Diagnosis found = failures.diagnose(request.need("target"), request.number("window", MINUTE, 1_000, DAY));
        if (form.equals("html")) {
            ObjectNode page = Json.object().put("html", failures.html(found));
            return Reply.ok(page);
        }
        return Reply.ok(shape(found));
    }

    private static ObjectNode shape(Diagnosis diagnosis) {
        ObjectNode node = Json.object().put("agent", diagnosis.agent());
        node.set("failure", Shapes.event(diagnosis.failure()));
        node.put("from", Shapes.time(diagnosis.fromNanos()))
                .put("to", Shapes.time(diagnosis.toNanos()))
                .put("threshold", diagnosis.threshold())
                .put("explained", diagnosis.explained());
        node.set("factors", Json.array(diagnosis.factors(), FailureRoutes::factor));
        node.set("causes", Json.array(diagnosis.causes(), Shapes::event));
        node.set("notes", Json.texts(diagnosis.notes()));
        return node;
    }

    private static ObjectNode factor(Factor factor) {
        ObjectNode node = Json.object()
                .put("category", factor.category().name().toLowerCase(Locale.ROOT))
                .put("subject", factor.subject())
                .put("relation", factor.relation())
                .put("what", factor.what())
                .put("impact", factor.impact())
                .put("basis", factor.basis().name().toLowerCase(Locale.ROOT))
                .put("since", Shapes.time(factor.timeNanos()));
        node.set("evidence", Json.array(factor.evidence(), FailureRoutes::evidence));
        return node;
    }

    private static ObjectNode evidence(Evidence evidence) {
        ObjectNode node = Json.object().put("text", evidence.text());
        evidence.sequence().ifPresent(sequence -> node.put("sequence", sequence));
        evidence.points().ifPresent(points -> node.set("points", points(points)));
        return node;
    }

    private static ObjectNode points(Points points) {
        ObjectNode node = Json.object()
                .put("subject", points.series().subject())
                .put("name", points.series().name());
        ObjectNode labels = node.putObject("labels");
        points.series().labels().forEach(labels::put);
        ArrayNode times = node.putArray("times");
        for (long time : points.timesMillis()) {
            times.add(time);
        }
        ArrayNode values = node.putArray("values");
        for (double value : points.values()) {
            values.add(value);
        }
        return node;
    }
}
