package io.stratoswarm.console;

import io.netty.handler.codec.TooLongFrameException;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
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
    private final Gate gate;
    private final AuditTrail trail;
    private final Observations observations;
    private final Oversight oversight;
    private final Deadlines deadlines;
    private final Answers answers;
    /** Apart, so that whoever comes by TCP cannot take the places of the socket. */
    private final Semaphore localPlaces;

    private final Semaphore remotePlaces;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("console-", 0).factory());

    Exchanges(
            Vertx vertx,
            Limits limits,
            Routes routes,
            Gate gate,
            AuditTrail trail,
            Observations observations,
            Oversight oversight) {
        this.oversight = oversight;
        this.vertx = vertx;
        this.limits = limits;
        this.routes = routes;
        this.gate = gate;
        this.trail = trail;
        this.observations = observations;
        this.deadlines = new Deadlines(vertx, limits.requestMillis());
        this.answers = new Answers(vertx, limits, deadlines);
        this.localPlaces = new Semaphore(limits.inProgress());
        this.remotePlaces = new Semaphore(limits.inProgress());
    }

    Answers answers() {
        return answers;
    }

    void connected(HttpConnection connection) {
        deadlines.await(connection);
    }

    void disconnected(HttpConnection connection) {
        deadlines.cancel(connection);
    }

    /** What the codec refused: a request line or header that is too long or no HTTP at all. */
    void malformed(HttpServerRequest request, Link link) {
        Throwable cause = request.decoderResult().cause();
        boolean line =
                cause instanceof TooLongFrameException && String.valueOf(cause).contains("LineException");
        int status = !(cause instanceof TooLongFrameException) ? 400 : line ? 414 : 431;
        String detail = switch (status) {
            case 414 -> "the request line is longer than " + limits.requestLineBytes() + " bytes";
            case 431 -> "the header is longer than " + limits.headerBytes() + " bytes";
            default -> "this is not well-formed HTTP/1.1";
        };
        Caller caller = link.caller().orElseGet(() -> Caller.anonymous(link.from()));
        trail.refused(caller, link, status, "malformed");
        answers.refuse(request, Problem.reply(Problem.json(status, Kind.INVALID.name(), detail)));
    }

    void handle(HttpServerRequest request, Link link) {
        if (request.version() != HttpVersion.HTTP_1_1 && request.version() != HttpVersion.HTTP_1_0) {
            answers.refuse(request, Problem.reply(Kind.INVALID, "only HTTP/1.1 is spoken here"));
            return;
        }
        String path = request.path() == null ? "" : request.path();
        Routes.Match match;
        try {
            match = routes.match(request.method().name(), Targets.decoded(path, false));
        } catch (StratoswarmException e) {
            answers.refuse(request, Problem.reply(e, path));
            return;
        }
        String route = match instanceof Routes.Match.Found found ? found.name() : request.method() + " (none)";
        Timed timed = observations.begin(request, link, route);
        request.response().endHandler(v -> timed.sent(request.response().getStatusCode()));
        switch (gate.check(request, link, match)) {
            case Gate.Verdict.Refused refused -> {
                trail.refused(refused.caller(), link, refused.status(), request.method() + " " + path);
                refuse(request, refused);
            }
            case Gate.Verdict.Admitted admitted -> admitted(request, link, admitted.caller(), match, path, timed);
        }
    }

    private void refuse(HttpServerRequest request, Gate.Verdict.Refused refused) {
        Reply.Whole reply =
                Problem.reply(Problem.json(refused.status(), refused.kind().name(), refused.detail()));
        if (refused.retrySeconds() > 0) {
            reply = reply.with("Retry-After", String.valueOf(refused.retrySeconds()));
        }
        answers.refuse(
                request,
                refused.status() == 401 ? reply.with("WWW-Authenticate", "Bearer realm=\"stratoswarm\"") : reply);
    }

    private void admitted(
            HttpServerRequest request, Link link, Caller caller, Routes.Match match, String path, Timed timed) {
        switch (match) {
            case Routes.Match.Found found -> read(request, link, caller, found, timed);
            case Routes.Match.WrongMethod wrong -> {
                String allowed = String.join(", ", wrong.allowed());
                request.response().putHeader("Allow", allowed);
                String detail = path + " takes " + allowed + ", not " + request.method();
                answers.refuse(request, Problem.reply(Problem.json(405, Kind.INVALID.name(), detail)));
            }
            case Routes.Match.Unknown unknown -> {
                String hint = unknown.nearest().isEmpty() ? "" : "; did you mean " + unknown.nearest() + "?";
                answers.refuse(request, Problem.reply(Kind.NOT_FOUND, "no such path: " + path + hint));
            }
        }
    }

    private void read(HttpServerRequest request, Link link, Caller caller, Routes.Match.Found found, Timed timed) {
        Buffer body = Buffer.buffer();
        // Who is not known has nothing long to say.
        int most = caller.role() == Role.ANYONE ? Math.min(limits.bodyBytes(), 4_096) : limits.bodyBytes();
        String tooLarge = "the body is larger than " + (most >> 10) + " KiB";
        long announced = Targets.length(request);
        String what = request.method() + " " + request.path();
        if (announced > most) {
            trail.refused(caller, link, 413, what);
            answers.refuse(request, Problem.reply(Problem.json(413, Kind.INVALID.name(), tooLarge)));
            return;
        }
        boolean[] refused = new boolean[1];
        request.exceptionHandler(e -> LOG.debug("a client went before its request was complete", e));
        request.handler(part -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + part.length() > most) {
                refused[0] = true;
                trail.refused(caller, link, 413, what);
                answers.refuse(request, Problem.reply(Problem.json(413, Kind.INVALID.name(), tooLarge)));
                return;
            }
            body.appendBuffer(part);
        });
        request.endHandler(v -> {
            if (!refused[0]) {
                deadlines.cancel(request.connection());
                start(request, link, caller, found, body.getBytes(), timed);
            }
        });
    }

    private void start(
            HttpServerRequest request, Link link, Caller caller, Routes.Match.Found found, byte[] body, Timed timed) {
        Semaphore places = link.local() ? localPlaces : remotePlaces;
        if (!places.tryAcquire()) {
            trail.refused(caller, link, 503, request.method() + " " + request.path());
            request.response().putHeader("Retry-After", "1");
            answers.refuse(
                    request,
                    Problem.reply(
                            Kind.UNAVAILABLE,
                            limits.inProgress() + " requests are in progress, which is the limit; try again later"));
            return;
        }
        Context context = vertx.getOrCreateContext();
        try {
            Request whole = new Request(
                    request.method().name(),
                    request.path(),
                    found.rest(),
                    Targets.query(request.query()),
                    body,
                    caller,
                    link,
                    request::getHeader);
            GraphLimit.check(found, whole);
            trail.admitted(whole, found);
            timed.admitted(caller);
            threads.execute(() -> {
                Reply reply;
                try {
                    timed.workBegins();
                    reply = answer(found, whole);
                } finally {
                    timed.workEnds();
                    places.release();
                }
                switch (reply) {
                    case Reply.Whole all ->
                        context.runOnContext(v -> {
                            if (all.status() == 403) {
                                trail.refused(caller, link, 403, request.method() + " " + request.path());
                            }
                            answers.send(request, all);
                        });
                    case Reply.Lines lines -> answers.stream(request, context, lines, whole);
                }
            });
        } catch (RejectedExecutionException e) {
            places.release();
            answers.refuse(request, Problem.reply(Kind.UNAVAILABLE, "the server is closing; try again in a moment"));
        } catch (StratoswarmException e) {
            places.release();
            if (e.kind() == Kind.FORBIDDEN) {
                trail.refused(caller, link, 403, request.method() + " " + request.path());
            }
            answers.refuse(request, Problem.reply(e, request.path()));
        }
    }

    private Reply answer(Routes.Match.Found found, Request whole) {
        try {
            return oversight.carryOut(found, whole);
        } catch (InterruptedException e) {
            return Problem.reply(Kind.UNAVAILABLE, "the server is closing; try again in a moment");
        } catch (Exception | LinkageError | StackOverflowError e) {
            return Problem.reply(e, whole.path());
        }
    }

    /** Ends all streams and waits for what is being answered. */
    @Override
    public void close() {
        answers.close();
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
