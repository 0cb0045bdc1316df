package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.healing.Predictions;
import java.util.List;
import java.util.OptionalLong;

/** Failures that are foreseen, what is done about them, and how well that came true. */
final class PredictionRoutes {
    private static final int MOST = 300;
    private static final long LONGEST = 366 * 86_400_000L;
    /** Less says nothing that anybody would look at. */
    private static final double LEAST = 0.1;

    private final Services services;

    PredictionRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("predictions")
                .on("GET", "predictions", Role.VIEWER, this::all)
                .on("POST", "predictions/*", Role.OPERATOR, this::command);
    }

    private Predictions predictions() {
        return Services.need(services.predictions(), "predictions");
    }

    private Reply all(Request request) {
        request.only("agent", "window", "all", "limit");
        Predictions predictions = predictions();
        long window = request.number("window", 0, 0, LONGEST);
        long since = window == 0 ? Long.MIN_VALUE : (services.clock().millis() - window) * 1_000_000;
        int limit = (int) request.number("limit", 20, 1, MOST);
        ObjectNode answer = Json.object();
        answer.set("status", status(predictions.status()));
        answer.set(
                "outlooks",
                Json.array(
                        predictions
                                .outlooks(
                                        request.flag("all") ? 0 : LEAST,
                                        window == 0 ? OptionalLong.empty() : OptionalLong.of(window))
                                .stream()
                                .filter(each -> request.text("agent")
                                        .orElse(each.agent())
                                        .equals(each.agent()))
                                .toList(),
                        PredictionRoutes::outlook));
        answer.set(
                "predictions",
                Json.array(
                        predictions.predictions(request.text("agent"), MOST).stream()
                                .filter(each -> each.outcome().isEmpty() || each.madeNanos() >= since)
                                .limit(limit)
                                .toList(),
                        PredictionRoutes::prediction));
        answer.set("record", record(predictions.record()));
        return Reply.ok(answer);
    }

    private static ObjectNode status(Predictions.Status status) {
        ObjectNode shape = Json.object()
                .put("unavailable", status.unavailable())
                .put("model", status.model())
                .put("stepMillis", status.stepMillis())
                .put("horizonMillis", status.horizonMillis())
                .put("threshold", status.threshold())
                .put("holdout", status.holdout())
                .put("mode", status.mode())
                .put("paused", status.paused())
                .put("watched", status.watched());
        ObjectNode withheld = shape.putObject("withheld");
        status.withheld().forEach(withheld::put);
        return shape;
    }

    private static ObjectNode outlook(Predictions.Outlook outlook) {
        ObjectNode shape = Json.object()
                .put("agent", outlook.agent())
                .put("probability", outlook.probability())
                .put("expected", Shapes.time(outlook.expectedNanos()))
                .put("cause", outlook.cause());
        shape.set("drivers", Json.texts(outlook.drivers()));
        shape.put("steps", outlook.steps());
        outlook.prediction().ifPresent(number -> shape.put("prediction", number));
        return shape;
    }

    private static ObjectNode prediction(Predictions.Prediction prediction) {
        ObjectNode shape = Json.object()
                .put("prediction", prediction.number())
                .put("agent", prediction.agent())
                .put("probability", prediction.probability())
                .put("made", Shapes.time(prediction.madeNanos()))
                .put("expected", Shapes.time(prediction.expectedNanos()))
                .put("until", Shapes.time(prediction.untilNanos()))
                .put("cause", prediction.cause());
        shape.set("drivers", Json.texts(prediction.drivers()));
        shape.put("model", prediction.model())
                .put("heldOut", prediction.heldOut())
                .put("measure", prediction.measure())
                .put("state", prediction.state())
                .put("outcome", prediction.outcome());
        prediction.leadMillis().ifPresent(lead -> shape.put("leadMillis", lead));
        return shape.put("downMillis", prediction.downMillis()).put("why", prediction.why());
    }

    private static ObjectNode record(Predictions.Record record) {
        ObjectNode shape = Json.object()
                .put("hits", record.hits())
                .put("falseAlarms", record.falseAlarms())
                .put("missed", record.missed())
                .put("prevented", record.prevented())
                .put("failedAnyway", record.failedAnyway())
                .put("void", record.voided());
        record.medianLeadMillis().ifPresent(lead -> shape.put("medianLeadMillis", lead));
        shape.set(
                "calibration",
                Json.array(
                        record.calibration(),
                        bin -> Json.object()
                                .put("from", bin.from())
                                .put("to", bin.to())
                                .put("count", bin.count())
                                .put("predicted", bin.predicted())
                                .put("failed", bin.failed())));
        shape.set("gains", Json.array(record.gains(), PredictionRoutes::gain));
        return shape;
    }

    private static ObjectNode gain(Predictions.Gain gain) {
        ObjectNode shape = Json.object()
                .put("cause", gain.cause())
                .put("on", gain.on())
                .put("why", gain.why())
                .put("treated", gain.treated())
                .put("treatedFailed", gain.treatedFailed())
                .put("heldOut", gain.heldOut())
                .put("heldOutFailed", gain.heldOutFailed());
        gain.treatedDownMillis().ifPresent(down -> shape.put("treatedDownMillis", down));
        gain.heldOutDownMillis().ifPresent(down -> shape.put("heldOutDownMillis", down));
        return shape;
    }

    private Reply command(Request request) {
        request.only();
        if (!request.rest().equals("turn")) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "there is no POST " + request.path() + "; predictions take turn");
        }
        ObjectNode body = request.bodyObject(List.of("cause", "on"));
        if (!body.path("on").isBoolean()) {
            throw Request.invalid("the key 'on' of the body must be true or false");
        }
        predictions()
                .turn(
                        AgentRoutes.text(body, "cause", "\"memory-leak\""),
                        body.path("on").asBoolean(),
                        request.actor());
        return Reply.ok(Json.object().put("done", request.rest()));
    }
}
