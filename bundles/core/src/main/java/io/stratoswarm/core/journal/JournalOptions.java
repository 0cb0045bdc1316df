package io.stratoswarm.core.journal;

import java.time.Duration;

/**
 * Sizes of a journal; tests make them small.
 *
 * @param segmentEvents a new segment begins with the first append after so many events
 * @param segmentAge a new segment begins as well where the first event of this one is older by so much, so that what is kept for some time can
 *     go after it, however few events come
 * @param mapBytes the most a segment can grow to
 * @param queueAppends how many appends may wait before callers are held back
 * @param snapshotEvents after so many events the projections are snapshotted
 */
public record JournalOptions(
        int segmentEvents, Duration segmentAge, long mapBytes, int queueAppends, int snapshotEvents) {
    private static final Duration WEEK = Duration.ofDays(7);

    public static final JournalOptions DEFAULT = new JournalOptions(1 << 20, 1L << 40, 8192, 100_000);

    public JournalOptions(int segmentEvents, long mapBytes, int queueAppends, int snapshotEvents) {
        this(segmentEvents, WEEK, mapBytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withSegmentAge(Duration age) {
        return new JournalOptions(segmentEvents, age, mapBytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withSegmentEvents(int events) {
        return new JournalOptions(events, segmentAge, mapBytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withMapBytes(long bytes) {
        return new JournalOptions(segmentEvents, segmentAge, bytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withSnapshotEvents(int events) {
        return new JournalOptions(segmentEvents, segmentAge, mapBytes, queueAppends, events);
    }
}
