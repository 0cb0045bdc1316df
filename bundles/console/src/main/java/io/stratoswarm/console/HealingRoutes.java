package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.healing.Healing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Healing: what failures are taken for, what is done about them, what was learned, and what an operator changes of that. */
final class HealingRoutes {
    private static final int MOST_CASES = 1_000;
    private static final List<String> KEYS =
            List.of("class", "act", "on", "reward", "name", "reason", "script", "agent");

    private final Services services;

    HealingRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("healing")
                .on("GET", "healing", Role.VIEWER, this::status)
                .on("GET", "healing/strategies", Role.VIEWER, this::strategies)
                .on("GET", "healing/scripts", Role.VIEWER, this::scripts)
                .on("GET", "healing/validation/*", Role.VIEWER, this::validation)
                .on("GET", "healing/clones", Role.VIEWER, this::clones)
                .on("GET", "healing/cases", Role.VIEWER, this::cases)
                .on("GET", "healing/cases/*", Role.VIEWER, this::one)
                .on("GET", "healing/look/*", Role.VIEWER, this::look)
                .on("POST", "healing/*", Role.OPERATOR, this::command);
    }

    private Healing healing() {
        return Services.need(services.healing(), "healing");
    }

    private Reply status(Request request) {
        request.only();
        Healing.Status status = healing().status();
        ObjectNode answer = Json.object()
                .put("mode", status.mode())
                .put("paused", status.paused())
                .put("open", status.open())
                .put("model", status.model());
        ObjectNode withheld = answer.putObject("withheld");
        status.withheld().forEach(withheld::put);
        return Reply.ok(answer);
    }

    private Reply strategies(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("strategies", Json.array(healing().strategies(), HealingRoutes::strategy));
        return Reply.ok(answer);
    }

    private static ObjectNode strategy(Healing.Strategy strategy) {
        ObjectNode shape = Json.object()
                .put("class", strategy.label())
                .put("name", strategy.name())
                .put("opened", strategy.opened())
                .put("seen", strategy.seen());
        shape.set("acts", Json.array(strategy.acts(), option -> {
            ObjectNode act = Json.object()
                    .put("act", option.act())
                    .put("what", option.what())
                    .put("on", option.on())
                    .put("tries", option.tries())
                    .put("expected", option.expected());
            option.reward().ifPresent(reward -> act.put("reward", reward));
            return act;
        }));
        return shape;
    }

    private Reply scripts(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("scripts", Json.array(healing().scripts(), script -> {
            ObjectNode shape = Json.object()
                    .put("script", script.name())
                    .put("class", script.label())
                    .put("active", script.active())
                    .put("trial", script.trial())
                    .put("stage", script.stage())
                    .put("reason", script.reason())
                    .put("asked", script.asked());
            put(shape.putObject("figures"), script.figures());
            return shape;
        }));
        return Reply.ok(answer);
    }

    private Reply validation(Request request) {
        request.only();
        ObjectNode answer = Json.object().put("class", request.rest());
        answer.set(
                "policies",
                Json.array(
                        healing().validate(request.rest()),
                        each -> Json.object()
                                .put("policy", each.policy())
                                .put("reward", each.reward())
                                .put("low", each.low())
                                .put("high", each.high())
                                .put("cases", each.cases())
                                .put("matched", each.matched())
                                .put("effective", each.effective())
                                .put("modelled", each.modelled())));
        return Reply.ok(answer);
    }

    private Reply clones(Request request) {
        request.only("class");
        ObjectNode answer = Json.object();
        answer.set("trials", Json.array(healing().clones(request.text("class")), HealingRoutes::clone));
        return Reply.ok(answer);
    }

    private static ObjectNode clone(Healing.CloneTrial trial) {
        ObjectNode shape = Json.object()
                .put("trial", trial.number())
                .put("agent", trial.agent())
                .put("class", trial.label())
                .put("fault", trial.fault())
                .put("open", trial.open())
                .put("why", trial.why())
                .put("time", Shapes.time(trial.timeNanos()));
        shape.set("tried", Json.array(trial.tried(), each -> {
            ObjectNode way = Json.object()
                    .put("way", each.way())
                    .put("hash", each.hash())
                    .put("act", each.act())
                    .put("why", each.why());
            each.reward().ifPresent(reward -> way.put("reward", reward));
            return way;
        }));
        return shape;
    }

    private Reply cases(Request request) {
        request.only("agent", "limit");
        ObjectNode answer = Json.object();
        answer.set(
                "cases",
                Json.array(
                        healing().cases(request.text("agent"), (int) request.number("limit", 20, 1, MOST_CASES)),
                        found -> shape(found, false)));
        return Reply.ok(answer);
    }

    private Reply one(Request request) {
        request.only();
        try {
            return Reply.ok(shape(healing().get(Long.parseLong(request.rest())), true));
        } catch (NumberFormatException e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "a case is named by the number of its failure's event, not '" + request.rest() + "'",
                    e);
        }
    }

    private static ObjectNode shape(Healing.Case found, boolean events) {
        ObjectNode shape = Json.object()
                .put("case", found.number())
                .put("agent", found.agent())
                .put("class", found.label())
                .put("name", found.name())
                .put("known", found.known())
                .put("confidence", found.confidence());
        shape.set("drivers", Json.texts(found.drivers()));
        shape.put("act", found.act()).put("state", found.state()).put("why", found.why());
        found.reward().ifPresent(reward -> shape.put("reward", reward));
        shape.put("time", Shapes.time(found.timeNanos()));
        if (events) {
            shape.set("events", Json.array(found.events(), Shapes::event));
        }
        return shape;
    }

    private Reply look(Request request) {
        request.only();
        Healing.Look look = healing().look(request.rest());
        ObjectNode answer = Json.object()
                .put("agent", look.agent())
                .put("class", look.label())
                .put("name", look.name())
                .put("known", look.known())
                .put("confidence", look.confidence());
        answer.set("drivers", Json.texts(look.drivers()));
        put(answer.putObject("probabilities"), look.probabilities());
        put(answer.putObject("measures"), look.measures());
        return Reply.ok(answer);
    }

    private static void put(ObjectNode into, Map<String, Double> values) {
        values.forEach(into::put);
    }

    private Reply command(Request request) {
        request.only();
        ObjectNode body = request.bodyObject(KEYS);
        String actor = request.actor();
        switch (request.rest()) {
            case "pause" -> healing().pause(body.path("reason").asText(), actor);
            case "resume" -> healing().resume(actor);
            case "reset" -> healing().reset(body.path("class").asText(), actor);
            case "turn" -> {
                if (!body.path("on").isBoolean()) {
                    throw Request.invalid("the key 'on' of the body must be true or false");
                }
                healing()
                        .turn(
                                AgentRoutes.text(body, "class", "\"memory-leak\""),
                                AgentRoutes.text(body, "act", "\"restart\""),
                                body.path("on").asBoolean(),
                                actor);
            }
            case "expect" -> {
                JsonNode reward = body.path("reward");
                if (!reward.isNumber()) {
                    throw Request.invalid("the key 'reward' of the body must be a number from 0 to 1");
                }
                healing()
                        .expect(
                                AgentRoutes.text(body, "class", "\"memory-leak\""),
                                AgentRoutes.text(body, "act", "\"restart\""),
                                reward.asDouble(),
                                actor);
            }
            case "name" ->
                healing()
                        .name(
                                AgentRoutes.text(body, "class", "\"new-123\""),
                                AgentRoutes.text(body, "name", "\"slow database\""),
                                actor);
            case "clone" -> {
                String agent = body.path("agent").asText();
                long trial = healing()
                        .tryOnClone(
                                AgentRoutes.text(body, "class", "\"deadlock\""),
                                agent.isEmpty() ? Optional.empty() : Optional.of(agent),
                                actor);
                return Reply.ok(Json.object().put("done", "clone").put("trial", trial));
            }
            case "trial" -> healing().trial(script(body), actor);
            case "promote" -> healing().promote(script(body), actor);
            case "revert" -> healing().revert(script(body), actor);
            default ->
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there is no POST " + request.path()
                                + "; healing takes pause, resume, turn, expect, name, reset, clone, trial, promote and revert");
        }
        return Reply.ok(Json.object().put("done", request.rest()));
    }

    private static String script(ObjectNode body) {
        return AgentRoutes.text(body, "script", "\"leak-capture-first\"");
    }
}
