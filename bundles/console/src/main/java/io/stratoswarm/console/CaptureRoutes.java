package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Captures: taking them, what is known of them, and what is in them, which is for administrators alone. */
final class CaptureRoutes {
    private static final int MAX_LISTED = 1_000;
    private static final String RESTORE = "/restore";
    private static final List<String> BODY = List.of("agents", "mode", "consistent", "hostOnly", "reason");

    private final Services services;
    private final Waiting waiting;

    CaptureRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("captures")
                .on("GET", "captures", Role.VIEWER, this::list)
                .on("POST", "captures", Role.ADMIN, this::capture)
                .on("GET", "captures/*", Role.VIEWER, this::get)
                .on("DELETE", "captures/*", Role.ADMIN, this::remove)
                .on("POST", "captures/*", Role.ADMIN, this::restore)
                .on("GET", "capture-parts", Role.ADMIN, this::parts)
                .on("GET", "capture-part", Role.ADMIN, this::part)
                .on("GET", "capture-diff", Role.ADMIN, this::diff)
                .on("GET", "capture-verification", Role.OPERATOR, this::verify)
                .on("GET", "capture-proof", Role.ADMIN, this::prove)
                .on("GET", "capture-core", Role.ADMIN, this::core);
    }

    private Captures captures() {
        return Services.need(services.captures(), "captures");
    }

    private Reply list(Request request) {
        request.only("limit");
        int limit = (int) request.number("limit", 20, 1, MAX_LISTED);
        ObjectNode answer = Json.object();
        answer.set("captures", Json.array(captures().list(limit), CaptureShapes::capture));
        return Reply.ok(answer);
    }

    private Reply capture(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(BODY);
        List<String> agents = new ArrayList<>();
        JsonNode named = body.path("agents");
        if (!named.isMissingNode() && !named.isArray()) {
            throw Request.invalid("the key 'agents' of the body must be an array, for example [\"shop/web\"]");
        }
        for (JsonNode each : named) {
            if (!each.isTextual()) {
                throw Request.invalid("'agents' of the body must hold texts, not " + each);
            }
            agents.add(each.textValue());
        }
        Captures.Request wanted = new Captures.Request(
                agents,
                text(body, "mode", Captures.STOP_COPY),
                flag(body, "consistent"),
                flag(body, "hostOnly"),
                text(body, "reason", "asked for"),
                List.of());
        return Reply.ok(CaptureShapes.capture(waiting.on(captures().capture(wanted, request.actor()))));
    }

    private static String text(ObjectNode body, String key, String fallback) {
        JsonNode given = body.path(key);
        if (given.isMissingNode()) {
            return fallback;
        }
        if (!given.isTextual() || given.textValue().length() > 1_000) {
            throw Request.invalid("the key '" + key + "' of the body must be a text of at most 1000 characters");
        }
        return given.textValue();
    }

    private static boolean flag(ObjectNode body, String key) {
        JsonNode given = body.path(key);
        if (!given.isMissingNode() && !given.isBoolean()) {
            throw Request.invalid("the key '" + key + "' of the body must be true or false, not " + given);
        }
        return given.asBoolean();
    }

    private Reply get(Request request) {
        request.only();
        return Reply.ok(CaptureShapes.capture(captures().get(number(request.rest()))));
    }

    private Reply remove(Request request) throws InterruptedException {
        request.only();
        long number = number(request.rest());
        waiting.on(captures().remove(number, request.actor()));
        return Reply.ok(Json.object().put("number", number).put("removed", true));
    }

    private Reply restore(Request request) throws InterruptedException {
        request.only();
        if (!request.rest().endsWith(RESTORE)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no POST " + Gate.shown(request.path()) + "; a capture takes /restore after its number");
        }
        long number = number(request.rest().substring(0, request.rest().length() - RESTORE.length()));
        String agent = AgentRoutes.text(request.bodyObject(List.of("agent")), "agent", "\"shop/web\"");
        int pid = waiting.on(captures().restore(number, agent, request.actor()));
        return Reply.ok(Json.object().put("number", number).put("agent", agent).put("pid", pid));
    }

    private static long number(String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw Request.invalid("a capture is named by its number, from 1, not '" + Gate.shown(text)
                    + "'; GET /api/v1/captures lists them");
        }
        return Long.parseLong(text);
    }

    private static long number(Request request, String name) {
        return number(request.need(name));
    }

    private Reply parts(Request request) {
        request.only("number", "prefix");
        ObjectNode answer = Json.object();
        answer.set(
                "parts",
                Json.array(
                        captures()
                                .parts(
                                        number(request, "number"),
                                        request.text("prefix").orElse("")),
                        CaptureShapes::part));
        return Reply.ok(answer);
    }

    private Reply part(Request request) {
        request.only("number", "name");
        return Reply.ok(CaptureShapes.content(
                captures().part(number(request, "number"), request.need("name"), request.actor())));
    }

    private Reply diff(Request request) {
        request.only("before", "after");
        return Reply.ok(CaptureShapes.diff(
                captures().diff(number(request, "before"), number(request, "after"), request.actor())));
    }

    private Reply verify(Request request) {
        request.only("number");
        return Reply.ok(CaptureShapes.verification(captures().verify(number(request, "number"))));
    }

    private Reply prove(Request request) {
        request.only("number", "name");
        return Reply.ok(CaptureShapes.proof(captures().prove(number(request, "number"), request.need("name"))));
    }

    /** Lines: the length of the file first, then its pieces, in ascending order; what lies between them is zeros. */
    private Reply core(Request request) {
        request.only("number", "agent", "pid");
        Captures captures = captures();
        long number = number(request, "number");
        String agent = request.need("agent");
        Optional<Integer> pid = request.text("pid").map(it -> (int) request.number("pid", 0, 1, Integer.MAX_VALUE));
        String actor = request.actor();
        // Refused before the first line, so that the status can still say so.
        captures.get(number);
        return new Reply.Lines(sink -> {
            try {
                captures.export(number, agent, pid, new CoreLines(sink), actor);
            } catch (ClientGone e) {
                return;
            }
            sink.write(Json.object().put("done", true));
        });
    }

    private static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private record CoreLines(LineSink sink) implements Captures.Sink {
        @Override
        public void length(long bytes) throws ClientGone {
            line(Json.object().put("length", bytes));
        }

        @Override
        public void write(long offset, byte[] bytes) throws ClientGone {
            line(Json.object().put("offset", offset).put("bytes", bytes));
        }

        private void line(ObjectNode line) throws ClientGone {
            if (!sink.write(line)) {
                throw new ClientGone();
            }
        }
    }
}
