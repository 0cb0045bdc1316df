package io.stratoswarm.console;

import static io.stratoswarm.console.telemetry.Family.Kind.COUNTER;

import io.stratoswarm.console.telemetry.Family;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts of the API itself. */
final class Meters {
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> nanos = new ConcurrentHashMap<>();

    /** @param took from the request's head to the end of the answer's */
    void answered(boolean local, int status, long took) {
        String key = (local ? "socket" : "tcp") + " " + status;
        answers.computeIfAbsent(key, k -> new LongAdder()).increment();
        nanos.computeIfAbsent(key, k -> new LongAdder()).add(took);
    }

    void collect(List<Family> families) {
        Family count = Family.of("stratoswarm_http_requests", COUNTER, "", "Requests that the API answered.");
        Family time = Family.of(
                "stratoswarm_http_request_seconds",
                COUNTER,
                "seconds",
                "Time from the head of requests to the end of answers.");
        answers.forEach((key, value) -> count.add(labels(key), value.sum()));
        nanos.forEach((key, value) -> time.add(labels(key), value.sum() / 1e9));
        families.add(count);
        families.add(time);
    }

    private static Map<String, String> labels(String key) {
        int space = key.indexOf(' ');
        return Map.of("transport", key.substring(0, space), "code", key.substring(space + 1));
    }
}
