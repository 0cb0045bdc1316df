package io.stratoswarm.console;

import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.log.EventExports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Events in the formats of other tools, and the erasure of persons. Whoever reads here is recorded. */
final class AuditRoutes {
    private final Services services;
    private final AuditTrail trail;

    AuditRoutes(Services services, AuditTrail trail) {
        this.services = services;
        this.trail = trail;
    }

    void add(Routes routes) {
        routes.describedBy("audit")
                .on("GET", "audit/export", Role.VIEWER, this::export)
                .on("DELETE", "persons/*", Role.ADMIN, this::erase);
    }

    private Reply export(Request request) {
        request.only("format", "from", "to", "since", "until", "subject", "type", "proofs");
        EventExports exports = Services.need(services.exports(), "exports");
        String format = request.need("format");
        String mediaType = exports.mediaType(format);
        services.journal().ifPresent(journal -> JournalRoutes.fromCut(request, journal));
        EventQuery query = JournalRoutes.query(request);
        boolean proofs = request.flag("proofs");
        trail.readAudit(request, "export " + format);
        return new Reply.Lines(
                mediaType,
                sink -> exports.export(format, query, proofs, line -> {
                    if (!sink.write((line + "\n").getBytes(StandardCharsets.UTF_8))) {
                        throw new IOException("the client has gone");
                    }
                }));
    }

    private Reply erase(Request request) {
        request.only();
        boolean there = Services.need(services.erasure(), "erasure").erase(request.rest(), request.actor());
        return Reply.ok(Json.object().put("keyDestroyed", there));
    }
}
