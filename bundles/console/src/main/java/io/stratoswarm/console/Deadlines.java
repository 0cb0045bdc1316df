package io.stratoswarm.console;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The time that each client has for its next whole request; then its connection is closed. */
final class Deadlines {
    private final Vertx vertx;
    private final long millis;
    private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();

    Deadlines(Vertx vertx, long millis) {
        this.vertx = vertx;
        this.millis = millis;
    }

    void await(HttpConnection connection) {
        cancel(connection);
        timers.put(connection, vertx.setTimer(millis, id -> connection.close()));
    }

    void cancel(HttpConnection connection) {
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
