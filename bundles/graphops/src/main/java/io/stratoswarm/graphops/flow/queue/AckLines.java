package io.stratoswarm.graphops.flow.queue;

/** Reads what a receiver writes to its ack channel: lines {@code N} or {@code N-M}, numbers of records from 1. */
final class AckLines {
    private static final int DIGITS = 18;

    private AckLines() {}

    interface Listener {
        void acknowledged(long first, long last);

        void nonsense(byte[] bytes, int from, int to);
    }

    /** Reads the complete lines of these bytes; how many bytes they are, with their newlines. */
    static int read(byte[] bytes, int length, Listener listener) {
        int begin = 0;
        for (int at = 0; at < length; at++) {
            if (bytes[at] == '\n') {
                line(bytes, begin, at, listener);
                begin = at + 1;
            }
        }
        return begin;
    }

    private static void line(byte[] bytes, int from, int to, Listener listener) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        int dash = from;
        while (dash < end && bytes[dash] != '-') {
            dash++;
        }
        long first = number(bytes, from, dash);
        long last = dash == end ? first : number(bytes, dash + 1, end);
        if (first < 1 || last < first) {
            listener.nonsense(bytes, from, to);
        } else {
            listener.acknowledged(first, last);
        }
    }

    /** -1 where it is none. */
    private static long number(byte[] bytes, int from, int to) {
        if (from == to || to - from > DIGITS) {
            return -1;
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
