package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;

/** What a handler answers. */
sealed interface Reply {
    String JSON = "application/json";
    String LINES = "application/x-ndjson";

    /** A whole body. */
    record Whole(int status, String mediaType, byte[] body) implements Reply {}

    /** JSON lines, written by {@code source} until it returns or the client goes. */
    record Lines(Source source) implements Reply {}

    /** Writes lines; runs on a virtual thread and may block. Must return soon after the sink is closed. */
    @FunctionalInterface
    interface Source {
        void run(LineSink sink) throws Exception;
    }

    static Reply ok(JsonNode json) {
        return of(200, json);
    }

    static Reply of(int status, JsonNode json) {
        return new Whole(status, JSON, Json.bytes(json));
    }
}
