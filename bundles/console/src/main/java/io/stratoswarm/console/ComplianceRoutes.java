package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Decisions.Pending;
import java.util.List;

/** Packs of rules, what breaks them, and decisions that wait for an approval. */
final class ComplianceRoutes {
    private static final String ENABLE = "/enable";
    private static final String DISABLE = "/disable";
    private static final String APPROVE = "/approve";
    private static final String REJECT = "/reject";
    private static final int LONGEST_REASON = 1_000;

    private final Services services;

    ComplianceRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("compliance")
                .on("GET", "compliance", Role.VIEWER, this::status)
                .on("POST", "compliance/check", Role.VIEWER, this::check)
                .on("POST", "compliance/*", Role.ADMIN, this::command)
                .on("GET", "approvals", Role.VIEWER, this::approvals)
                .on("POST", "approvals/*", Role.OPERATOR, this::decide);
    }

    private Compliance compliance() {
        return Services.need(services.compliance(), "compliance");
    }

    private Decisions decisions() {
        return Services.need(services.decisions(), "decisions");
    }

    private Reply status(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("packs", Json.array(compliance().packs(), ComplianceRoutes::pack));
        answer.set("open", Json.array(compliance().open(), ComplianceRoutes::violation));
        return Reply.ok(answer);
    }

    private Reply check(Request request) {
        request.only("file");
        ObjectNode answer = Json.object();
        answer.set(
                "problems", Json.texts(compliance().check(request.text("file").orElse("rules.yaml"), request.body())));
        return Reply.ok(answer);
    }

    private Reply command(Request request) {
        request.only();
        request.bodyObject(List.of("(none)"));
        String rest = request.rest();
        boolean enable = rest.endsWith(ENABLE);
        if (!enable && !rest.endsWith(DISABLE)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no POST " + request.path()
                            + "; a pack of rules takes /enable and /disable after its name");
        }
        String name = rest.substring(0, rest.lastIndexOf('/'));
        return Reply.ok(pack(compliance().enable(name, enable, request.actor())));
    }

    private Reply approvals(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("approvals", Json.array(decisions().pending(), ComplianceRoutes::pending));
        return Reply.ok(answer);
    }

    private Reply decide(Request request) {
        request.only();
        JsonNode reason = request.bodyObject(List.of("reason")).path("reason");
        if (!reason.isMissingNode() && (!reason.isTextual() || reason.asText().length() > LONGEST_REASON)) {
            throw Request.invalid("\"reason\" must be a text of at most " + LONGEST_REASON + " characters");
        }
        String rest = request.rest();
        boolean approve = rest.endsWith(APPROVE);
        if (!approve && !rest.endsWith(REJECT)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no POST " + request.path() + "; a decision takes /approve and /reject after its id");
        }
        String id = rest.substring(0, rest.lastIndexOf('/'));
        return Reply.ok(pending(
                approve
                        ? decisions().approve(id, request.actor(), reason.asText())
                        : decisions().reject(id, request.actor(), reason.asText())));
    }

    private static ObjectNode pack(Pack pack) {
        ObjectNode node = Json.object()
                .put("name", pack.name())
                .put("description", pack.description())
                .put("file", pack.file())
                .put("sha256", pack.sha256())
                .put("shipped", pack.shipped())
                .put("enabled", pack.enabled());
        node.set("problems", Json.texts(pack.problems()));
        node.set(
                "rules",
                Json.array(
                        pack.rules(),
                        rule -> Json.object()
                                .put("name", rule.name())
                                .put("on", rule.on())
                                .put("action", rule.action())
                                .put("severity", rule.severity())
                                .put("message", rule.message())
                                .put("looked", rule.looked())
                                .put("broken", rule.broken())
                                .put("failed", rule.failed())
                                .put("lastFailure", rule.lastFailure())));
        return node;
    }

    private static ObjectNode violation(Compliance.Violation violation) {
        return Json.object()
                .put("rule", violation.rule())
                .put("about", violation.about())
                .put("message", violation.message())
                .put("severity", violation.severity())
                .put("since", Shapes.time(violation.sinceNanos()))
                .put("sequence", violation.sequence());
    }

    private static ObjectNode pending(Pending pending) {
        ObjectNode node = Json.object()
                .put("id", pending.id())
                .put("sequence", pending.sequence())
                .put("agent", pending.agent())
                .put("decisionType", pending.decisionType())
                .put("actor", pending.actor())
                .put("reasoning", pending.reasoning());
        node.set("reasons", Json.texts(pending.reasons()));
        return node.put("decided", Shapes.time(pending.decidedNanos()))
                .put("expires", Shapes.time(pending.expiresNanos()))
                .put("approvedBy", pending.approvedBy());
    }
}
