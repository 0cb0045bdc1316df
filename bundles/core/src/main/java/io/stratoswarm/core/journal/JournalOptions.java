package io.stratoswarm.core.journal;

/**
 * Sizes of a journal; tests make them small.
 *
 * @param segmentEvents a new segment begins with the first append after so many events
 * @param mapBytes the most a segment can grow to
 * @param queueAppends how many appends may wait before callers are held back
 * @param snapshotEvents after so many events the projections are snapshotted
 */
public record JournalOptions(int segmentEvents, long mapBytes, int queueAppends, int snapshotEvents) {
    public static final JournalOptions DEFAULT = new JournalOptions(1 << 20, 1L << 40, 8192, 100_000);

    public JournalOptions withSegmentEvents(int events) {
        return new JournalOptions(events, mapBytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withMapBytes(long bytes) {
        return new JournalOptions(segmentEvents, bytes, queueAppends, snapshotEvents);
    }

    public JournalOptions withSnapshotEvents(int events) {
        return new JournalOptions(segmentEvents, mapBytes, queueAppends, events);
    }
}
