package io.stratoswarm.console;

/**
 * What one client may ask of the server.
 *
 * @param connections open at once, by TCP and on the socket each
 * @param inProgress requests that are worked on at once, by TCP and on the socket each
 * @param requestMillis time to send a whole request, and to keep a connection open without one
 * @param sendMillis time to read an answer, or to take in the next part of a stream
 * @param operationMillis time that an answer waits for an operation
 * @param streams open at once, by TCP and on the socket each
 * @param streamsEach open at once of one actor
 * @param heartbeatMillis how long a live stream is silent at most
 */
record Limits(
        int connections,
        int inProgress,
        int requestLineBytes,
        int headerBytes,
        int bodyBytes,
        long requestMillis,
        long sendMillis,
        long operationMillis,
        int streams,
        int streamsEach,
        long heartbeatMillis) {
    Limits(
            int connections,
            int inProgress,
            int requestLineBytes,
            int headerBytes,
            int bodyBytes,
            long requestMillis,
            long sendMillis,
            long operationMillis) {
        this(
                connections,
                inProgress,
                requestLineBytes,
                headerBytes,
                bodyBytes,
                requestMillis,
                sendMillis,
                operationMillis,
                128,
                16,
                10_000);
    }

    /** A body limit above the 4 MiB of a manifest, so that the parser's own message is seen. */
    static final Limits DEFAULT = new Limits(256, 128, 8_192, 16_384, 5 << 20, 30_000, 60_000, 600_000);
}
