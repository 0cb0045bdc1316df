package io.stratoswarm.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.api.script.Scripts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Scripts: how they are, what they did, and trying them out. */
final class ScriptRoutes {
    private static final int MAX_TRACES = 1_000;
    private static final String RULES = "compliance";

    private final Services services;
    private final Waiting waiting;

    ScriptRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("scripts")
                .on("GET", "scripts", Role.VIEWER, this::list)
                .on("GET", "scripts/*", Role.VIEWER, this::get)
                .on("GET", "script-traces", Role.VIEWER, this::traces)
                .on("POST", "script-check", Role.OPERATOR, this::check)
                .on("POST", "scripts/*", Role.OPERATOR, this::command);
    }

    private Scripts scripts() {
        return Services.need(services.scripts(), "scripts");
    }

    private Reply list(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("scripts", Json.array(scripts().list(), ScriptRoutes::status));
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        request.only();
        return Reply.ok(whole(request.rest()));
    }

    private ObjectNode whole(String name) {
        Scripts scripts = scripts();
        // Asking for the source of a name that there is not says what was perhaps meant.
        String source = scripts.source(name);
        ScriptStatus status = scripts.get(name).orElseThrow(() -> unknown(name));
        ObjectNode node = status(status);
        status.header().ifPresent(header -> {
            node.set("settings", tree(header.settings()));
            node.set("limits", limits(header.limits()));
            node.set("examples", Json.array(header.examples(), ScriptRoutes::example));
        });
        return node.put("source", source);
    }

    private static StratoswarmException unknown(String name) {
        return new StratoswarmException(Kind.NOT_FOUND, "there is no script '" + name + "'; see: stratoswarm scripts");
    }

    private Reply traces(Request request) {
        request.only("script", "limit");
        int limit = (int) request.number("limit", 20, 1, MAX_TRACES);
        ObjectNode answer = Json.object();
        answer.set(
                "traces", Json.array(scripts().traces(request.text("script").orElse(""), limit), ScriptRoutes::trace));
        return Reply.ok(answer);
    }

    private Reply check(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("file", "source"));
        String file = AgentRoutes.text(body, "file", "\"restart.js\"");
        Scripts.CheckResult result =
                waiting.on(scripts().check(file, body.path("source").asText("")));
        ObjectNode answer = Json.object().put("name", result.name()).put("good", result.good());
        answer.set("problems", Json.texts(result.problems()));
        answer.set("examples", Json.array(result.examples(), ScriptRoutes::example));
        return Reply.ok(answer);
    }

    private Reply command(Request request) throws InterruptedException {
        request.only();
        int slash = request.rest().lastIndexOf('/');
        String name = slash < 0 ? request.rest() : request.rest().substring(0, slash);
        String verb = slash < 0 ? "" : request.rest().substring(slash + 1);
        return switch (verb) {
            case "test" -> test(request, name);
            case "run" -> {
                needRole(request, name);
                yield run(request, name);
            }
            case "enable" -> {
                request.bodyObject(List.of("(none)"));
                needRole(request, name);
                waiting.on(scripts().enable(name, request.actor()));
                yield Reply.ok(whole(name));
            }
            case "disable" -> {
                request.bodyObject(List.of("(none)"));
                needRole(request, name);
                waiting.on(scripts().disable(name, request.actor()));
                yield Reply.ok(whole(name));
            }
            default ->
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "POST scripts/NAME takes /test, /run, /enable or /disable after the name, not '" + verb + "'");
        };
    }

    /**
     * A script that is a rule is for administrators, as packs of rules are: to turn it on and off, and to call it, since a call that is slow
     * holds up those who wait for its ruling. Nobody can tell that one whose header cannot be read is none.
     */
    private void needRole(Request request, String name) {
        Optional<ScriptStatus> script = scripts().get(name);
        if (script.isPresent()
                && script.get()
                        .header()
                        .map(header -> header.kind().equals(RULES))
                        .orElse(true)) {
            request.need(
                    Role.ADMIN,
                    script.get().header().isPresent()
                            ? "'" + name + "' is a rule of compliance"
                            : "the header of '" + name + "' cannot be read, so it may be a rule of compliance");
        }
    }

    private Reply test(Request request, String name) throws InterruptedException {
        request.bodyObject(List.of("(none)"));
        List<Scripts.ExampleResult> results = waiting.on(scripts().test(name));
        ObjectNode answer =
                Json.object().put("name", name).put("good", results.stream().allMatch(Scripts.ExampleResult::passed));
        answer.set("examples", Json.array(results, ScriptRoutes::example));
        return Reply.ok(answer);
    }

    private Reply run(Request request, String name) throws InterruptedException {
        ObjectNode body = request.bodyObject(List.of("input"));
        JsonNode input = body.path("input");
        if (input.isMissingNode()) {
            throw Request.invalid("the body needs \"input\", for example {\"input\": {}}");
        }
        return Reply.ok(outcome(waiting.on(scripts().run(name, input.toString(), request.actor()))));
    }

    static ObjectNode status(ScriptStatus script) {
        ObjectNode node = Json.object().put("name", script.name());
        script.header()
                .ifPresent(header -> node.put("kind", header.kind())
                        .put("language", header.language())
                        .put("description", header.description()));
        node.put("file", script.file())
                .put("shipped", script.shipped())
                .put("state", script.state())
                .put("reason", script.reason())
                .put("sha256", script.hash())
                .put("problem", script.problem())
                .put("calls", script.calls())
                .put("failures", script.failures())
                .put("lastError", script.lastError());
        if (script.lastErrorNanos() != 0) {
            node.put("lastErrorTime", Shapes.time(script.lastErrorNanos()));
        }
        return node;
    }

    private static ObjectNode limits(ScriptLimits limits) {
        return Json.object()
                .put("wallMillis", limits.wallMillis())
                .put("statements", limits.statements())
                .put("memoryBytes", limits.memoryBytes())
                .put("outputBytes", limits.outputBytes())
                .put("queue", limits.queue());
    }

    private static ObjectNode example(ScriptHeader.ScriptExample example) {
        ObjectNode node = Json.object();
        node.set("input", tree(example.input()));
        node.set("output", tree(example.output()));
        return node;
    }

    private static ObjectNode example(Scripts.ExampleResult result) {
        ObjectNode node = Json.object()
                .put("index", result.index())
                .put("passed", result.passed())
                .put("difference", result.difference());
        node.set("outcome", outcome(result.outcome()));
        return node;
    }

    static ObjectNode outcome(ScriptOutcome outcome) {
        ObjectNode node = Json.object()
                .put("status", outcome.status().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (!outcome.output().isEmpty()) {
            node.set("output", tree(outcome.output()));
        }
        node.put("error", outcome.error());
        node.set("stack", Json.texts(outcome.stack()));
        node.set("log", Json.texts(outcome.log()));
        return node.put("durationMicros", outcome.durationNanos() / 1_000);
    }

    static ObjectNode trace(ScriptTrace trace) {
        ObjectNode node = Json.object()
                .put("number", trace.number())
                .put("script", trace.script())
                .put("sha256", trace.hash())
                .put("time", Shapes.time(trace.timeNanos()))
                .put("trigger", trace.trigger());
        node.set("input", tree(trace.input()));
        node.set("outcome", outcome(trace.outcome()));
        return node;
    }

    /** What was cut is no JSON any more; it is given as the text that it is. */
    private static JsonNode tree(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return Json.MAPPER.getNodeFactory().textNode(text);
        }
    }
}
