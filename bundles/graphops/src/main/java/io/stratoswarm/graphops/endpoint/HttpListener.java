package io.stratoswarm.graphops.endpoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Takes the bodies of POST requests. 202 means that the records are where a crash of the daemon does not lose them. While there is
 * no room for them there is no answer, so who waits for one sends no faster than they are taken.
 */
final class HttpListener {
    private static final int MOST_REQUESTS = 64;
    private static final int BACKLOG = 128;
    private static final long SWEEP_MILLIS = 500;
    /** A body must be there within this time. */
    private static final long BODY_NANOS = 30_000_000_000L;

    private final NodeContext context;
    private final RecordOutput output;
    private final Address address;
    private final LongSupplier nanos;
    private final Pause pause;
    private final Semaphore room = new Semaphore(MOST_REQUESTS);
    private final Map<HttpExchange, Long> reading = new ConcurrentHashMap<>();

    /** An answer. */
    private record Answer(int status, String body) {}

    HttpListener(NodeContext context, Settings settings, LongSupplier nanos) {
        this.context = context;
        this.output = context.output(Channel.STDOUT);
        this.address = new Address(settings.needed("listen"));
        this.nanos = nanos;
        this.pause = new Pause(context);
    }

    void run() throws InterruptedException {
        HttpServer server = bind();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        try {
            context.log("listens on http:/" + server.getAddress());
            context.ready();
            while (pause.millis(SWEEP_MILLIS)) {
                sweep();
            }
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private HttpServer bind() {
        address.warn(context);
        try {
            return HttpServer.create(address.internet(), BACKLOG);
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE,
                    "cannot listen on " + address.text() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Peers that begin a request and do not go on must not hold what others need. */
    private void sweep() {
        long now = nanos.getAsLong();
        reading.forEach((exchange, since) -> {
            if (now - since > BODY_NANOS) {
                exchange.close();
            }
        });
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            if (!room.tryAcquire()) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                answer = new Answer(503, "more than " + MOST_REQUESTS + " requests are under way; try again");
            } else {
                try {
                    answer = answer(exchange);
                } finally {
                    room.release();
                }
            }
            byte[] body = (answer.body() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return new Answer(405, "POST records, one in a line");
        }
        // A page of another site that a person looks at could send records in his name.
        if (exchange.getRequestHeaders().containsKey("Origin")
                || exchange.getRequestHeaders().containsKey("Sec-Fetch-Site")) {
            return new Answer(403, "requests of web pages are not taken");
        }
        if (context.stopping()) {
            return new Answer(503, "it is stopping");
        }
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (length != null && length.length() > 12) {
            return new Answer(413, "the body is too long");
        }
        List<byte[]> records;
        reading.put(exchange, nanos.getAsLong());
        try {
            records = Body.read(exchange.getRequestBody(), output);
        } catch (StratoswarmException e) {
            return new Answer(413, String.valueOf(e.getMessage()));
        } finally {
            reading.remove(exchange);
        }
        if (!records.isEmpty()) {
            output.write(records);
        }
        return new Answer(202, records.size() + " records");
    }
}
