package io.stratoswarm.console.telemetry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends numbers and traces to a collector by OTLP over HTTP. What the collector does not take is dropped and counted: monitoring
 * never holds up what it watches.
 */
public final class Exporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);
    private static final int MOST_SPANS = 2_048;
    private static final int BATCH = 512;
    private static final long SPAN_MILLIS = 5_000;
    private static final long TIMEOUT_MILLIS = 10_000;

    /**
     * Where to send what.
     *
     * @param endpoint base URL, to which {@code /v1/metrics} and {@code /v1/traces} are added
     * @param headers for example an API key
     */
    public record Target(URI endpoint, Map<String, String> headers, long metricsMillis) {
        public Target {
            headers = Map.copyOf(headers);
        }
    }

    private final Vertx vertx;
    private final Target target;
    private final Map<String, Object> resource;
    private final Supplier<List<Family>> families;
    private final InstantSource clock;
    private final HttpClient client;
    private final ArrayBlockingQueue<Span> spans = new ArrayBlockingQueue<>(MOST_SPANS);
    private final AtomicLong dropped = new AtomicLong();
    private final long startNanos;
    private final List<Long> timers = new ArrayList<>();
    private volatile String trouble = "";

    /** @param families what is to be told; called on a thread that may block */
    public Exporter(
            Vertx vertx,
            Target target,
            Map<String, Object> resource,
            Supplier<List<Family>> families,
            InstantSource clock) {
        this.vertx = vertx;
        this.target = target;
        this.resource = Map.copyOf(resource);
        this.families = families;
        this.clock = clock;
        this.startNanos = nowNanos();
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) TIMEOUT_MILLIS)
                .setIdleTimeout(60)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
        timers.add(vertx.setPeriodic(SPAN_MILLIS, id -> sendSpans()));
        timers.add(vertx.setPeriodic(target.metricsMillis(), id -> Thread.startVirtualThread(this::sendMetrics)));
    }

    public Target target() {
        return target;
    }

    private long nowNanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    /** Takes a span, or drops it where the collector does not keep up. */
    public void add(Span span) {
        if (!spans.offer(span)) {
            dropped.incrementAndGet();
        }
    }

    public long dropped() {
        return dropped.get();
    }

    /** Sends the numbers of now. */
    public void sendMetrics() {
        try {
            send("/v1/metrics", OtlpJson.metrics(resource, families.get(), startNanos, nowNanos()), 0);
        } catch (RuntimeException e) {
            trouble("the numbers for it could not be gathered: " + e.getMessage());
        }
    }

    /** Sends the spans that wait. */
    public void sendSpans() {
        List<Span> batch = new ArrayList<>();
        while (spans.drainTo(batch, BATCH) > 0) {
            send("/v1/traces", OtlpJson.traces(resource, batch), batch.size());
            batch.clear();
        }
    }

    private void send(String path, ObjectNode body, int count) {
        URI base = target.endpoint();
        boolean tls = "https".equals(base.getScheme());
        String prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/$", "");
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(base.getHost().replaceAll("^\\[|]$", ""))
                .setPort(base.getPort() > 0 ? base.getPort() : tls ? 443 : 80)
                .setSsl(tls)
                .setURI(prefix + path)
                .setTimeout(TIMEOUT_MILLIS)
                .putHeader("Content-Type", "application/json");
        target.headers().forEach(options::putHeader);
        Buffer bytes = Buffer.buffer(body.toString().getBytes(StandardCharsets.UTF_8));
        client.request(options)
                .compose(request -> request.send(bytes))
                .compose(response -> response.body().map(answer -> checked(response)))
                .onSuccess(status -> sent(path, status, count))
                .onFailure(e -> {
                    dropped.addAndGet(count);
                    trouble(path + ": " + e.getMessage());
                });
    }

    private static int checked(HttpClientResponse response) {
        return response.statusCode();
    }

    private void sent(String path, int status, int count) {
        if (status / 100 == 2) {
            if (!trouble.isEmpty()) {
                LOG.info("the collector at {} takes telemetry again", target.endpoint());
                trouble = "";
            }
            return;
        }
        dropped.addAndGet(count);
        trouble(path + ": status " + status);
    }

    /** Each trouble is told once, not each time. */
    private void trouble(String what) {
        if (!what.equals(trouble)) {
            trouble = what;
            LOG.warn("the collector at {} does not take telemetry: {}", target.endpoint(), what);
        }
    }

    @Override
    public void close() {
        timers.forEach(vertx::cancelTimer);
        sendSpans();
        client.close();
    }
}
