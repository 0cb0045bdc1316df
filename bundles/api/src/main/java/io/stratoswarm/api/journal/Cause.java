package io.stratoswarm.api.journal;

import java.util.UUID;

/** Why an event happened. The causality graph of an audit trail is exactly these recorded causes. */
public sealed interface Cause {

    /** An event of this or another journal. */
    record OfEvent(UUID journal, long sequence) implements Cause {
        public OfEvent {
            if (sequence < 0) {
                throw new IllegalArgumentException("sequence must not be negative: " + sequence);
            }
        }
    }

    /** A closed block of metric samples and the time range in it, in nanoseconds since 1970-01-01T00:00Z. */
    record OfMetrics(UUID journal, long block, long fromNanos, long toNanos) implements Cause {
        public OfMetrics {
            if (block < 0 || toNanos < fromNanos) {
                throw new IllegalArgumentException("invalid metric range: block " + block);
            }
        }
    }

    /** An earlier event of the same append, by its index; the writer replaces it by {@link OfEvent}. */
    record InSameAppend(int index) implements Cause {
        public InSameAppend {
            if (index < 0) {
                throw new IllegalArgumentException("index must not be negative: " + index);
            }
        }
    }
}
