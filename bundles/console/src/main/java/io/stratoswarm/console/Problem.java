package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as RFC 9457 problem details. */
final class Problem {
    static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    private Problem() {}

    static int status(Kind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case NOT_FOUND -> 404;
            case GONE -> 410;
            case CONFLICT -> 409;
            case FORBIDDEN -> 403;
            case UNAVAILABLE -> 503;
            case FULL -> 507;
            case DAMAGED, SYSTEM -> 500;
            case TIMEOUT -> 504;
        };
    }

    static ObjectNode json(int status, String kind, String detail) {
        String word = kind.toLowerCase(Locale.ROOT).replace('_', ' ');
        return Json.MAPPER
                .createObjectNode()
                .put("type", "urn:stratoswarm:problem:" + word.replace(' ', '-'))
                .put("title", word)
                .put("status", status)
                .put("kind", kind)
                .put("detail", detail);
    }

    static Reply.Whole reply(ObjectNode problem) {
        return new Reply.Whole(problem.path("status").asInt(500), MEDIA_TYPE, Json.bytes(problem));
    }

    static Reply.Whole reply(Kind kind, String detail) {
        return reply(json(status(kind), kind.name(), detail));
    }

    static Reply.Whole reply(Throwable failure, String path) {
        return reply(json(failure, path));
    }

    /** What may be shown of a failure. What nobody foresaw goes to the log with its trace, and only there. */
    static ObjectNode json(Throwable failure, String path) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StratoswarmException known) {
            return json(status(known.kind()), known.kind().name(), String.valueOf(known.getMessage()));
        }
        LOG.error("request {} failed by a fault of the daemon", path, cause);
        return json(
                500,
                Kind.SYSTEM.name(),
                "an internal error (" + cause.getClass().getSimpleName()
                        + "); the daemon's log has the details, please report it");
    }
}
