package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Tokens: made, listed and revoked. */
final class TokenRoutes {
    private static final Pattern GRAPH = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private final Access access;

    TokenRoutes(Access access) {
        this.access = access;
    }

    void add(Routes routes) {
        routes.describedBy("token")
                .on("GET", "tokens", Role.ADMIN, this::list)
                .on("POST", "tokens", Role.ADMIN, this::create)
                .on("DELETE", "tokens/*", Role.ADMIN, this::revoke);
    }

    private Reply list(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set("tokens", Json.array(access.tokens().list(), this::shape));
        return Reply.ok(answer);
    }

    private ObjectNode shape(Token token) {
        ObjectNode node = Json.object()
                .put("id", token.id())
                .put("name", token.name())
                .put("role", token.role().word())
                .put("created", time(token.createdMillis()))
                .put("createdBy", token.createdBy())
                .put("expired", token.expired(access.nowMillis()));
        token.expiresMillis().ifPresent(millis -> node.put("expires", time(millis)));
        if (!token.graph().isEmpty()) {
            node.put("graph", token.graph());
        }
        return node;
    }

    private static String time(long millis) {
        return Shapes.time(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Reply create(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("name", "role", "expiresIn", "graph"));
        String name = AgentRoutes.text(body, "name", "\"ci\"");
        Role role = Role.parse(AgentRoutes.text(body, "role", "\"viewer\""));
        OptionalLong expires = body.has("expiresIn")
                ? OptionalLong.of(access.nowMillis() + millis(AgentRoutes.text(body, "expiresIn", "\"P30D\"")))
                : OptionalLong.empty();
        String graph = body.has("graph") ? graph(AgentRoutes.text(body, "graph", "\"shop\""), role) : "";
        Tokens.Made made = access.tokens().draft(name, role, expires, request.actor(), graph);
        ObjectNode payload =
                Json.object().put("id", made.token().id()).put("name", name).put("role", role.word());
        expires.ifPresent(millis -> payload.put("expires", time(millis)));
        if (!graph.isEmpty()) {
            payload.put("graph", graph);
        }
        access.changed("TokenCreated", "token/" + made.token().id(), request.actor(), payload);
        access.tokens().add(made.token());
        return Reply.of(201, shape(made.token()).put("token", made.secret()));
    }

    /** The graph need not be there yet. */
    private static String graph(String name, Role role) {
        if (!GRAPH.matcher(name).matches()) {
            throw Request.invalid("\"graph\" must be the name of a graph, not '" + Gate.shown(name) + "'");
        }
        if (role == Role.ADMIN) {
            throw Request.invalid(
                    "an admin changes the daemon itself and cannot be limited to a graph; choose operator");
        }
        return name;
    }

    /** ISO 8601 durations as Java reads them: days at most, since a month has no length. */
    private static long millis(String text) {
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative() && !duration.isZero() && duration.compareTo(Duration.ofDays(36_500)) <= 0) {
                return duration.toMillis();
            }
        } catch (DateTimeParseException e) {
            // Told below together with what is out of range.
        }
        throw Request.invalid("\"expiresIn\" must be a duration of at most 36500 days such as P30D or PT12H, not '"
                + Gate.shown(text) + "'");
    }

    private Reply revoke(Request request) throws InterruptedException, IOException {
        request.only();
        Token token = access.tokens()
                .named(request.rest())
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "no token has the id or name '" + Gate.shown(request.rest())
                                + "'; 'stratoswarm token list' shows them"));
        access.changed(
                "TokenRevoked",
                "token/" + token.id(),
                request.actor(),
                Json.object().put("id", token.id()).put("name", token.name()));
        access.tokens().revoke(token);
        access.endStreams();
        return Reply.ok(
                Json.object().put("id", token.id()).put("name", token.name()).put("revoked", true));
    }
}
