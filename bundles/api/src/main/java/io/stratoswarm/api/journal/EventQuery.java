package io.stratoswarm.api.journal;

import java.util.Optional;

/**
 * Which events to read. Conditions are joined by and.
 *
 * @param fromSequence first sequence, inclusive
 * @param toSequence last sequence, exclusive
 * @param subject exact subject, or a prefix where it ends in {@code *}
 * @param type exact type, or a prefix where it ends in {@code *}
 * @param fromNanos earliest time, inclusive
 * @param toNanos latest time, exclusive
 * @param limit 1..1,000,000
 * @param descending newest first
 */
public record EventQuery(
        long fromSequence,
        long toSequence,
        Optional<String> subject,
        Optional<String> type,
        long fromNanos,
        long toNanos,
        int limit,
        boolean descending) {
    public static final int MAX_LIMIT = 1_000_000;

    public EventQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1.." + MAX_LIMIT + ": " + limit);
        }
        if (fromSequence < 0) {
            throw new IllegalArgumentException("fromSequence must not be negative: " + fromSequence);
        }
    }

    public static EventQuery all() {
        return new EventQuery(
                0, Long.MAX_VALUE, Optional.empty(), Optional.empty(), Long.MIN_VALUE, Long.MAX_VALUE, 1000, false);
    }

    public EventQuery from(long sequence) {
        return new EventQuery(sequence, toSequence, subject, type, fromNanos, toNanos, limit, descending);
    }

    public EventQuery to(long sequence) {
        return new EventQuery(fromSequence, sequence, subject, type, fromNanos, toNanos, limit, descending);
    }

    public EventQuery subject(String pattern) {
        return new EventQuery(
                fromSequence, toSequence, Optional.of(pattern), type, fromNanos, toNanos, limit, descending);
    }

    public EventQuery type(String pattern) {
        return new EventQuery(
                fromSequence, toSequence, subject, Optional.of(pattern), fromNanos, toNanos, limit, descending);
    }

    public EventQuery between(long fromTimeNanos, long toTimeNanos) {
        return new EventQuery(fromSequence, toSequence, subject, type, fromTimeNanos, toTimeNanos, limit, descending);
    }

    public EventQuery limit(int max) {
        return new EventQuery(fromSequence, toSequence, subject, type, fromNanos, toNanos, max, descending);
    }

    public EventQuery newestFirst() {
        return new EventQuery(fromSequence, toSequence, subject, type, fromNanos, toNanos, limit, true);
    }
}
