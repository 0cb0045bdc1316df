package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers. */
sealed interface Reply {
    String JSON = "application/json";
    String LINES = "application/x-ndjson";
    String EVENTS = "text/event-stream";

    /**
     * A whole body.
     *
     * @param headers further ones, which take the place of the server's own
     */
    record Whole(int status, String mediaType, byte[] body, Map<String, String> headers) implements Reply {
        Whole(int status, String mediaType, byte[] body) {
            this(status, mediaType, body, Map.of());
        }

        Whole with(String header, String value) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put(header, value);
            return new Whole(status, mediaType, body, all);
        }
    }

    /** Lines, JSON unless said otherwise, written by {@code source} until it returns or the client goes. */
    record Lines(String mediaType, Source source) implements Reply {
        Lines(Source source) {
            this(LINES, source);
        }
    }

    /** Writes lines; runs on a virtual thread and may block. Must return soon after the sink is closed. */
    @FunctionalInterface
    interface Source {
        void run(LineSink sink) throws Exception;
    }

    static Reply ok(JsonNode json) {
        return of(200, json);
    }

    static Whole of(int status, JsonNode json) {
        return new Whole(status, JSON, Json.bytes(json));
    }
}
