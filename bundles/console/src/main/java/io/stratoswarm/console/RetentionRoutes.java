package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.JournalRetention.Need;
import io.stratoswarm.api.journal.JournalRetention.Plan;
import io.stratoswarm.api.journal.JournalRetention.Status;
import io.stratoswarm.api.journal.LegalHolds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How long the journal keeps events, and legal holds on them. */
final class RetentionRoutes {
    private static final List<String> PRUNE = List.of("before", "reason");
    private static final List<String> HOLD = List.of("subject", "from", "to", "reason");

    private final Services services;

    RetentionRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("retention")
                .on("GET", "journal/status", Role.VIEWER, this::status)
                .on("GET", "journal/prune", Role.VIEWER, this::plan)
                .on("POST", "journal/prune", Role.ADMIN, this::prune)
                .on("DELETE", "journal/reactors/*", Role.ADMIN, this::forget)
                .on("GET", "holds", Role.VIEWER, this::holds)
                .on("POST", "holds", Role.OPERATOR, this::place)
                .on("DELETE", "holds/*", Role.ADMIN, this::release);
    }

    private JournalRetention retention() {
        return Services.need(services.retention(), "retention");
    }

    private LegalHolds legal() {
        return Services.need(services.holds(), "holds");
    }

    private Reply status(Request request) {
        request.only();
        Status status = retention().status();
        ObjectNode answer = Json.object()
                .put("first", status.first())
                .put("size", status.size())
                .put("segments", status.segments())
                .put("bytes", status.bytes())
                .put("keptBytes", status.keptBytes())
                .put("rule", status.rule())
                .put("archive", status.archive());
        answer.set("needs", Json.array(status.needs(), RetentionRoutes::need));
        status.archives().forEach(answer.putArray("archives")::add);
        answer.set("holds", Json.array(legal().list(), RetentionRoutes::hold));
        return Reply.ok(status.problem().isEmpty() ? answer : answer.put("problem", status.problem()));
    }

    private static ObjectNode need(Need need) {
        return Json.object()
                .put("by", need.by())
                .put("sequence", need.sequence())
                .put("reason", need.reason());
    }

    private Reply plan(Request request) {
        request.only("before");
        return Reply.ok(json(retention().plan(before(JournalRoutes.time(request, "before", Long.MIN_VALUE)))));
    }

    private static OptionalLong before(long nanos) {
        return nanos == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    private static ObjectNode json(Plan plan) {
        ObjectNode node = Json.object()
                .put("first", plan.first())
                .put("cut", plan.cut())
                .put("events", plan.cut() - plan.first())
                .put("bytes", plan.bytes())
                .put("segments", plan.segments())
                .put("rule", plan.rule());
        if (!plan.empty()) {
            node.put("oldest", Shapes.time(plan.fromNanos())).put("newest", Shapes.time(plan.toNanos()));
        }
        node.set("heldBack", Json.array(plan.heldBack(), RetentionRoutes::need));
        return node;
    }

    private Reply prune(Request request) {
        request.only();
        ObjectNode body = request.bodyObject(PRUNE);
        OptionalLong before = before(time(body, "before", Long.MIN_VALUE));
        Optional<JournalRetention.Pruned> pruned =
                retention().prune(before, request.actor(), body.path("reason").asText(""));
        if (pruned.isEmpty()) {
            ObjectNode answer = Json.object().put("pruned", false);
            answer.set("plan", json(retention().plan(before)));
            return Reply.ok(answer);
        }
        ObjectNode answer = Json.object().put("pruned", true);
        answer.set("plan", json(pruned.get().plan()));
        answer.put("sequence", pruned.get().sequence())
                .put("rootHash", pruned.get().rootHash())
                .put("kept", pruned.get().kept());
        pruned.get().archives().forEach(answer.putArray("archives")::add);
        return Reply.ok(answer);
    }

    private static long time(ObjectNode body, String name, long fallback) {
        return JournalRoutes.time(name, body.path(name).asText(""), fallback);
    }

    private Reply forget(Request request) {
        request.only();
        retention().forgetReactor(request.rest(), request.actor());
        return Reply.ok(Json.object().put("forgotten", request.rest()));
    }

    private Reply holds(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("holds", Json.array(legal().list(), RetentionRoutes::hold));
        return Reply.ok(answer);
    }

    private static ObjectNode hold(LegalHolds.Hold hold) {
        ObjectNode node = Json.object()
                .put("id", hold.id())
                .put("subject", hold.subject())
                .put("reason", hold.reason())
                .put("actor", hold.actor())
                .put("placed", Shapes.time(hold.placedNanos()));
        if (hold.fromNanos() != Long.MIN_VALUE) {
            node.put("from", Shapes.time(hold.fromNanos()));
        }
        return hold.toNanos() == Long.MAX_VALUE ? node : node.put("to", Shapes.time(hold.toNanos()));
    }

    private Reply place(Request request) {
        request.only();
        ObjectNode body = request.bodyObject(HOLD);
        return Reply.ok(hold(legal().place(
                        body.path("subject").asText(""),
                        time(body, "from", Long.MIN_VALUE),
                        time(body, "to", Long.MAX_VALUE),
                        body.path("reason").asText(""),
                        request.actor())));
    }

    private Reply release(Request request) {
        request.only("reason");
        return Reply.ok(hold(legal().release(request.rest(), request.need("reason"), request.actor())));
    }
}
