package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.http.HttpServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TCP addresses that are open. None of them is needed for the daemon to run: what cannot be opened is told. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    /** So many daemons of one host find a port without being told one. */
    private static final int PORTS_TO_TRY = 20;

    private static final int WAIT_SECONDS = 10;

    /** Makes a server for an address, not listening yet. */
    interface Maker {
        HttpServer make(ListenAddress address);
    }

    private record Open(ListenAddress wanted, ListenAddress actual, HttpServer server) {}

    /** An address as it is told to users: open at {@code url}, or not, for the reason in {@code problem}. */
    record Told(String wanted, String url, String problem) {}

    private final Maker maker;
    private final Map<ListenAddress, Open> open = new LinkedHashMap<>();
    private volatile List<Told> told = List.of();

    Listeners(Maker maker) {
        this.maker = maker;
    }

    List<Told> told() {
        return told;
    }

    List<String> urls() {
        return told.stream().map(Told::url).filter(url -> !url.isEmpty()).toList();
    }

    /** Closes what is not wanted any more and opens what is new. What stays is left alone, with its connections. */
    synchronized void open(ConsoleConfig config) {
        List<Told> lines = new ArrayList<>();
        config.problems().forEach(problem -> {
            LOG.error("configuration stratoswarm.console: {}", problem);
            lines.add(new Told("", "", problem));
        });
        List.copyOf(open.values()).stream()
                .filter(it -> !config.listen().contains(it.wanted()))
                .forEach(this::close);
        for (ListenAddress address : config.listen()) {
            lines.add(one(address));
        }
        told = List.copyOf(lines);
    }

    private Told one(ListenAddress wanted) {
        Open there = open.get(wanted);
        if (there == null) {
            try {
                there = bind(wanted);
                open.put(wanted, there);
                LOG.info("the API listens on {}", there.actual());
            } catch (StratoswarmException e) {
                LOG.error("the API does not listen on {}: {}", wanted, e.getMessage());
                return new Told(wanted.toString(), "", String.valueOf(e.getMessage()));
            }
        }
        String other = there.actual().port() == wanted.port() || wanted.port() == 0
                ? ""
                : "port " + wanted.port() + " is taken by another program, so port "
                        + there.actual().port() + " is used";
        return new Told(wanted.toString(), there.actual().url(), other);
    }

    /** On loopback the next free port will do; elsewhere others rely on the one that was named. */
    private Open bind(ListenAddress wanted) {
        int from = preferred(wanted);
        int tries = wanted.loopback() && wanted.port() != 0 ? PORTS_TO_TRY : 1;
        for (int i = 0; ; i++) {
            int port = from == 0 ? 0 : from + i;
            try {
                HttpServer server = maker.make(new ListenAddress(wanted.host(), port, wanted.tls()));
                int actual = await(server.listen(port, wanted.host())).actualPort();
                return new Open(wanted, new ListenAddress(wanted.host(), actual, wanted.tls()), server);
            } catch (StratoswarmException e) {
                boolean taken = String.valueOf(e.getMessage()).contains("in use");
                if (!taken || i + 1 >= tries || port >= 65_535) {
                    throw e;
                }
                LOG.warn("port {} of {} is taken by another program; trying the next one", port, wanted.host());
            }
        }
    }

    /** The two loopback addresses have one port, also where it is not the one that was named. */
    private int preferred(ListenAddress wanted) {
        return open.values().stream()
                .filter(it -> it.wanted().port() == wanted.port() && it.wanted().loopback() && wanted.loopback())
                .mapToInt(it -> it.actual().port())
                .findFirst()
                .orElse(wanted.port());
    }

    private void close(Open one) {
        open.remove(one.wanted());
        try {
            await(one.server().close());
            LOG.info("the API does not listen on {} any more", one.actual());
        } catch (StratoswarmException e) {
            LOG.warn("the address {} was not closed in time: {}", one.actual(), e.getMessage());
        }
    }

    /** Closes the listeners of TLS, so that the next {@link #open} makes them anew with other certificates. */
    synchronized void closeTls() {
        List.copyOf(open.values()).stream().filter(it -> it.wanted().tls()).forEach(this::close);
    }

    synchronized void close() {
        List.copyOf(open.values()).forEach(this::close);
        told = List.of();
    }

    static <T> T await(io.vertx.core.Future<T> future) {
        CompletableFuture<T> waiting = future.toCompletionStage().toCompletableFuture();
        try {
            return waiting.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new StratoswarmException(Kind.SYSTEM, String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, "not done within " + WAIT_SECONDS + " s", e);
        }
    }
}
