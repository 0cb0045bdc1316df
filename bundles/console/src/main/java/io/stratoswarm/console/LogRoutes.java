package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.log.TransparencyLog;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The journal as a log for outsiders. Below {@code log/} lie the files of C2SP tlog-tiles as that document names them, so that a client
 * of such logs takes the address of {@code log} for the log's prefix.
 */
final class LogRoutes {
    /** RFC 8246: whoever has the bytes under such a name need never ask again. Not for shared caches, for a token was asked for. */
    private static final String LASTING = "private, max-age=31536000, immutable";

    private static final List<String> ROTATION = List.of("lost");

    /** Whoever reads these reads events; hashes tell nothing. */
    private static final String ENTRIES = "tile/entries/";

    private final Services services;
    private final AuditTrail trail;

    LogRoutes(Services services, AuditTrail trail) {
        this.services = services;
        this.trail = trail;
    }

    void add(Routes routes) {
        routes.describedBy("log")
                .on("GET", "log", Role.VIEWER, this::status)
                .on("GET", "log/checkpoint", Role.VIEWER, request -> file(request, "checkpoint"))
                .on("POST", "log/checkpoint", Role.OPERATOR, this::sign)
                .on("POST", "log/cosignatures", Role.OPERATOR, this::cosign)
                .on("POST", "log/keys", Role.ADMIN, this::rotate)
                .on("GET", "log/*", Role.VIEWER, request -> file(request, request.rest()));
    }

    private TransparencyLog log() {
        return Services.need(services.log(), "log");
    }

    private Reply status(Request request) {
        request.only();
        TransparencyLog.Status status = log().status();
        ObjectNode answer = Json.object()
                .put("origin", status.origin())
                .put("size", status.size())
                .put("rootHash", status.rootHash());
        if (status.signedNanos() != 0) {
            answer.put("signed", Shapes.time(status.signedNanos()));
        }
        answer.put("journalSize", status.journalSize());
        answer.set("keys", Json.array(status.keys(), LogRoutes::key));
        status.witnesses().forEach(answer.putArray("witnesses")::add);
        if (!status.problem().isEmpty()) {
            answer.put("problem", status.problem());
        }
        return Reply.ok(answer);
    }

    private static ObjectNode key(TransparencyLog.Key key) {
        ObjectNode node = Json.object()
                .put("key", key.verifierKey())
                .put("current", key.current())
                .put("since", Shapes.time(key.sinceNanos()));
        return key.untilNanos() == 0 ? node : node.put("until", Shapes.time(key.untilNanos()));
    }

    private Reply file(Request request, String path) {
        request.only();
        TransparencyLog.Resource file = log().get(path)
                .orElseThrow(() ->
                        new StratoswarmException(Kind.NOT_FOUND, "the signed log has no file '" + path + "' now"));
        if (path.startsWith(ENTRIES)) {
            trail.readAudit(request, "log entries");
        }
        Reply.Whole reply = new Reply.Whole(200, file.mediaType(), file.bytes());
        return file.lasting() ? reply.with("Cache-Control", LASTING) : reply.with("Cache-Control", "no-cache");
    }

    private Reply sign(Request request) {
        request.only();
        return new Reply.Whole(200, "text/plain; charset=utf-8", log().sign().getBytes(StandardCharsets.UTF_8));
    }

    private Reply cosign(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        log().cosign(request.bodyText(), request.actor()).forEach(answer.putArray("witnesses")::add);
        return Reply.ok(answer);
    }

    private Reply rotate(Request request) {
        request.only();
        boolean lost = request.bodyObject(ROTATION).path("lost").asBoolean(false);
        return Reply.ok(key(log().rotate(lost, request.actor())));
    }
}
