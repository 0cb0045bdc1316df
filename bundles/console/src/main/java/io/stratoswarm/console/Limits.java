package io.stratoswarm.console;

/**
 * What one client may ask of the server.
 *
 * @param requestMillis time to send a whole request, and to keep a connection open without one
 * @param sendMillis time to read an answer, or to take in the next part of a stream
 * @param operationMillis time that an answer waits for an operation
 */
record Limits(
        int connections,
        int inProgress,
        int requestLineBytes,
        int headerBytes,
        int bodyBytes,
        long requestMillis,
        long sendMillis,
        long operationMillis) {
    /** A body limit above the 4 MiB of a manifest, so that the parser's own message is seen. */
    static final Limits DEFAULT = new Limits(256, 128, 8_192, 16_384, 5 << 20, 30_000, 60_000, 600_000);
}
