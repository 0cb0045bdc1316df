package io.stratoswarm.console;

import io.netty.handler.codec.TooLongFrameException;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests in on the event loop, answers them on virtual threads, and holds every client to the limits. */
final class Exchanges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);

    private final Vertx vertx;
    private final Limits limits;
    private final Routes routes;
    private final Semaphore places;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("console-", 0).factory());
    private final Set<LineSink> sinks = ConcurrentHashMap.newKeySet();
    private final Map<HttpConnection, Long> deadlines = new ConcurrentHashMap<>();

    Exchanges(Vertx vertx, Limits limits, Routes routes) {
        this.vertx = vertx;
        this.limits = limits;
        this.routes = routes;
        this.places = new Semaphore(limits.inProgress());
    }

    void connected(HttpConnection connection) {
        awaitRequest(connection);
    }

    void disconnected(HttpConnection connection) {
        cancel(connection);
    }

    /** From now on the client has so much time for its next whole request; then the connection is closed. */
    private void awaitRequest(HttpConnection connection) {
        cancel(connection);
        deadlines.put(connection, vertx.setTimer(limits.requestMillis(), id -> connection.close()));
    }

    private void cancel(HttpConnection connection) {
        Long timer = deadlines.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    /** What the codec refused: a request line or header that is too long or no HTTP at all. */
    void malformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean line =
                cause instanceof TooLongFrameException && String.valueOf(cause).contains("LineException");
        int status = !(cause instanceof TooLongFrameException) ? 400 : line ? 414 : 431;
        String detail = switch (status) {
            case 414 -> "the request line is longer than " + limits.requestLineBytes() + " bytes";
            case 431 -> "the header is longer than " + limits.headerBytes() + " bytes";
            default -> "this is not well-formed HTTP/1.1";
        };
        refuse(request, Problem.reply(Problem.json(status, Kind.INVALID.name(), detail)));
    }

    /** Answers before the request was read to its end, so the connection cannot be used again. */
    private void refuse(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader("Connection", "close");
        head(response, reply);
        response.end(Buffer.buffer(reply.body()))
                .onComplete(v -> request.connection().close());
    }

    void handle(HttpServerRequest request, String actor) {
        if (request.version() != HttpVersion.HTTP_1_1 && request.version() != HttpVersion.HTTP_1_0) {
            refuse(request, Problem.reply(Kind.INVALID, "only HTTP/1.1 is spoken here"));
            return;
        }
        String path = request.path() == null ? "" : request.path();
        String clear;
        try {
            clear = decoded(path, false);
        } catch (StratoswarmException e) {
            refuse(request, Problem.reply(e, path));
            return;
        }
        switch (routes.match(request.method().name(), clear)) {
            case Routes.Match.Found found -> read(request, actor, found.handler(), found.rest());
            case Routes.Match.WrongMethod wrong -> {
                String allowed = String.join(", ", wrong.allowed());
                request.response().putHeader("Allow", allowed);
                String detail = path + " takes " + allowed + ", not " + request.method();
                refuse(request, Problem.reply(Problem.json(405, Kind.INVALID.name(), detail)));
            }
            case Routes.Match.Unknown unknown -> {
                String hint = unknown.nearest().isEmpty() ? "" : "; did you mean " + unknown.nearest() + "?";
                refuse(request, Problem.reply(Kind.NOT_FOUND, "no such path: " + path + hint));
            }
        }
    }

    private void read(HttpServerRequest request, String actor, Handler handler, String rest) {
        Buffer body = Buffer.buffer();
        String tooLarge = "the body is larger than " + (limits.bodyBytes() >> 10) + " KiB";
        long announced = length(request);
        if (announced > limits.bodyBytes()) {
            refuse(request, Problem.reply(Problem.json(413, Kind.INVALID.name(), tooLarge)));
            return;
        }
        boolean[] refused = new boolean[1];
        request.exceptionHandler(e -> LOG.debug("a client went before its request was complete", e));
        request.handler(part -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + part.length() > limits.bodyBytes()) {
                refused[0] = true;
                refuse(request, Problem.reply(Problem.json(413, Kind.INVALID.name(), tooLarge)));
                return;
            }
            body.appendBuffer(part);
        });
        request.endHandler(v -> {
            if (!refused[0]) {
                cancel(request.connection());
                start(request, handler, rest, body.getBytes(), actor);
            }
        });
    }

    private static long length(HttpServerRequest request) {
        String text = request.getHeader("Content-Length");
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            // The codec has refused what is no number; a number of more than 63 bits is too large in any case.
            return Long.MAX_VALUE;
        }
    }

    private void start(HttpServerRequest request, Handler handler, String rest, byte[] body, String actor) {
        if (!places.tryAcquire()) {
            request.response().putHeader("Retry-After", "1");
            refuse(
                    request,
                    Problem.reply(
                            Kind.UNAVAILABLE,
                            limits.inProgress() + " requests are in progress, which is the limit; try again later"));
            return;
        }
        Context context = vertx.getOrCreateContext();
        try {
            Request whole =
                    new Request(request.method().name(), request.path(), rest, query(request.query()), body, actor);
            threads.execute(() -> {
                try {
                    answer(request, context, handler, whole);
                } finally {
                    places.release();
                }
            });
        } catch (RejectedExecutionException e) {
            places.release();
            refuse(request, Problem.reply(Kind.UNAVAILABLE, "the server is closing; try again in a moment"));
        } catch (StratoswarmException e) {
            places.release();
            refuse(request, Problem.reply(e, request.path()));
        }
    }

    private void answer(HttpServerRequest request, Context context, Handler handler, Request whole) {
        Reply reply;
        try {
            reply = handler.handle(whole);
        } catch (InterruptedException e) {
            reply = Problem.reply(Kind.UNAVAILABLE, "the server is closing; try again in a moment");
        } catch (Exception | LinkageError | StackOverflowError e) {
            reply = Problem.reply(e, whole.path());
        }
        switch (reply) {
            case Reply.Whole all -> context.runOnContext(v -> send(request, all));
            case Reply.Lines lines -> stream(request, context, lines.source(), whole.path());
        }
    }

    private void send(HttpServerRequest request, Reply.Whole reply) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        head(response, reply);
        long timer =
                vertx.setTimer(limits.sendMillis(), id -> request.connection().close());
        response.end(Buffer.buffer(reply.body())).onComplete(v -> {
            vertx.cancelTimer(timer);
            if (!response.closed()) {
                awaitRequest(request.connection());
            }
        });
    }

    private static void head(HttpServerResponse response, Reply.Whole reply) {
        response.setStatusCode(reply.status())
                .putHeader("Content-Type", reply.mediaType())
                .putHeader("Cache-Control", "no-store");
    }

    private void stream(HttpServerRequest request, Context context, Reply.Source source, String path) {
        LineSink sink = new LineSink(request.response(), context, limits.sendMillis());
        sinks.add(sink);
        try {
            source.run(sink);
            sink.finish();
        } catch (InterruptedException e) {
            sink.finish();
        } catch (Exception | LinkageError | StackOverflowError e) {
            var problem = Problem.json(e, path);
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
                    awaitRequest(request.connection());
                }
            });
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return found;
        }
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            if (!name.isEmpty()
                    && found.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), true)) != null) {
                throw Request.invalid("the parameter '" + name + "' is given twice");
            }
        }
        return found;
    }

    private static String decoded(String text, boolean plusIsSpace) {
        try {
            return URLDecoder.decode(plusIsSpace ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new StratoswarmException(Kind.INVALID, "'" + text + "' has a broken %-escape", e);
        }
    }

    /** Ends all streams and waits for what is being answered. */
    @Override
    public void close() {
        sinks.forEach(LineSink::finish);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(2, TimeUnit.SECONDS)) {
                threads.shutdownNow();
                if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                    LOG.warn("a request still runs in a service that does not answer; it is left behind");
                }
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
