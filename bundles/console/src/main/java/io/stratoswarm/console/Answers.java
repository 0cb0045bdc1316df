package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Sends what handlers answer, whole or as a stream, and lets go of who does not take it in. */
final class Answers {
    private final Vertx vertx;
    private final Limits limits;
    private final Deadlines deadlines;
    private final Map<LineSink, Request> sinks = new ConcurrentHashMap<>();

    Answers(Vertx vertx, Limits limits, Deadlines deadlines) {
        this.vertx = vertx;
        this.limits = limits;
        this.deadlines = deadlines;
    }

    /** Answers before the request was read to its end, so the connection cannot be used again. */
    void refuse(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader("Connection", "close");
        head(request, reply);
        long timer =
                vertx.setTimer(limits.sendMillis(), id -> request.connection().close());
        end(request, reply).onComplete(v -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
    }

    void send(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        head(request, reply);
        long timer =
                vertx.setTimer(limits.sendMillis(), id -> request.connection().close());
        end(request, reply).onComplete(v -> {
            vertx.cancelTimer(timer);
            if (!response.closed()) {
                deadlines.await(request.connection());
            }
        });
    }

    private static io.vertx.core.Future<Void> end(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader("Content-Length", String.valueOf(reply.body().length));
            return response.end();
        }
        return response.end(Buffer.buffer(reply.body()));
    }

    private static void head(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        secure(request);
        response.setStatusCode(reply.status());
        if (!reply.mediaType().isEmpty()) {
            response.putHeader("Content-Type", reply.mediaType());
        }
        reply.headers().forEach(response::putHeader);
    }

    /** A promise of TLS is for the whole name, so it is not given for the names that every program of a host shares. */
    private static void secure(HttpServerRequest request) {
        String host = request.getHeader("Host");
        boolean own = host != null && !Gate.hostOf(host).equals("localhost");
        Headers.secure(request.response(), request.isSSL() && own);
    }

    void stream(HttpServerRequest request, Context context, Reply.Lines lines, Request whole) {
        if (crowded(whole)) {
            Reply.Whole refused = Problem.reply(Problem.json(
                    429,
                    Kind.UNAVAILABLE.name(),
                    "too many streams are open; at most " + limits.streamsEach() + " of one actor and "
                            + limits.streams() + " in all"));
            context.runOnContext(v -> send(request, refused.with("Retry-After", "5")));
            return;
        }
        LineSink sink = new LineSink(lines.mediaType(), request.response(), context, limits.sendMillis());
        sinks.put(sink, whole);
        context.runOnContext(v -> secure(request));
        try {
            lines.source().run(sink);
            sink.finish();
        } catch (InterruptedException e) {
            sink.finish();
        } catch (Exception | LinkageError | StackOverflowError e) {
            var problem = Problem.json(e, whole.path());
            if (sink.begun()) {
                // The status is out already; a last line tells what happened.
                sink.write(Json.object().set("problem", problem));
                sink.finish();
            } else {
                sink.close();
                context.runOnContext(v -> send(request, Problem.reply(problem)));
            }
        } finally {
            sinks.remove(sink);
            context.runOnContext(v -> {
                if (!request.response().closed()) {
                    deadlines.await(request.connection());
                }
            });
        }
    }

    /** The socket has places of its own for streams, so that those who come by TCP cannot take them. */
    private boolean crowded(Request whole) {
        boolean local = whole.link().local();
        long all =
                sinks.values().stream().filter(it -> it.link().local() == local).count();
        long own = sinks.values().stream()
                .filter(it -> it.actor().equals(whole.actor()))
                .count();
        return all >= limits.streams() || !whole.caller().trusted() && own >= limits.streamsEach();
    }

    /** Ends the streams of callers that may no longer have them. */
    void endStreams(Predicate<Caller> of) {
        sinks.forEach((sink, request) -> {
            if (of.test(request.caller())) {
                sink.finish();
            }
        });
    }

    void close() {
        sinks.keySet().forEach(LineSink::finish);
    }
}
