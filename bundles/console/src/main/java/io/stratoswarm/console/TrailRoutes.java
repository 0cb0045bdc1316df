package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.audit.Trails.Broken;
import io.stratoswarm.api.audit.Trails.Decided;
import io.stratoswarm.api.audit.Trails.Trail;
import io.stratoswarm.api.journal.Journal;
import java.util.Optional;
import java.util.OptionalLong;

/** Trails: what happened, and what led to it. */
final class TrailRoutes {
    private final Services services;

    TrailRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("trails").on("GET", "audit/trail", Role.VIEWER, this::trail);
    }

    private Reply trail(Request request) {
        request.only("since", "until", "about", "type", "cause", "text", "limit");
        Optional<String> cause = request.text("cause");
        Trail trail = Services.need(services.trails(), "trails")
                .find(new Trails.Query(
                        JournalRoutes.time(request, "since", Long.MIN_VALUE),
                        JournalRoutes.time(request, "until", Long.MAX_VALUE),
                        request.text("about"),
                        request.text("type"),
                        cause.isEmpty()
                                ? OptionalLong.empty()
                                : OptionalLong.of(request.number("cause", 0, 0, Long.MAX_VALUE)),
                        request.text("text"),
                        (int) request.number("limit", 1_000, 1, Trails.MAX_LIMIT)));
        ObjectNode answer = Json.object();
        answer.set("checkpoint", Shapes.checkpoint(trail.state()));
        answer.put("first", services.journal().map(Journal::first).orElse(0L));
        answer.set("events", Json.array(trail.events(), Shapes::event));
        answer.put("more", trail.more());
        answer.set("led", Json.array(trail.led(), Shapes::event));
        answer.set(
                "links",
                Json.array(
                        trail.links(),
                        link -> Json.object().put("cause", link.cause()).put("effect", link.effect())));
        answer.set("decisions", Json.array(trail.decisions(), TrailRoutes::decided));
        answer.set("broken", Json.array(trail.broken(), TrailRoutes::broken));
        return Reply.ok(answer);
    }

    private static ObjectNode decided(Decided decided) {
        return Json.object()
                .put("sequence", decided.sequence())
                .put("id", decided.id())
                .put("agent", decided.agent())
                .put("decisionType", decided.decisionType())
                .put("actor", decided.actor())
                .put("reasoning", decided.reasoning())
                .put("confidence", decided.confidence())
                .put("ruling", decided.ruling())
                .put("outcome", decided.outcome())
                .put("success", decided.success());
    }

    private static ObjectNode broken(Broken broken) {
        return Json.object()
                .put("rule", broken.rule())
                .put("severity", broken.severity())
                .put("times", broken.times());
    }
}
