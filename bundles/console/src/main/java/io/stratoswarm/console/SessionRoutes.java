package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sessions of browsers: a token, or a one-time code of {@code stratoswarm open}, becomes a cookie. */
final class SessionRoutes {
    private final Access access;

    SessionRoutes(Access access) {
        this.access = access;
    }

    void add(Routes routes) {
        routes.describedBy("session")
                .on("GET", "session", Role.VIEWER, this::get)
                .on("POST", "session", Role.ANYONE, this::open)
                .on("DELETE", "session", Role.VIEWER, this::close)
                .on("DELETE", "sessions", Role.ADMIN, this::closeAll)
                .on("POST", "session/code", Role.VIEWER, this::code);
    }

    private Reply get(Request request) {
        request.only();
        return Reply.ok(shape(request.caller()));
    }

    private static ObjectNode shape(Caller caller) {
        ObjectNode answer = Json.object()
                .put("actor", caller.actor())
                .put("role", caller.role().word());
        caller.expiresMillis()
                .ifPresent(millis -> answer.put("expires", Shapes.time(TimeUnit.MILLISECONDS.toNanos(millis))));
        return answer;
    }

    private Reply open(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("token", "code"));
        if (body.has("token") == body.has("code")) {
            throw Request.invalid("the body needs either \"token\" or \"code\"");
        }
        if (request.link().local()) {
            throw Request.invalid("the socket knows who you are; sessions are for browsers, which come by TCP");
        }
        Optional<Sessions.Session> session = body.has("token")
                ? access.tokens()
                        .find(AgentRoutes.text(body, "token", "\"stratoswarm_...\""))
                        .map(access.sessions()::of)
                : access.sessions().redeem(AgentRoutes.text(body, "code", "\"stratoswarm_...\""));
        Optional<Caller> caller = session.flatMap(it -> access.gate().caller(it, request.link()));
        if (session.isEmpty() || caller.isEmpty()) {
            return failed(request, body.has("token") ? "token" : "code");
        }
        access.changed(
                "SessionOpened",
                "api",
                caller.get().actor(),
                Json.object().put("role", caller.get().role().word()));
        String secret = access.sessions().open(session.get());
        return Reply.of(200, shape(caller.get()))
                .with("Set-Cookie", cookie(request, secret, Sessions.SESSION_MILLIS / 1_000));
    }

    private Reply failed(Request request, String what) {
        long wait = access.gate().loginFailed(request.link());
        int status = wait > 0 ? 429 : 401;
        access.trail().refused(request.caller(), request.link(), status, "POST session");
        String detail = what.equals("code")
                ? "this code is unknown, was used or is older than five minutes; 'stratoswarm open' gives a new one"
                : "this token is unknown, expired or revoked";
        Reply.Whole reply = Problem.reply(Problem.json(status, Kind.FORBIDDEN.name(), detail));
        return wait > 0 ? reply.with("Retry-After", String.valueOf(wait)) : reply;
    }

    private static String cookie(Request request, String value, long seconds) {
        return request.link().cookieName() + "=" + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + seconds
                + (request.link().tls() ? "; Secure" : "");
    }

    private Reply close(Request request) throws InterruptedException {
        request.only();
        Optional<String> secret = request.header("Cookie")
                .map(header -> Gate.cookie(header, request.link().cookieName()));
        if (secret.isEmpty()) {
            throw new StratoswarmException(Kind.CONFLICT, "this request came with no session");
        }
        access.sessions().close(secret.get());
        access.changed("SessionClosed", "api", request.actor(), Json.object());
        return Reply.of(200, Json.object().put("closed", true)).with("Set-Cookie", cookie(request, "", 0));
    }

    private Reply closeAll(Request request) throws InterruptedException {
        request.only();
        access.sessions().closeAll();
        access.endSessionStreams();
        access.changed("SessionsClosed", "api", request.actor(), Json.object());
        return Reply.ok(Json.object().put("closed", true));
    }

    /** A way into the page that can be handed on: at most with the caller's own role. */
    private Reply code(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("role"));
        Role role = body.has("role")
                ? Role.parse(AgentRoutes.text(body, "role", "\"viewer\""))
                : request.caller().role();
        if (!request.caller().role().may(role)) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    "a code for " + role.word() + " can be made by one who is " + role.word() + ", and "
                            + request.actor() + " is " + request.caller().role().word());
        }
        List<String> urls = access.urls();
        if (urls.isEmpty()) {
            throw new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "the daemon listens on no TCP address; set 'listen' of the configuration stratoswarm.console");
        }
        access.changed("SessionCodeMade", "api", request.actor(), Json.object().put("role", role.word()));
        String code = access.sessions().code(request.caller(), role);
        ObjectNode answer = Json.object().put("role", role.word()).put("code", code);
        answer.put("expires", Shapes.time(TimeUnit.MILLISECONDS.toNanos(access.nowMillis() + Sessions.CODE_MILLIS)));
        // Behind the #, so that it reaches no log and no other server.
        answer.set(
                "urls",
                Json.texts(urls.stream().map(url -> url + "login#" + code).toList()));
        return Reply.ok(answer);
    }
}
