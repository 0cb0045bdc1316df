package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Probes on virtual threads, at most so many at a time. */
final class NetworkProber implements Prober {
    private final Semaphore permits;

    NetworkProber(int atOnce) {
        this.permits = new Semaphore(atOnce);
    }

    @Override
    public CompletableFuture<Result> tcp(ProbeAction.Tcp action, long timeoutMillis) {
        String where = action.host() + ":" + action.port();
        return run("tcp " + where, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(action.host(), action.port()), millis(timeoutMillis));
                return new Result(true, "tcp " + where + " accepts connections");
            }
        });
    }

    @Override
    public CompletableFuture<Result> http(ProbeAction.Http action, long timeoutMillis) {
        return run("GET " + action.url(), () -> {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(action.url()).toURL().openConnection();
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

    private CompletableFuture<Result> run(String what, Callable<Result> probe) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        Thread.ofVirtual().name("probe").start(() -> {
            try {
                permits.acquire();
                try {
                    result.complete(probe.call());
                } finally {
                    permits.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.complete(new Result(false, what + " was interrupted"));
            } catch (IOException | RuntimeException e) {
                String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                result.complete(new Result(false, what + " fails: " + why));
            } catch (Exception e) {
                result.complete(new Result(false, what + " fails: " + e));
            }
        });
        return result;
    }

    private static int millis(long timeoutMillis) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeoutMillis));
    }
}
