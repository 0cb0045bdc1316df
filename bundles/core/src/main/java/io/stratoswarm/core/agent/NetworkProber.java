package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Probes on virtual threads, at most so many at a time. The time limit holds for the whole of a probe: an answer that comes byte by
 * byte would never meet the limit of a single read, so the thread is interrupted, which closes the socket of a virtual thread.
 */
final class NetworkProber implements Prober {
    private final Semaphore permits;
    private final LongSupplier monotonic;

    NetworkProber(int atOnce, LongSupplier monotonic) {
        this.permits = new Semaphore(atOnce);
        this.monotonic = monotonic;
    }

    @Override
    public CompletableFuture<Result> tcp(ProbeAction.Tcp action, long timeoutMillis) {
        String where = action.host() + ":" + action.port();
        return run("tcp " + where, timeoutMillis, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(action.host(), action.port()), millis(timeoutMillis));
                return new Result(true, "tcp " + where + " accepts connections");
            }
        });
    }

    @Override
    public CompletableFuture<Result> http(ProbeAction.Http action, long timeoutMillis) {
        return run("GET " + action.url(), timeoutMillis, () -> {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(action.url()).toURL().openConnection(Proxy.NO_PROXY);
            try {
                connection.setInstanceFollowRedirects(false);
                connection.setUseCaches(false);
                connection.setConnectTimeout(millis(timeoutMillis));
                connection.setReadTimeout(millis(timeoutMillis));
                int status = connection.getResponseCode();
                String detail = "GET " + action.url() + " gives status " + status;
                return new Result(status >= 200 && status < 400, detail);
            } finally {
                connection.disconnect();
            }
        });
    }

    private CompletableFuture<Result> run(String what, long timeoutMillis, Callable<Result> probe) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        Thread.ofVirtual().name("probe").start(() -> {
            try {
                permits.acquire();
                try {
                    long began = monotonic.getAsLong();
                    limit(result, what, timeoutMillis, Thread.currentThread());
                    Result answer = probe.call();
                    result.complete(new Result(answer.well(), answer.detail(), monotonic.getAsLong() - began));
                } finally {
                    permits.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.complete(new Result(false, what + " was interrupted"));
            } catch (SocketTimeoutException e) {
                // The same end as that of the limit, which came later.
                result.complete(late(what, timeoutMillis));
            } catch (IOException | RuntimeException e) {
                String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                result.complete(new Result(false, what + " fails: " + why));
            } catch (Exception e) {
                result.complete(new Result(false, what + " fails: " + e));
            }
        });
        return result;
    }

    private static void limit(CompletableFuture<Result> result, String what, long timeoutMillis, Thread probing) {
        Result late = late(what, timeoutMillis);
        result.completeOnTimeout(late, Math.max(1, timeoutMillis), TimeUnit.MILLISECONDS);
        var unused = result.thenAccept(first -> {
            if (first == late) {
                probing.interrupt();
            }
        });
    }

    private static Result late(String what, long timeoutMillis) {
        return new Result(
                false,
                what + " gives no whole answer within " + Texts.millis(timeoutMillis),
                timeoutMillis * Texts.MILLI);
    }

    private static int millis(long timeoutMillis) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeoutMillis));
    }
}
